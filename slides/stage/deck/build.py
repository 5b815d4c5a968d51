"""One deck out of the section files: join, check, build.

marp-cli makes one deck of one Markdown file and includes nothing, so the sections are
joined here: the first one's front matter stays, the others' is read and dropped.
"""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from invoke.exceptions import Exit

from slides.stage import node, recordings
from slides.stage.deck import fences, readme

SLIDES = Path(__file__).parents[2]
STAGE = SLIDES / "stage"
BUILD = SLIDES.parent / ".build"
THEMES = ("dark", "light")
LIVE = "data-live"  # on the page's root: there is a server that runs the demos
SYNC = '<script src="sync.js"></script>'  # in the page's head, for that server

_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n", re.MULTILINE | re.DOTALL)
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_REMOTE = re.compile(
    r"""(?:!\[[^\]]*\]\(|\burl\(|\bsrc=)["']?(?P<target>(?:\w+:)?//[^"')\s>]+)"""
)
_MARP_ERROR = re.compile(
    r"\[ +ERROR +\] (.+(?:\n[ \t]+\S.*)*)|^(\w*Error: .+)", re.MULTILINE
)
_PACKAGED = {
    "fonts": (
        "@fontsource/inter/files/inter-latin-400-normal.woff2",
        "@fontsource/inter/files/inter-latin-600-normal.woff2",
        "@fontsource/inter/files/inter-latin-700-normal.woff2",
        "firacode/distr/woff2/FiraCode-Regular.woff2",
        "firacode/distr/woff2/FiraCode-Bold.woff2",
    ),
    "player": (
        "asciinema-player/dist/bundle/asciinema-player.min.js",
        "asciinema-player/dist/bundle/asciinema-player.css",
    ),
}


class BuildError(Exit):
    """The deck cannot be built: one line that says where and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why, code=1)


@dataclass(frozen=True)
class Section:
    """A section file: its front matter (a flat mapping) and its Markdown."""

    path: Path
    front_matter: str
    text: str

    @property
    def body(self) -> str:
        """The Markdown without the front matter."""
        return _FRONT_MATTER.sub("", self.text).strip("\n") + "\n"

    @property
    def minutes(self) -> float:
        """The time budget in minutes; 0 when the section has none."""
        found = re.search(r"^minutes: *([\d.]+)", self.front_matter, re.MULTILINE)
        return float(found[1]) if found else 0.0

    @property
    def title(self) -> str:
        """The first heading."""
        found = re.search(r"^#+ (.+)", self.body, re.MULTILINE)
        return found[1] if found else self.path.stem

    @property
    def slides(self) -> list[str]:
        """The Markdown of each slide."""
        return split(self.body)

    @property
    def name(self) -> str:
        """The path from the project's folder on, for people to read."""
        return self.path.relative_to(self.path.parents[1]).as_posix()


