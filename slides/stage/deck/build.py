"""One deck out of the section files: rendered by marp with our engine, and gathered."""

import ast
import contextlib
import gzip
import hashlib
import json
import os
import re
import shutil
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import segno

from demos.support.catalog import slugs
from slides.stage import node, recordings
from slides.stage.deck import fences
from slides.stage.deck.contents import FILE, Contents, contents
from slides.stage.deck.references import Reference, loaded_by, references
from slides.stage.deck.sections import BuildError, Section, sections
from slides.stage.drafts import draft
from slides.stage.packages import OF_THE_PAGE
from slides.stage.paths import Paths
from slides.stage.sources import parse

STAGE = Path(__file__).parents[1]
THEMES = ("dark", "light")
INDEX = "index.html"
OVERFLOW = "overflow.js"
PRESENTER = "presenter.html"
ICON = "icon.svg"
NOTES = "notes.js"
LARGE = 10_000_000  # bytes; a change of what is larger is seen by its date
QR = '<span class="qr" aria-hidden="true"></span>'  # as foot.mjs writes it
LIVE = "data-live"  # on the page's root: there is a server that runs the demos

_MARP_ERROR = re.compile(
    r"\[ +ERROR +\] (.+(?:\n[ \t]+\S.*)*)|^(\w*Error: .+)", re.MULTILINE
)
_ANEW = "if it fails again, remove slides/node_modules, and start with a network"
_TITLE = re.compile("<title>(.*?)</title>", re.DOTALL)
_BUTTON = re.compile(r'(<button data-bespoke-marp-osc="\w+") tabindex="-1"')
_LOOK = re.compile(r"^Look for: +(.*(?:\n +.*)*)", re.MULTILINE)


def build(
    paths: Paths,
    theme: str = "dark",
    home: Path | None = None,
    *,
    with_notes: bool = True,
) -> Path:
    """Build the deck and return its folder, with index.html and all it refers to.

    The folder is in `home` (default: .build) and named by what went in, so that nothing
    is built twice; the last good deck stays until a new one is whole. What it holds is
    told by `contents`, and so is a bad source or recording: a show goes on without it.

    Raises BuildError when something else is wrong, and then names both.
    """
    home = home or paths.build
    parts = sections(paths)
    sources, problems = fences.read(paths, parts)
    order = {
        "sections": [{"file": part.name, "text": part.text} for part in parts],
        "sources": sources,
        "colorScheme": theme,
        "notes": with_notes,
    }
    looks = _looks(paths)
    target = home / f"{_fingerprint(paths, [order, looks, problems])}-{theme}"
    if target.is_dir():
        return target
    home.mkdir(exist_ok=True)
    with draft(home) as folder:
        new = folder / "deck"
        try:
            _make(paths, parts, order, looks, problems, new, target.name)
        except (BuildError, OSError) as error:
            if not new.is_dir():  # it was removed
                return build(paths, theme, home, with_notes=with_notes)
            if isinstance(error, BuildError):
                raise BuildError("\n".join([*problems, str(error.message)])) from error
            raise
        try:
            new.rename(target)
        except OSError:  # somebody else has built it meanwhile
            if not target.is_dir():
                raise
    for old in home.glob(f"*-{theme}"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)  # a file may be on its way out
    return target


def _make(
    paths: Paths,
    parts: list[Section],
    order: dict[str, Any],
    looks: dict[str, str],
    problems: list[str],
    draft: Path,
    version: str,
) -> None:
    """Make the deck of an order in the new folder `draft`."""
    draft.mkdir()
    for folder, files in OF_THE_PAGE.items():
        (draft / folder).mkdir()
        for file in files:
            shutil.copy(paths.packages / file, draft / folder)
    for path in (STAGE / "page").iterdir():
        if path.suffix in (".js", ".css", ".html", ".svg"):
            shutil.copy(path, draft)
    # The presenter's window has its colours and letters of the theme.
    theme = paths.theme.read_bytes() if paths.theme.is_file() else b""
    (draft / paths.theme.name).write_bytes(theme)
    render(paths, order, draft)
    held = contents(draft)
    recorded, damaged = _recorded(paths)
    told = json.loads((draft / FILE).read_bytes())
    told["problems"] = problems + told.pop("damaged") + damaged
    (draft / FILE).write_text(json.dumps(told), encoding="utf-8")
    script = f"const TALK = {json.dumps(_talk(held, recorded, looks))};\n"
    (draft / "talk.js").write_text(script, encoding="utf-8")
    notes = [slide.notes for slide in held.slides] if order["notes"] else []
    script = f"const NOTES = {json.dumps(notes)};\n"
    (draft / NOTES).write_text(script, encoding="utf-8")
    root = f'{LIVE} data-version="{version}"'
    text = _add_code((draft / INDEX).read_text("utf-8"), held.url)
    text = _add_stage(text, root)
    (draft / INDEX).write_text(text, encoding="utf-8")
    scheme = f'<section data-color-scheme="{order["colorScheme"]}"'
    presenter = (draft / PRESENTER).read_text("utf-8").replace("<section", scheme, 1)
    presenter = presenter.replace("<html", f"<html {root}", 1)
    (draft / PRESENTER).write_text(presenter, encoding="utf-8")
    _gather(paths, parts, held, text, draft)


