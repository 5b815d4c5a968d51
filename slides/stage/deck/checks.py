"""What `invoke check` runs: style, types, and what is stale of blocks and recordings.

What is wrong in a section is also looked for by each build of the deck.
"""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from invoke.exceptions import Exit

from demos.support.console import console
from slides.stage import node, packages, recordings
from slides.stage.deck import fences
from slides.stage.deck.sections import Section, sections
from slides.stage.deck.sync import derived
from slides.stage.paths import Paths

TOOLS = {
    "ruff check": ["ruff", "check", "--quiet"],
    "ruff format": ["ruff", "format", "--quiet", "--check"],
    "mypy": ["mypy", "--no-error-summary"],
}
PAGE = Path(__file__).parents[1] / "page"  # its scripts name their types in comments

_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_REMOTE = re.compile(
    r"""(?:!\[[^\]]*\]\(|\burl\(|\bsrc=)["']?(?P<target>(?:\w+:)?//[^"')\s>]+)"""
)


def check(paths: Paths) -> None:
    """Run all checks and show what each finds.

    Raises Exit when one finds something, or when a tool is missing.
    """
    found = [*_tools(paths), *stale(paths)]
    for problem in found:
        console.print(problem, markup=False, soft_wrap=True)
    if found:
        raise Exit(f"{len(found)} problems", code=1)
    console.print("Nothing to mend.")


def stale(paths: Paths) -> Iterator[str]:
    """Yield one line for each slide, recording or file that is out of date."""
    parts = sections(paths)
    for section in parts:
        yield from problems(paths, section, fresh=True)
    for path, text in derived(paths, parts).items():
        if path.read_text(encoding="utf-8") != text:
            yield f"{path.name} is out of date: invoke sync"
    yield from recordings.stale(paths)


def problems(paths: Paths, section: Section, *, fresh: bool = False) -> Iterator[str]:
    """Yield one line, with file and line number, for all that is wrong in a section.

    With `fresh`, a code block that differs from its source is wrong too.
    """
    here = section.name
    for remote in _REMOTE.finditer(section.text):
        line = section.text.count("\n", 0, remote.start()) + 1
        yield f"{here}:{line}: {remote['target']} is remote: no network on stage"
    for image in _IMAGE.finditer(section.text):
        line = section.text.count("\n", 0, image.start()) + 1
        target = image["target"]
        if "//" not in target and not (section.path.parent / target).is_file():
            mend = f" ({image['alt']} is recorded by: invoke record)"
            recorded = target.startswith("recordings/")
            yield f"{here}:{line}: there is no {target}{mend if recorded else ''}"
    for line, what in fences.problems(paths, section.text, fresh=fresh):
        yield f"{here}:{line}: {what}"


def _tools(paths: Paths) -> Iterator[str]:
    for name, (module, *arguments) in TOOLS.items():
        if not importlib.util.find_spec(module):
            install = f"{sys.executable} -m pip install -r tests/requirements.txt"
            raise Exit(f"{module} is missing: {install}", code=1)
        yield from _run(name, [sys.executable, "-m", module, *arguments], paths.root)
    packages.install(paths, develop=True)
    yield from _run("tsc", node.npx("tsc", "--project", str(PAGE)), paths.slides)


def _run(name: str, command: list[str], folder: Path) -> Iterator[str]:
    with console.status(name):
        done = subprocess.run(
            command,
            cwd=folder,
            env=node.environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    if done.returncode:
        yield f"{name}:\n{done.stdout}{done.stderr}".rstrip()
