"""What `invoke check` runs: style, types, stale blocks and recordings, what to try."""

import sys
from collections.abc import Iterator
from pathlib import Path

from invoke.exceptions import Exit

from demos.support.catalog import commands_to_try, parse, task
from demos.support.console import console
from demos.support.flags import UsageError
from slides.stage import names, node, packages, recordings, requirements
from slides.stage.deck import fences
from slides.stage.deck.build import build
from slides.stage.deck.contents import contents
from slides.stage.deck.recorded import recorded
from slides.stage.deck.sections import BuildError, sections
from slides.stage.deck.sync import derived, is_current
from slides.stage.paths import Paths

TOOLS = {
    "ruff check": ["ruff", "check", "--quiet"],
    "ruff format": ["ruff", "format", "--quiet", "--check"],
    "mypy": ["mypy", "--no-error-summary"],
}
PAGE = Path(__file__).parents[1] / "page"  # its scripts name their types in comments


def check(paths: Paths) -> None:
    """Run all checks and show what each finds.

    Raises Exit when one finds something, or when a package is missing.
    """
    requirements.need(paths)
    found = [*_tools(paths), *stale(paths)]
    found += [] if found else astray(paths)
    for problem in found:
        console.print(problem, markup=False, soft_wrap=True)
    if found:
        raise Exit(f"{len(found)} problems", code=1)
    console.print("Nothing to mend.")


def stale(paths: Paths) -> Iterator[str]:
    """Yield one line for each thing out of date, and for what stays undrawn."""
    parts = sections(paths)
    sources, _ = fences.read(paths, parts)
    for section in parts:
        yield from fences.stale(section, sources)
    try:
        held = contents(build(paths))
        yield from held.undrawn
        for path, text in derived(paths, held).items():
            if not is_current(path, text):
                yield f"{path.name} is out of date: invoke sync"
    except BuildError as error:
        yield str(error.message)
    yield from recordings.stale(paths, recorded(paths, parts))


def astray(paths: Paths) -> Iterator[str]:
    """Yield one line for each command to try that fails, or leads back in the deck."""
    slides = contents(build(paths)).slides
    demos = [names.slug(slide.demo) for slide in slides if slide.demo]
    shown = [*dict.fromkeys(demos)]  # a demo may be shown with flags, too
    for place, slug in enumerate(shown):
        for line in commands_to_try(task(slug).__doc__ or ""):
            try:
                demo, _ = parse(line)
            except UsageError as error:
                yield f"demos/{slug}.py: {line}: {error}"
                continue
            if " --" not in line and demo not in shown[place + 1 :]:
                yield f"demos/{slug}.py: {line}: no demo that comes later in the deck"


def _tools(paths: Paths) -> Iterator[str]:
    for name, words in TOOLS.items():
        yield from _run(name, [sys.executable, "-m", *words], paths.root)
    try:
        packages.install(paths, develop=True)
    except Exit as error:  # no network, say: all else is still checked
        yield f"tsc: {error.message}"
        return
    yield from _run("tsc", node.npx("tsc", "--project", str(PAGE)), paths.slides)


def _run(name: str, command: list[str], folder: Path) -> Iterator[str]:
    with console.status(name):
        done = node.run(command, folder)
    if done.returncode:
        yield f"{name}:\n{done.stdout}{done.stderr}".rstrip()
