"""Recordings of the demos as they are kept: slides/recordings/<slug>.cast and .svg."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demos.support.catalog import slugs
from slides.stage.paths import Paths
from slides.stage.sources import source_hash


def stale(paths: Paths) -> Iterator[str]:
    """Yield one line for each demo whose recording is missing or of older source."""
    for slug in slugs(paths.demos):
        mend = f"invoke record --demo {slug.replace('_', '-')}"
        cast = paths.recordings / f"{slug}.cast"
        if not cast.is_file() or not cast.with_suffix(".svg").is_file():
            yield f"demos/{slug}.py has no recording: {mend}"
        elif f"source=sha256:{source_hash(paths, slug)}" not in header(cast)["tags"]:
            yield f"demos/{slug}.py has changed since it was recorded: {mend}"


def header(cast: Path) -> dict[str, Any]:
    """Return the header of a recording."""
    found: dict[str, Any] = json.loads(read(cast)[0])
    return found


def read(cast: Path) -> list[str]:
    """Return the lines of a recording: its header, then its events."""
    return cast.read_text(encoding="utf-8").rstrip("\n").split("\n")


def events(lines: list[str]) -> list[tuple[float, str, str]]:
    """Return the events of a recording: seconds since the one before, code, data."""
    return [tuple(json.loads(line)) for line in lines[1:]]


def lesson(cast: Path) -> str:
    """Return the line with which a recorded demo says what was seen: its marker.

    Raises LookupError when there is no such recording, or no marker in it.
    """
    if not cast.is_file():
        raise LookupError(f"there is no recordings/{cast.name}: invoke record")
    for _, code, data in reversed(events(read(cast))):
        if code == "m":
            return data
    raise LookupError(f"recordings/{cast.name} does not end with a lesson")