def last(paths: Paths, theme: str) -> Path | None:
    """Return the folder of the last good deck, or None."""
    return next(paths.build.glob(f"*-{theme}"), None)


def render(paths: Paths, order: dict[str, Any], folder: Path) -> None:
    """Let marp make the page of an order (see engine.mjs), and deck.json, in `folder`.

    Raises BuildError with what the engine finds wrong or, when marp itself fails, with
    the one line of its output that says why.
    """
    told = folder / FILE
    markdown = folder / "order.md"  # marp takes nothing else
    here = {"pictures": str(paths.slides), "output": str(told)}
    markdown.write_text(json.dumps(order | here), encoding="utf-8")
    themes = [str(path) for path in sorted(paths.slides.glob("*.css"))]
    options = ["--no-stdin", "--engine", str(STAGE / "deck" / "engine.mjs")]
    options += ["--output", str(folder / INDEX), "--theme-set", *themes]
    done = node.run(node.npx("marp", *options, "--", str(markdown)), paths.slides)
    markdown.unlink()
    if told.exists() and (problems := json.loads(told.read_bytes())["problems"]):
        raise BuildError("\n".join(problems))
    if done.returncode or not told.exists():
        said = re.sub(r"\x1b\[[\d;]*m", "", done.stderr + done.stdout)
        error = _MARP_ERROR.search(said)  # folded at 80 columns
        why = error[1] or error[2] if error else f"it made no deck; {_ANEW}"
        raise BuildError(f"marp: {' '.join(why.split())}")


def _gather(
    paths: Paths, parts: list[Section], held: Contents, page: str, draft: Path
) -> None:
    """Copy what the page needs of slides/ into `draft`.

    Raises BuildError, with file and line, for what is not there, or remote.
    """
    made = (path for path in draft.rglob("*") if path.is_file())
    ours = {path.relative_to(draft).as_posix() for path in made} - {FILE}
    styles: dict[Reference, str] = {}  # what a style sheet wants, and where it says so
    slides = paths.slides.resolve()
    problems = []
    wanted = references(page)
    for reference in wanted:  # grows while it is walked: a style sheet loads more
        name = reference.path
        source = slides if "\0" in name else (slides / name).resolve()
        if reference.is_remote:
            problem = f"{reference.url} is remote: no network on stage"
        elif not source.is_relative_to(slides) or name.startswith("/"):
            problem = f"{name} is outside of slides/"
        elif name in ours:
            continue
        elif source.is_file():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, draft / name)
            ours.add(name)
            if source.suffix == ".css":
                css = source.read_text("utf-8", errors="replace")
                for loaded, line in loaded_by(reference, css):
                    wanted.append(loaded)
                    styles[loaded] = f"{paths.slides.name}/{name}:{line}"
            continue
        else:
            problem = f"there is no {reference.url if source == slides else name}"
        place = styles.get(reference) or _place(paths, parts, held, reference)
        problems.append(f"{place}: {problem}")
    if problems:
        raise BuildError("\n".join(dict.fromkeys(problems)))


def _place(
    paths: Paths, parts: list[Section], held: Contents, reference: Reference
) -> str:
    """Return where a page's reference is written: file and line."""
    texts = {part.name: part.text for part in parts}
    first = 0
    if reference.slide:
        slide = held.slides[reference.slide - 1]
        for url, line in held.sections[slide.section].pictures:
            if url == reference.url and line >= slide.line:
                return f"{slide.file}:{line}"
        texts, first = {slide.file: texts[slide.file]}, slide.line - 1
    else:
        for theme in sorted(paths.slides.glob("*.css")):
            texts[f"{paths.slides.name}/{theme.name}"] = theme.read_text("utf-8")
    urls = (reference.url, unquote(reference.url))
    written = re.compile("|".join(rf"(?<![\w./-]){re.escape(url)}" for url in urls))
    for file, text in texts.items():  # in HTML, or in a style
        for number, content in enumerate(text.split("\n")[first:], first + 1):
            if written.search(content):
                return f"{file}:{number}"
    if reference.slide:
        return held.slides[reference.slide - 1].place
    asking = next((each for each in parts if "theme:" in each.text), parts[0])
    number = asking.text.partition("theme:")[0].count("\n") + 1
    return f"{asking.name}:{number}"


