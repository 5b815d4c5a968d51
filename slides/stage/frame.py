"""The last frame of a recording as a picture (SVG), its text still text."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from itertools import groupby, product
from typing import Any

import pyte

from slides.stage.recordings import events

CELL_WIDTH, CELL_HEIGHT = 15.4, 28  # px, at a slide width of 1280 px
FONT_SIZE = 25.025  # px: a cell of Fira Code is 1200/1950 of it wide
WIDTH, HEIGHT = 1280, 720  # a slide, from edge to edge
LEFT, TOP = 40, 84  # where the cells begin
BAR = 72  # the height of the line above them, which says what ran and when
NUMBER = 56  # left free at the end of that line, for the number of the slide

_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_DARK = (
    *("#10151c", "#ff8080", "#7bd88f", "#f2b84b"),
    *("#6cb6ff", "#c9a2ff", "#3fd6d0", "#b8c4d0"),
    *("#8b98a7", "#ff8080", "#7bd88f", "#f2b84b"),
    *("#6cb6ff", "#c9a2ff", "#3fd6d0", "#e6edf3"),
)
# Blocks are drawn, as a font leaves gaps: eighths from below, eighths from the left,
# and quarters, given by where they begin in the cell.
_LOWER = {block: i / 8 for i, block in enumerate("▁▂▃▄▅▆▇█", 1)}
_LEFT = {block: i / 8 for i, block in enumerate("▏▎▍▌▋▊▉", 1)}
_QUARTER = {"▘": (0, 0), "▝": (0.5, 0), "▖": (0, 0.5), "▗": (0.5, 0.5)}
_QUARTERS = {
    **{quarter: quarter for quarter in _QUARTER},
    **dict(zip("▀▐▚▞", ("▘▝", "▝▗", "▘▗", "▝▖"), strict=True)),
    **dict(zip("▛▜▙▟", ("▘▝▖", "▘▝▗", "▘▖▗", "▝▖▗"), strict=True)),
}
_BLOCKS = {*_LOWER, *_LEFT, *_QUARTERS}


def screen(lines: list[str]) -> pyte.Screen:
    """Return the terminal as it stands at the end of a recording."""
    size = json.loads(lines[0])["term"]
    screen = pyte.Screen(size["cols"], size["rows"])
    stream = pyte.Stream(screen)
    for _, code, data in events(lines):
        if code == "o":
            stream.feed(data)
    return screen


def svg(lines: list[str]) -> str:
    """Return the last frame as a picture, its text still text.

    The colours are the stage's where it is shown there, and its dark ones elsewhere.
    """
    frame = screen(lines)
    head = json.loads(lines[0])
    day = datetime.fromtimestamp(head["timestamp"], UTC).date()
    bar = 'y="45" font-weight="bold"'
    end = WIDTH - LEFT - NUMBER
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="Fira Code, monospace" font-size="{FONT_SIZE}" '
        'shape-rendering="crispEdges">',
        f'<rect width="100%" height="100%" fill="{_colour("background")}"/>',
        f'<rect width="100%" height="{BAR}" fill="var(--panel, #182029)"/>',
        f'<text class="command" x="{LEFT}" {bar} fill="{_colour("foreground")}">'
        f"$ {escape(head['command'])}</text>",
        f'<text x="{end}" {bar} fill="{_colour("brown")}" text-anchor="end">'
        f"REC {day}</text>",
    ]
    for row in range(frame.lines):
        cells = [frame.buffer[row][column] for column in range(frame.columns)]
        parts += _row(cells, row)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(cells: list[Any], row: int) -> Iterator[str]:
    y = TOP + row * CELL_HEIGHT
    column = 0
    for (ink, paper, weight, block), run in groupby(cells, key=_look):
        text = "".join(cell.data for cell in run)
        x, width = LEFT + column * CELL_WIDTH, len(text) * CELL_WIDTH
        column += len(text)
        if paper != "background":
            yield _rect(x, y, width, CELL_HEIGHT, paper)
        cells = [x + cell * CELL_WIDTH for cell in range(len(text))]
        if block in _LOWER:
            high = _LOWER[block] * CELL_HEIGHT
            yield _rect(x, y + CELL_HEIGHT - high, width, high, ink)
        elif block in _LEFT:
            for left in cells:
                yield _rect(left, y, _LEFT[block] * CELL_WIDTH, CELL_HEIGHT, ink)
        elif block:
            for left, quarter in product(cells, _QUARTERS[block]):
                right, down = _QUARTER[quarter]
                corner = left + right * CELL_WIDTH, y + down * CELL_HEIGHT
                yield _rect(*corner, CELL_WIDTH / 2, CELL_HEIGHT / 2, ink)
        elif text.strip():
            yield (
                f'<text x="{x:g}" y="{y + 21:g}" textLength="{width:g}" '
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
    return (
        ink,
        paper,
        weight,
        cell.data if cell.data in _BLOCKS else "",
    )


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
