"""Bars of speed-ups on a scale with marks: at 1 ×, and at what limits them."""

from typing import NamedTuple

from rich.text import Text

from demos.support.drawing import bar

ONE, LIMIT = "│", "┃"


class Scale(NamedTuple):
    """Where a speed-up lies on `width` cells, which stand for 0 to `full`."""

    full: float
    width: int

    def cell(self, speedup: float) -> int:
        """Return the cell in which a mark at that speed-up stands."""
        return min(round(speedup / self.full * self.width), self.width - 1)

    def bar(self, speedup: float, style: str, limit: float | None = None) -> Text:
        """Return a bar, and the marks that it leaves free."""
        text = bar(speedup, self.full, self.width, style)
        marks = {self.cell(1): ONE}
        if limit is not None:
            marks[self.cell(limit)] = LIMIT
        for cell, mark in marks.items():
            if text.plain[cell] == " ":
                text = text[:cell] + Text(mark) + text[cell + 1 :]
        return text
