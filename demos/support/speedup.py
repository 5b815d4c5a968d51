"""A bar chart of speed-ups, with two marks: one, and the ceiling."""

from typing import NamedTuple

from rich.text import Text

from demos.support.drawing import bar

ONE, CEILING = "failed", "done"  # styles


class SpeedupChart(NamedTuple):
    """Bars of `width` cells from 0 to `full`; the best to hope for is `ceiling`."""

    ceiling: float
    full: float
    width: int

    def axis(self) -> Text:
        """Return the line above the bars, which names the marks."""
        one, top = self._cell(1), self._cell(self.ceiling)
        axis = Text("ceiling ▼".rjust(top + 1)[-top - 1 :], CEILING)
        if top - one >= len("ceiling ▼"):
            label = "one ▼" if one > len("one") else "▼"
            axis = Text(label.rjust(one + 1), ONE) + axis[one + 1 :]
        axis.pad_right(self.width - len(axis))
        return axis

    def bar(self, speedup: float, style: str) -> Text:
        """Return a bar, and each mark that it leaves free."""
        text = bar(speedup, self.full, self.width, style)
        for value, mark in ((1, ONE), (self.ceiling, CEILING)):
            cell = self._cell(value)
            if text.plain[cell] == " ":
                text = text[:cell] + Text("│", mark) + text[cell + 1 :]
        return text

    def verdict(self, speedup: float) -> Text:
        """Say in a word where a bar ends: at one, at the ceiling, or neither."""
        share = (speedup - 1) / (self.ceiling - 1) if self.ceiling > 1 else 0
        if share < 0.2:
            return Text("○ one    ", ONE)
        if share < 0.8:
            return Text("· between")
        return Text("● ceiling" if share < 1.2 else "● above  ", CEILING)

    def _cell(self, value: float) -> int:
        return min(round(value / self.full * self.width), self.width - 1)
