"""The Python packages that only tests, checks and benchmarks need."""

import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution

from invoke.exceptions import Exit

from slides.stage.paths import Paths


def need(paths: Paths) -> None:
    """Raise Exit, with pip's command, if one of tests/requirements.txt is missing."""
    listed = paths.root / "tests" / "requirements.txt"
    pinned = (line.partition("==") for line in listed.read_text("utf-8").splitlines())
    for name, is_pinned, _ in pinned:
        try:
            if is_pinned:
                distribution(name)
        except PackageNotFoundError:
            words = [sys.executable, "-m", "pip", "install", "-r", str(listed)]
            install = shlex.join(words)
            raise Exit(f"{name} is missing: {install}", code=1) from None
