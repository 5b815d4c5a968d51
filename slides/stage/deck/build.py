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
from pathlib import Path
from typing import Any

from slides.stage import node, recordings
from slides.stage.deck import checks, fences
from slides.stage.deck.sections import BuildError, Section, sections
from slides.stage.paths import Paths

STAGE = Path(__file__).parents[1]
THEMES = ("dark", "light")
LIVE = "data-live"  # on the page's root: there is a server that runs the demos
SYNC = '<script src="sync.js"></script>'  # in the page's head, for that server

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


def join(paths: Paths, parts: list[Section], theme: str = "dark") -> str:
    """Return all sections as one Markdown text, its code as the sources are now."""
    head = f"---\n{parts[0].front_matter}colorScheme: {theme}\n---\n\n"
    return fences.fill(paths, head + "\n---\n\n".join(part.body for part in parts))


def build(paths: Paths, theme: str = "dark", home: Path | None = None) -> Path:
    """Build the deck and return its folder, with index.html and all it refers to.

    The folder is in `home` (default: .build) and named by what went in, so that nothing
    is built twice; the last good deck stays until a new one is whole.

    Raises BuildError.
    """
    home = home or paths.build
    parts = sections(paths)
    for part in parts:
        for problem in checks.problems(paths, part):
            raise BuildError(problem)
    text = join(paths, parts, theme)
    target = home / f"{_fingerprint(paths, text)}-{theme}"
    if target.is_dir():
        return target
    home.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as temporary:
        draft = Path(temporary) / "deck"
        draft.mkdir()
        (draft / "deck.md").write_text(text, encoding="utf-8")
        for pictures in (paths.diagrams, paths.recordings):
            shutil.copytree(pictures, draft / pictures.name)
        for folder, files in _PACKAGED.items():
            (draft / folder).mkdir()
            for file in files:
                shutil.copy(paths.packages / file, draft / folder)
        for file in ("state.js", "stage.js", "stage.css", "sync.js"):
            shutil.copy(STAGE / "page" / file, draft)
        marp(paths, draft, "deck.md", "--output", "index.html")
        slides = json.loads((draft / "deck.json").read_text("utf-8"))["slides"]
        talk = {"slides": slides, **_talk(paths, parts)}
        script = f"const TALK = {json.dumps(talk)};\n"
        (draft / "talk.js").write_text(script, encoding="utf-8")
        page = draft / "index.html"
        root = f'{LIVE} data-version="{target.name}"'
        page.write_text(_add_stage(page.read_text("utf-8"), root), encoding="utf-8")
        try:
            draft.rename(target)
        except OSError:  # somebody else has built it meanwhile
            if not target.is_dir():
                raise
    for old in home.glob(f"*-{theme}"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)  # a file may be on its way out
    return target


def last(paths: Paths, theme: str) -> Path | None:
    """Return the folder of the last good deck, or None."""
    return next(paths.build.glob(f"*-{theme}"), None)


def marp(paths: Paths, folder: Path, *arguments: str) -> None:
    """Run the locked marp-cli on the deck in `folder`.

    Raises BuildError with the one line of its output that says what is wrong.
    """
    options = ["--no-stdin", "--engine", str(STAGE / "deck" / "engine.mjs")]
    options += ["--theme-set", str(paths.theme)]
    files = [str(folder / each) if "." in each else each for each in arguments]
    done = subprocess.run(
        node.npx("marp", *files, *options),
        cwd=paths.slides,
        env=node.environment() | {"DECK_JSON": str(folder / "deck.json")},
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


def _fingerprint(paths: Paths, text: str) -> str:
    """Return a hash of all that goes into the built deck."""
    digest = hashlib.sha256(text.encode())
    used = [paths.theme, paths.lock]
    ours = (STAGE / "deck", STAGE / "page")
    for folder in (paths.diagrams, paths.recordings, *ours):
        used += sorted(path for path in folder.iterdir() if path.is_file())
    for path in used:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _talk(paths: Paths, parts: list[Section]) -> dict[str, Any]:
    """Return what the page must know of the talk: budgets and recordings."""
    budgets = [
        {"title": part.title, "minutes": part.minutes, "slides": len(part.slides)}
        for part in parts
    ]
    recorded = {
        path.stem: {
            "recorded": recordings.header(path)["timestamp"],
            "gzip": b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode(),
        }
        for path in sorted(paths.recordings.glob("*.cast"))
    }
    return {"sections": budgets, "recordings": recorded}


def _add_stage(page: str, root: str) -> str:
    """Return marp's page with the stage in it, and `root` as attributes of <html>."""
    styles = ("player/asciinema-player.css", "stage.css")
    scripts = ("player/asciinema-player.min.js", "talk.js", "state.js", "stage.js")
    head = "".join(f'<link rel="stylesheet" href="{each}">' for each in styles)
    head += SYNC
    tail = "".join(f'<script src="{each}"></script>' for each in scripts)
    for mark, added in (
        ("<html", f"<html {root}"),
        ("</head>", f"{head}</head>"),
        ("</body>", f"{tail}</body>"),
    ):
        page = page.replace(mark, added, 1)
    return page
