"""Pictures made of character cells: bars and lanes on a time axis."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from rich.text import Text

EIGHTHS = " ▏▎▍▌▋▊▉█"


class Span(NamedTuple):
    """A stretch of time (seconds), the style and the glyph that it is drawn in.

    One that ends where it starts is a moment: one cell.
    """

    start: float
    end: float
    style: str
    glyph: str = "█"


def bar(value: float, full: float, width: int, style: str = "") -> Text:
    """Return a bar of `width` cells, filled to `value` / `full`, exact to an eighth."""
    share = min(max(value / full, 0.0), 1.0) if full > 0 else 0.0
    whole, part = divmod(round(share * width * 8), 8)
    filled = "█" * whole + EIGHTHS[part].strip()
    return Text(filled.ljust(width), style=style)


def lane(spans: Iterable[Span], end: float, width: int) -> Text:
    """Return a lane of `width` cells from 0 s to `end`, coloured by its spans.

    A later span is drawn over an earlier one, and each fills one cell at least, so
    that a short but important stretch is never lost.
    """
    runs = groupby(_cells(spans, end, width))
    return Text.assemble(
        *((glyph * len([*run]), style) for (glyph, style), run in runs)
    )


def _cells(spans: Iterable[Span], end: float, width: int) -> list[tuple[str, str]]:
    """Return the glyph and the style of each cell of a lane."""
    cells = [(" ", "")] * width
    for span in spans:
        first = min(int(span.start / end * width), width - 1)
        last = max(first + 1, min(round(span.end / end * width), width))
        cells[first:last] = [(span.glyph, span.style)] * (last - first)
    return cells