def _fingerprint(paths: Paths, told: list[Any]) -> str:
    """Return a hash of all that goes into the built deck: what is told, and files."""
    digest = hashlib.sha256(json.dumps(told).encode())
    ours = [STAGE / "deck", STAGE / "page"]
    used = [path for folder in ours for path in sorted(folder.iterdir())]
    for path in sorted(paths.slides.rglob("*")):
        if path.suffix != ".md" and not (
            path.is_relative_to(paths.packages) or path.is_relative_to(STAGE)
        ):
            used.append(path)
    for path in used:
        if path.is_file():
            about = path.stat()
            digest.update(os.fsencode(os.path.relpath(path, paths.slides)))
            if about.st_size > LARGE:
                digest.update(f"{about.st_size} {about.st_mtime_ns}".encode())
            else:
                with contextlib.suppress(OSError):  # whoever needs it says why
                    digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _looks(paths: Paths) -> dict[str, str]:
    """Return what to look for in each demo whose docstring says it."""
    found = {}
    for slug in slugs(paths.demos):
        said = ast.get_docstring(parse(paths.demos / f"{slug}.py")) or ""
        if look := _LOOK.search(said):
            found[slug] = " ".join(look[1].split())
    return found


def _recorded(paths: Paths) -> tuple[dict[str, Any], list[str]]:
    """Return what the page must know of the recordings; a line for a damaged one."""
    recorded = {}
    damaged = []
    for cast in recordings.kept(paths):
        try:
            head, told = recordings.load(cast)
            recorded[cast.stem] = {
                "recorded": head["timestamp"],
                "seconds": round(recordings.length_of(told), 3),
                "lesson": recordings.lesson_of(told),
                "gzip": b64encode(gzip.compress(cast.read_bytes(), mtime=0)).decode(),
            }
        except LookupError as error:
            damaged.append(str(error))
    return recorded, damaged


def _talk(
    held: Contents, recorded: dict[str, Any], looks: dict[str, str]
) -> dict[str, Any]:
    """Return what the page must know: what the rules do, budgets, and recordings."""
    budgets = [
        {
            "title": section.title,
            "minutes": section.minutes,
            "slides": len(held.of(number)),
        }
        for number, section in enumerate(held.sections)
    ]
    slides = [asdict(slide.rules) for slide in held.slides]
    told = {"slides": slides, "sections": budgets, "recordings": recorded}
    return told | {"looks": looks}


def _add_code(page: str, url: str) -> str:
    """Return marp's page with the QR code of the talk's address where it belongs."""
    if not url:
        return page
    code = segno.make(url, micro=False)
    svg = code.svg_inline(light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return page.replace(QR, QR.replace("><", f">{svg}<"))


def _add_stage(page: str, root: str) -> str:
    """Return marp's page with the stage in it, and `root` as attributes of <html>.

    Its control bar can be reached by Tab, and its first heading is the talk's title,
    whatever slide is on view.
    """
    styles = ("player/asciinema-player.css", "stage.css")
    own = ("talk.js", OVERFLOW, "state.js", "link.js", "keys.js", "stage.js")
    scripts = ("player/asciinema-player.min.js", *own)
    head = "".join(f'<link rel="stylesheet" href="{each}">' for each in styles)
    head += f'<link rel="icon" href="{ICON}"><script src="sync.js"></script>'
    titled = _TITLE.search(page)
    title = f"<h1>{titled[1]}</h1>" if titled else ""
    bar = 'class="bespoke-marp-osc"'
    page = _BUTTON.sub(r"\1", page)
    tail = "".join(f'<script src="{each}"></script>' for each in scripts)
    for mark, added in (
        ("<html", f"<html {root}"),
        ("</head>", f"{head}</head>"),
        ("<body>", f'<body><header class="stage-title">{title}</header>'),
        (bar, f'{bar} role="navigation" aria-label="Slides"'),
        ("</body>", f"{tail}</body>"),
    ):
        page = page.replace(mark, added, 1)
    return page
