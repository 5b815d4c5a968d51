"""What `invoke check` runs: style, types, stale code blocks, stale recordings."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from invoke.exceptions import Exit

from demos.support.console import console
from slides.stage import recordings
from slides.stage.deck import build as deck
from slides.stage.deck import readme

ROOT = Path(__file__).parents[3]
TOOLS = {
    "ruff check": ["ruff", "check", "--quiet"],
    "ruff format": ["ruff", "format", "--quiet", "--check"],
    "mypy": ["mypy", "--no-error-summary"],
}


def check() -> None:
    """Run all checks and show what each finds.

    Raises Exit when one finds something, or when a tool is missing.
    """
    found = [*_tools(), *stale()]
    for problem in found:
        console.print(problem, markup=False, soft_wrap=True)
    if found:
        raise Exit(f"{len(found)} problems", code=1)
    console.print("Nothing to mend.")


def stale() -> Iterator[str]:
    """Yield one line for each slide, table or recording that is out of date."""
    parts = deck.sections()
    for part in parts:
        yield from deck.problems(part, fresh=True)
    if (path := deck.SLIDES.parent / "README.md").is_file():
        text = path.read_text(encoding="utf-8")
        if readme.fill(text, parts) != text:
            yield "README.md: the table is out of date: invoke sync"
    yield from recordings.stale()


def _tools() -> Iterator[str]:
    for name, (module, *arguments) in TOOLS.items():
        if not importlib.util.find_spec(module):
            install = f"{sys.executable} -m pip install -r tests/requirements.txt"
            raise Exit(f"{module} is missing: {install}", code=1)
        with console.status(name):
            command = [sys.executable, "-m", module, *arguments]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            yield f"{name}:\n{done.stdout}{done.stderr}".rstrip()
