"""Recordings of the demos: the tape that stands in, and its last frame as a picture."""

import asyncio
import contextlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape, unescape
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pyte
from invoke.exceptions import Exit

from demos.support.catalog import slugs
from demos.support.console import console
from demos.support.flags import UsageError
from slides.stage import runner

RECORDINGS = Path(__file__).parents[1] / "recordings"
CELL_WIDTH, CELL_HEIGHT = 13.2, 25  # px, at a slide width of 1280 px
FONT_SIZE = 21.45  # px: a cell of Fira Code is 1200/1950 of it wide
MARGIN, BAR = 6, 40  # px around the cells, and for the line above that says what ran

_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_DARK = (
    *("#10151c", "#ff8080", "#7bd88f", "#f2b84b"),
    *("#6cb6ff", "#c9a2ff", "#3fd6d0", "#b8c4d0"),
    *("#8b98a7", "#ff8080", "#7bd88f", "#f2b84b"),
    *("#6cb6ff", "#c9a2ff", "#3fd6d0", "#e6edf3"),
)
_TEXT = re.compile(r'<text x="([\d.]+)" y="([\d.]+)" textLength[^>]+>([^<]*)</text>')
_LEFT = {block: i + 1 for i, block in enumerate("▏▎▍▌▋▊▉")}
_LOWER = {block: i + 1 for i, block in enumerate("▁▂▃▄▅▆▇█")}


def record_all(name: str | None = None) -> None:
    """Record the demo of that name, or all demos when there is none."""
    slug = name and name.replace("-", "_")
    if slug and slug not in slugs():
        raise UsageError(f"there is no demo {name!r}")
    for each in [slug] if slug else slugs():
        record(each)


def record(slug: str) -> None:
    """Run a demo and keep its tape and its last frame, both written whole.

    Raises Exit when the demo fails: a failed run is no recording.
    """
    with console.status(f"Recording {runner.command(slug)} …"):
        try:
            lines = asyncio.run(_collect(slug))
        except TimeoutError:
            problem = f"demo.{slug}: not done after {runner.deadline(slug):g} s"
            raise Exit(problem, code=1) from None
    *_, (_, code, status) = _events(lines)
    if (code, status) != ("x", "0"):
        rows = screen(lines).display
        print(*(row.rstrip() for row in rows if row.strip()), sep="\n")
        raise Exit(f"{runner.command(slug)} ended with {status}: not recorded", code=1)
    RECORDINGS.mkdir(exist_ok=True)
    for suffix, text in (("cast", "\n".join(lines) + "\n"), ("svg", _svg(lines))):
        draft = RECORDINGS / f"{slug}.{suffix}.draft"
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(RECORDINGS / f"{slug}.{suffix}")
    console.print(f"Recorded {runner.command(slug)}")


def stale() -> Iterator[str]:
    """Yield one line for each demo whose recording is missing or of older source."""
    for slug in slugs():
        mend = f"invoke record --demo {slug.replace('_', '-')}"
        cast = RECORDINGS / f"{slug}.cast"
        if not cast.is_file() or not cast.with_suffix(".svg").is_file():
            yield f"demos/{slug}.py has no recording: {mend}"
        elif f"source=sha256:{runner.source_hash(slug)}" not in header(cast)["tags"]:
            yield f"demos/{slug}.py has changed since it was recorded: {mend}"


def header(cast: Path) -> dict[str, Any]:
    """Return the header of a recording."""
    with cast.open(encoding="utf-8") as lines:
        found: dict[str, Any] = json.loads(next(lines))
    return found


def last_lines(picture: Path) -> list[str]:
    """Return the rows of a recording's last frame that hold text, from its picture."""
    rows: dict[str, str] = {}
    for x, y, text in _TEXT.findall(picture.read_text(encoding="utf-8")):
        column = round((float(x) - MARGIN) / CELL_WIDTH)
        rows[y] = rows.get(y, "").ljust(column) + unescape(text)
    return [row.rstrip() for row in rows.values()]


def lesson(cast: Path) -> str:
    """Return the line with which a recorded demo says what was seen.

    Raises LookupError when there is no such recording, or no such line in it.
    """
    picture = cast.with_suffix(".svg")
    if not picture.is_file():
        raise LookupError(f"there is no recordings/{cast.name}: invoke record")
    for said, following in pairwise(last_lines(picture)):
        if following.startswith("try next: "):
            return said.strip()
    raise LookupError(f"recordings/{cast.name} does not end with a lesson")


