"""Recordings of the demos as they are kept: slides/recordings/<demo>.cast and .svg."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from slides.stage import names
from slides.stage.paths import Paths
from slides.stage.sources import source_hash

LARGEST = 500  # columns or rows of a terminal
LATEST = 253_402_300_800  # seconds since the epoch: the end of the year 9999

Event = tuple[float, str, str]  # seconds since the one before, code, data


def stale(paths: Paths, demos: Iterable[str]) -> Iterator[str]:
    """Yield a line for each demo whose recording is missing, damaged or out of date."""
    for demo in demos:
        cast = paths.recordings / f"{demo}.cast"
        if not cast.is_file() or not cast.with_suffix(".svg").is_file():
            yield f"{names.command(demo)} has no recording: {_remedy(cast)}"
            continue
        try:
            tags = header(cast)["tags"]
        except LookupError as error:
            yield str(error)
            continue
        if f"source=sha256:{source_hash(paths, demo)}" not in tags:
            changed = f"demos/{names.slug(demo)}.py has changed since it was recorded"
            yield f"{changed}: {_remedy(cast)}"


def kept(paths: Paths) -> list[Path]:
    """Return the recordings that there are, sound or damaged."""
    return sorted(path for path in paths.recordings.glob("*.cast") if path.is_file())


def header(cast: Path) -> dict[str, Any]:
    """Return the header of a recording; raise LookupError as `load` does."""
    return load(cast)[0]


def length(cast: Path) -> float:
    """Return how many seconds a recording takes; raise LookupError as `load` does."""
    return length_of(load(cast)[1])


def read(cast: Path) -> list[str]:
    """Return the lines of a recording: its header, then its events."""
    return cast.read_text(encoding="utf-8").rstrip("\n").split("\n")


def events(lines: list[str]) -> list[Event]:
    """Return the events of a recording."""
    found = (json.loads(line) for line in lines[1:])
    return [(float(interval), code, data) for interval, code, data in found]


def length_of(told: list[Event]) -> float:
    """Return how many seconds a run takes, from the start of the demo to its end."""
    return sum(interval for interval, _, _ in told)


def lesson_of(told: list[Event]) -> str:
    """Return the line with which a run says what was seen: its last marker, if any."""
    return next((data for _, code, data in reversed(told) if code == "m"), "")


def lesson(cast: Path) -> str:
    """Return the line with which a recorded demo says what was seen: its marker.

    Raises LookupError when there is no such recording, or when it is damaged or has no
    marker.
    """
    if found := lesson_of(load(cast)[1]):
        return found
    raise LookupError(f"recordings/{cast.name} has no lesson: {_remedy(cast)}")


def made_on(paths: Paths) -> str:
    """Return what the recordings ran on, and when: a line for each machine and day.

    Where there are several, each says for how many. Raises LookupError for a recording
    that is damaged.
    """
    lines: Counter[str] = Counter()
    for cast in kept(paths):
        head = header(cast)
        day = datetime.fromtimestamp(head["timestamp"], UTC).date()
        tags = dict(tag.partition("=")[::2] for tag in head["tags"])
        system = tags["platform"].partition("-")[0]
        lines[f"{tags['python']}, {system}, {day}"] += 1
    if len(lines) == 1:
        return "".join(f"{line}\n" for line in lines)
    return "".join(f"{count} on {line}\n" for line, count in lines.items())


def load(cast: Path) -> tuple[dict[str, Any], list[Event]]:
    """Return the header and the events of a recording.

    Raises LookupError when there is none, or when it is damaged: empty, cut off, no
    JSON, or not what is told of a run; or cannot be read.
    """
    if not cast.is_file():
        raise LookupError(f"there is no recordings/{cast.name}: {_remedy(cast)}")
    try:
        lines = read(cast)
        head, told = json.loads(lines[0]), events(lines)
        if _is_head(head) and _are_events(told):
            return head, told
    except (OSError, TypeError, ValueError, OverflowError, RecursionError):
        pass
    raise LookupError(f"recordings/{cast.name} is damaged: {_remedy(cast)}")


def _is_head(head: Any) -> bool:
    match head:
        case {
            "version": 3,
            "term": {"cols": int(columns), "rows": int(rows)},
            "timestamp": int(seconds),
            "tags": [*tags],
        }:
            told = {tag.partition("=")[0] for tag in tags if isinstance(tag, str)}
            return (
                1 <= min(columns, rows) <= max(columns, rows) <= LARGEST
                and 0 <= seconds < LATEST
                and {"python", "platform", "source"} <= told
            )
    return False


def _are_events(told: list[Event]) -> bool:
    return [code for _, code, _ in told][-1:] == ["x"] and all(
        0 <= interval < math.inf and isinstance(code, str) and isinstance(data, str)
        for interval, code, data in told
    )


def _remedy(cast: Path) -> str:
    return f"invoke record --demo {cast.stem}"
