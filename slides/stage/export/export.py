"""All that an organizer or an attendee asks for, out of one build of the deck.

A browser draws the pages and pictures (draw.mjs); the files are made of them here, and
handed over when all of them are whole.
"""

import contextlib
import errno
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from invoke.exceptions import Exit
from rich.status import Status

from demos.support.console import console
from demos.support.flags import UsageError, some_of
from slides.stage import browser, node, packages
from slides.stage.deck.build import INDEX, THEMES, build
from slides.stage.deck.contents import SlideEntry, contents
from slides.stage.deck.sections import BuildError, sections
from slides.stage.drafts import draft
from slides.stage.export import documents, handover, website
from slides.stage.export.documents import Talk
from slides.stage.paths import Paths

FILES = {
    "pdf": "asyncio-live.pdf",
    "handout": "asyncio-live-handout.pdf",
    "pptx": "asyncio-live.pptx",
    "web": "web",
    "image": "asyncio-live.png",
}
PATIENCE = 60  # seconds in which something must move: a slow machine may take any time
LITTLE = 2_000_000  # bytes that are free: a browser needs more
INSTALL = "install Chrome, Chromium or Edge, or name one with --browser"
CERTAIN = FILES | {"web": f"web/{INDEX}"}  # of those that there will be


def export_all(
    paths: Paths,
    to: str | None,
    only: str | None,
    theme: str,
    steps: bool,
    with_notes: bool,
    overflow: bool,
    chosen_browser: str | None,
) -> None:
    """Write the files named in `only` (default: all of FILES) to the folder `to`.

    `theme` is that of all but the handout, which is light: it is for paper. `steps`
    gives the PDF a page for each step of the code; `with_notes` leaves the speaker
    notes in the web page; `overflow` is for slides that hold more than they have room
    for: they are named, and exported; `chosen_browser` is the program to draw with.

    Raises UsageError for an unknown theme or a target that is a file, and Exit for a
    deck that is not fit to publish, and for a target that cannot be written or holds
    what an export would replace and did not write. It is raised, too, when there is no
    browser or it cannot draw: after what could be made was handed over.
    """
    wanted = some_of(FILES, only, "--only")
    if theme not in THEMES:
        raise UsageError(f"--theme is {' or '.join(THEMES)}, not {theme!r}")
    target = Path(to).absolute() if to else paths.dist
    if (target.is_symlink() or target.exists()) and not target.is_dir():
        raise UsageError(f"--to takes a folder, which {target} is not")
    handover.check(target, [CERTAIN[name] for name in wanted])
    packages.clear_up(paths)
    packages.update(paths)
    program = _browser(paths, chosen_browser)
    with draft(_home(paths, target)) as folder:
        ready = folder / "ready"
        ready.mkdir()
        missing = []
        with console.status("Building the deck …") as status:
            built = build(paths, theme, folder)
            when = _committed(paths)
            if "web" in wanted:
                certain = [f"{FILES['web']}/{name}" for name in website.files(built)]
                handover.check(target, certain)
            slides = contents(built).slides
            needed = _to_draw(wanted, len(slides), steps)
            drawings = folder / "drawings"
            drawn = _draw(program, built, drawings, slides, needed, overflow, status)
            for name, files in needed.items():
                made = ready / FILES[name]
                sources = [drawn.files[file] for file in files if file in drawn.files]
                status.update(f"Writing {made.name} …")
                if name == "web":
                    page = built
                    if not with_notes:
                        page = build(paths, theme, folder / "public", with_notes=False)
                    website.write(page, made, *sources, with_notes=with_notes)
                if len(sources) < len(files):
                    what = "the picture of web" if name == "web" else made.name
                    missing.append(what)
                elif name != "web":
                    _write(name, sources, made, drawn.talk, when, steps)
        _hand_over(ready, target)
    if missing:
        raise Exit(f"{drawn.problem}; missing: {', '.join(missing)}", code=1)


def _write(
    name: str, drawn: list[Path], made: Path, talk: Talk, when: datetime, steps: bool
) -> None:
    """Write one of the files that are made of what was drawn alone."""
    match name:
        case "pdf":
            outline = documents.outline(talk, steps)
            documents.finish_pdf(drawn[0], made, talk, when, outline)
        case "handout":
            documents.finish_pdf(drawn[0], made, talk, when, [])
        case "pptx":
            documents.write_pptx(drawn, made, talk, when)
        case "image":
            shutil.copy(drawn[0], made)


def _to_draw(wanted: list[str], slides: int, steps: bool) -> dict[str, list[str]]:
    """Return what the browser draws for each file that is wanted (see draw.mjs)."""
    pictures = [f"{number + 1}.png" for number in range(slides)]
    drawn = {
        "pdf": ["steps.pdf" if steps else "slides.pdf"],
        "handout": ["handout.pdf"],
        "pptx": pictures,
        "web": pictures[:1],
        "image": pictures[:1],
    }
    return {name: drawn[name] for name in wanted}


