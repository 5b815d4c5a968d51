"""Bars of speed-ups on a scale with marks."""

from typing import NamedTuple

from rich.text import Text

from demos.support.drawing import bar


class Scale(NamedTuple):
    """Where a speed-up lies on `width` cells, which stand for 0 to `full`."""

    full: float
    width: int

    def cell(self, speedup: float) -> int:
        """Return the cell in which a mark at that speed-up stands."""
        return min(round(speedup / self.full * self.width), self.width - 1)

    def bar(self, speedup: float, style: str, *marks: float) -> Text:
        """Return a bar, and a line at each of the marks that it leaves free."""
        text = bar(speedup, self.full, self.width, style)
        for cell in map(self.cell, marks):
            if text.plain[cell] == " ":
                text = text[:cell] + Text("│") + text[cell + 1 :]
        return text