def sections(folder: Path = SLIDES) -> list[Section]:
    """Return the section files of `folder`, in the order of their names."""
    found = []
    for path in sorted(folder.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        front_matter = _FRONT_MATTER.match(text)
        found.append(Section(path, front_matter[1] if front_matter else "", text))
    if not found:
        raise BuildError(f"{folder}: there is no slide file (*.md)")
    return found


def split(body: str) -> list[str]:
    """Split Markdown at its rulers (``---``), but not at those inside a fence."""
    slides = [""]
    fenced = False
    for line in body.splitlines(keepends=True):
        fenced ^= line.startswith("```")
        if line.rstrip() == "---" and not fenced:
            slides.append("")
        else:
            slides[-1] += line
    return slides


def places(parts: list[Section]) -> list[str]:
    """Return where each slide of the deck begins: its file and line."""
    found = []
    for part in parts:
        line = part.text.count("\n", 0, part.text.index(part.body.strip())) + 1
        for slide in part.slides:
            blank = len(slide) - len(slide.lstrip("\n"))
            found.append(f"{part.name}:{line + blank}")
            line += slide.count("\n") + 1
    return found


def join(parts: list[Section], theme: str = "dark") -> str:
    """Return all sections as one Markdown text, its code as the sources are now."""
    head = f"---\n{parts[0].front_matter}colorScheme: {theme}\n---\n\n"
    return fences.fill(head + "\n---\n\n".join(part.body for part in parts))


def sync() -> list[Path]:
    """Refresh the code blocks of the section files and the README's table.

    Returns the files that changed.
    """
    parts = sections()
    texts = [(part.path, part.text, fences.fill(part.text)) for part in parts]
    if (path := SLIDES.parent / "README.md").is_file():
        text = path.read_text(encoding="utf-8")
        texts.append((path, text, readme.fill(text, parts)))
    changed = []
    for path, old, new in texts:
        if new != old:
            draft = path.with_suffix(".draft")
            draft.write_text(new, encoding="utf-8", newline="\n")
            draft.replace(path)
            changed.append(path)
    return changed


def problems(part: Section, *, fresh: bool = False) -> Iterator[str]:
    """Yield one line, with file and line number, for all that is wrong in a section."""
    here = part.name
    for remote in _REMOTE.finditer(part.text):
        line = part.text.count("\n", 0, remote.start()) + 1
        yield f"{here}:{line}: {remote['target']} is remote: no network on stage"
    for image in _IMAGE.finditer(part.text):
        line = part.text.count("\n", 0, image.start()) + 1
        target = image["target"]
        if "//" not in target and not (part.path.parent / target).is_file():
            mend = f" ({image['alt']} is recorded by: invoke record)"
            recorded = target.startswith("recordings/")
            yield f"{here}:{line}: there is no {target}{mend if recorded else ''}"
    for line, what in fences.problems(part.text, fresh=fresh):
        yield f"{here}:{line}: {what}"


def build(theme: str = "dark", home: Path = BUILD) -> Path:
    """Build the deck and return its folder, with index.html and all it refers to.

    The folder is named by what went in, so that nothing is built twice; the last good
    deck stays until a new one is whole.

    Raises BuildError.
    """
    parts = sections()
    for part in parts:
        for problem in problems(part):
            raise BuildError(problem)
    text = join(parts, theme)
    target = home / f"{_fingerprint(text)}-{theme}"
    if target.is_dir():
        return target
    home.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as temporary:
        draft = Path(temporary) / "deck"
        draft.mkdir()
        (draft / "deck.md").write_text(text, encoding="utf-8")
        for folder in ("diagrams", "recordings"):
            shutil.copytree(SLIDES / folder, draft / folder)
        for folder, files in _PACKAGED.items():
            (draft / folder).mkdir()
            for file in files:
                shutil.copy(node.PACKAGES / file, draft / folder)
        for file in ("stage.js", "stage.css", "sync.js"):
            shutil.copy(STAGE / "page" / file, draft)
        (draft / "talk.js").write_text(_talk(parts), encoding="utf-8")
        marp(draft, "deck.md", "--output", "index.html")
        page = draft / "index.html"
        root = f'{LIVE} data-version="{target.name}"'
        page.write_text(_furnish(page.read_text("utf-8"), root), encoding="utf-8")
        draft.rename(target)
    for old in home.glob(f"*-{theme}"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)  # a file may be on its way out
    return target


def last(theme: str, home: Path = BUILD) -> Path | None:
    """Return the folder of the last good deck, or None."""
    return next(home.glob(f"*-{theme}"), None)


def marp(folder: Path, *arguments: str) -> None:
    """Run the locked marp-cli on the deck in `folder`.

    Raises BuildError with the one line of its output that says what is wrong.
    """
    options = ["--no-stdin", "--engine", str(STAGE / "deck" / "engine.mjs")]
    options += ["--theme-set", str(SLIDES / "theme.css")]
    files = [str(folder / each) if "." in each else each for each in arguments]
    done = subprocess.run(
        node.npx("marp", *files, *options),
        cwd=SLIDES,
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        said = re.sub(r"\x1b\[[\d;]*m", "", done.stderr + done.stdout)
        error = _MARP_ERROR.search(said)  # folded at 80 columns
        why = error[1] or error[2] if error else f"exit code {done.returncode}"
        raise BuildError(f"marp: {' '.join(why.split())}")


def _fingerprint(text: str) -> str:
    """Return a hash of all that goes into the built deck."""
    digest = hashlib.sha256(text.encode())
    used = [SLIDES / "theme.css", SLIDES / "package-lock.json"]
    for folder in ("diagrams", "recordings", "stage/deck", "stage/page"):
        used += sorted(path for path in (SLIDES / folder).iterdir() if path.is_file())
    for path in used:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _talk(parts: list[Section]) -> str:
    """Return the script with what the page must know: the budgets and the tapes."""
    budgets = [
        {"title": part.title, "minutes": part.minutes, "slides": len(part.slides)}
        for part in parts
    ]
    tapes = {
        path.stem: {
            "recorded": recordings.header(path)["timestamp"],
            "gzip": b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode(),
        }
        for path in sorted((SLIDES / "recordings").glob("*.cast"))
    }
    return f"const TALK = {json.dumps({'sections': budgets, 'tapes': tapes})};\n"


def _furnish(page: str, root: str) -> str:
    """Return marp's page with the stage in it, and `root` as attributes of <html>."""
    styles = ("player/asciinema-player.css", "stage.css")
    scripts = ("player/asciinema-player.min.js", "talk.js", "stage.js")
    head = "".join(f'<link rel="stylesheet" href="{each}">' for each in styles)
    head += SYNC
    tail = "".join(f'<script src="{each}"></script>' for each in scripts)
    for mark, furnished in (
        ("<html", f"<html {root}"),
        ("</head>", f"{head}</head>"),
        ("</body>", f"{tail}</body>"),
    ):
        page = page.replace(mark, furnished, 1)
    return page