def _browser(paths: Paths, chosen: str | None) -> Path | None:
    found = browser.find(paths, chosen)
    is_packaged = found and found == browser.packaged(paths)
    if is_packaged and not (chosen or browser.installed()):
        console.print("No browser is installed here: the Chromium from npm draws.")
    return found


def _home(paths: Paths, target: Path) -> Path:
    """Return where to make what goes to `target` then: on the same disk.

    That is .build where it can be; what a kill leaves there is in nobody's way. Raises
    Exit when `target` cannot be written.
    """
    there = next(path for path in (target, *target.parents) if path.exists())
    if not there.is_dir():
        raise Exit(f"cannot write to {target}: {there} is no folder", code=1)
    if not os.access(there, os.W_OK | os.X_OK):
        raise Exit(f"cannot write to {target}: no permission in {there}", code=1)
    with contextlib.suppress(OSError):
        paths.build.mkdir(exist_ok=True)
        can_be = os.access(paths.build, os.W_OK | os.X_OK)
        if can_be and paths.build.stat().st_dev == there.stat().st_dev:
            return paths.build
    return there


class Drawn(NamedTuple):
    """What the page says of the talk, what was drawn of it, and why not all was."""

    talk: Talk
    files: dict[str, Path]
    problem: str = ""


def _draw(
    program: Path | None,
    built: Path,
    folder: Path,
    slides: list[SlideEntry],
    needed: dict[str, list[str]],
    may_overflow: bool,
    status: Status,
) -> Drawn:
    """Draw the built deck into a new folder, as far as it goes.

    Raises BuildError when a slide holds more than it has room for and may not, and
    OSError when the disk is full.
    """
    drawn = Drawn(Talk(slides), {})
    if program is None:
        return drawn._replace(problem=f"there is no browser on this machine: {INSTALL}")
    folder.mkdir()
    files = list(dict.fromkeys(file for each in needed.values() for file in each))
    order = {
        "browser": str(program.absolute()),
        "page": str(built / INDEX),
        "folder": str(folder),
        "files": files,
        "overflow": may_overflow,
        "patience": PATIENCE,
    }
    script = Path(__file__).with_name("draw.mjs")
    overflow = ""
    status.update("Starting the browser …")
    command = [str(node.NODE), str(script), json.dumps(order)]
    with node.started(command, Path.cwd()) as drawing:
        assert drawing.stdout is not None
        try:
            for line in drawing.stdout:
                match json.loads(line):
                    case {"talk": talk}:
                        drawn = drawn._replace(talk=Talk(slides, **talk))
                    case {"overflow": found}:
                        overflow = "\n".join(
                            f"{slides[number - 1].place}: {what!r} is {pixels} px"
                            " outside its slide"
                            for number, what, pixels in found
                        )
                    case {"drawn": file}:
                        drawn.files[file] = folder / file
                    case {"error": why}:
                        drawn = drawn._replace(
                            problem=f"{program} could not draw: {why}"
                        )
                far = f"{len(drawn.files)} of {len(files)}"
                status.update(f"Drawing pages and pictures … {far}")
        finally:
            drawing.terminate()  # after Ctrl-C; it then kills its browsers
            code = drawing.wait()
    # A browser says anything where there is no room for its profile.
    is_full = "ENOSPC" in drawn.problem or shutil.disk_usage(folder).free < LITTLE
    if code and is_full:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    if overflow and not may_overflow:
        raise BuildError(f"{overflow} (--overflow exports it as it is)")
    if overflow:
        console.print(overflow, markup=False, soft_wrap=True)
    if code and not drawn.problem:
        why = f"exit code {code}"
        return drawn._replace(problem=f"{program} could not draw: {why}")
    return drawn


def _committed(paths: Paths) -> datetime:
    """Return when the slides were last committed or, outside a repository, changed."""
    git = ["git", "-C", str(paths.slides), "log", "-1", "--format=%ct", "--", "."]
    try:
        log = subprocess.run(git, stdin=subprocess.DEVNULL, capture_output=True)
        seconds = float(log.stdout)
    except (OSError, ValueError):
        seconds = max(part.path.stat().st_mtime for part in sections(paths))
    return datetime.fromtimestamp(seconds, UTC)


def _hand_over(ready: Path, target: Path) -> None:
    """Move all that is ready to `target`, and say it."""
    made = sorted(ready.iterdir())
    if not made:
        return
    try:
        sizes = [sum(file.stat().st_size for file in _files(each)) for each in made]
        handover.hand_over(ready, target)
    except OSError as error:
        raise Exit(f"cannot write to {target}: {error.strerror}", code=1) from error
    for size, each in zip(sizes, made, strict=True):
        line = f"{size:>12,} bytes  {target / each.name}"
        console.print(line, markup=False, soft_wrap=True)


def _files(path: Path) -> list[Path]:
    found = [path] if path.is_file() else path.rglob("*")
    return [each for each in found if each.is_file()]