async def _collect(slug: str) -> list[str]:
    async with contextlib.aclosing(runner.run(slug)) as lines:
        return [line async for line in lines]


def _events(lines: list[str]) -> list[tuple[float, str, str]]:
    return [tuple(json.loads(line)) for line in lines[1:]]


def screen(lines: list[str]) -> pyte.Screen:
    """Return the terminal as it stands at the end of a recording."""
    screen = pyte.Screen(runner.COLUMNS, runner.ROWS)
    stream = pyte.Stream(screen)
    for _, code, data in _events(lines):
        if code == "o":
            stream.feed(data)
    return screen


def _svg(lines: list[str]) -> str:
    """Return the last frame as a picture, its text still text.

    The colours are the stage's where it is shown there, and its dark ones elsewhere.
    """
    frame = screen(lines)
    width = runner.COLUMNS * CELL_WIDTH + 2 * MARGIN
    height = runner.ROWS * CELL_HEIGHT + 2 * MARGIN + BAR
    head = json.loads(lines[0])
    day = datetime.fromtimestamp(head["timestamp"], UTC).date()
    bar = f'y="26" fill="{_colour("foreground")}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'font-family="Fira Code, monospace" font-size="{FONT_SIZE}" '
        'shape-rendering="crispEdges">',
        f'<rect width="100%" height="100%" rx="8" fill="{_colour("background")}"/>',
        f'<rect width="100%" height="{BAR}" fill="var(--panel, #182029)"/>',
        f'<text x="12" {bar}>$ {escape(head["command"])}</text>',
        f'<text x="{width - 12:g}" {bar} text-anchor="end">REC {day}</text>',
    ]
    for row in range(frame.lines):
        cells = [frame.buffer[row][column] for column in range(frame.columns)]
        parts += _row(cells, row)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(cells: list[Any], row: int) -> Iterator[str]:
    y = BAR + MARGIN + row * CELL_HEIGHT
    column = 0
    for (ink, paper, weight, block), run in groupby(cells, key=_look):
        text = "".join(cell.data for cell in run)
        x, width = MARGIN + column * CELL_WIDTH, len(text) * CELL_WIDTH
        column += len(text)
        if paper != "background":
            yield _rect(x, y, width, CELL_HEIGHT, paper)
        if block in _LOWER:  # drawn, as a font leaves gaps between rows
            high = _LOWER[block] / 8 * CELL_HEIGHT
            yield _rect(x, y + CELL_HEIGHT - high, width, high, ink)
        elif block:
            for left in range(len(text)):
                wide = _LEFT[block] / 8 * CELL_WIDTH
                yield _rect(x + left * CELL_WIDTH, y, wide, CELL_HEIGHT, ink)
        elif text.strip():
            yield (
                f'<text x="{x:g}" y="{y + 18:g}" textLength="{width:g}" '
                f'xml:space="preserve" fill="{_colour(ink)}"{weight}>'
                f"{escape(text, quote=False)}</text>"
            )


def _look(cell: Any) -> tuple[str, str, str, str]:
    """Return what neighbouring cells must share to be drawn as one."""
    ink, paper = cell.fg, cell.bg
    if ink == "default":
        ink = "foreground"
    if paper == "default":
        paper = "background"
    if cell.reverse:
        ink, paper = paper, ink
    weight = ' font-weight="bold"' if cell.bold else ""
    return ink, paper, weight, cell.data if cell.data in _LEFT | _LOWER else ""


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    size = f'width="{width:g}" height="{height:g}"'
    return f'<rect x="{x:g}" y="{y:g}" {size} fill="{_colour(colour)}"/>'


def _colour(name: str) -> str:
    """Return the SVG colour of a terminal colour: a name of pyte's, or hex digits."""
    if name == "background":
        return "var(--term-color-background, #0b0f14)"
    if name == "foreground":
        return "var(--term-color-foreground, #e6edf3)"
    bright = name.startswith("bright")
    base = name.removeprefix("bright").replace("yellow", "brown")
    if base in _NAMES:
        index = _NAMES.index(base) + 8 * bright
        return f"var(--term-color-{index}, {_DARK[index]})"
    return f"#{name}"
