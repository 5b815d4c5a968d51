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
    """Yield one line for each slide or recording that its source has left behind."""
    for part in deck.sections():
        yield from deck.problems(part, fresh=True)
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
