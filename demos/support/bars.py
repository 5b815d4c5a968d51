"""A chart of bars: the median of what was measured so far, and its range."""

from collections.abc import Mapping, Sequence
from math import isnan
from statistics import median
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import bar
from demos.support.measure import python


class Row(NamedTuple):
    """A bar, and the values that it stands for (NaN: not to be had here)."""

    label: str
    style: str
    values: list[float]

    @property
    def median(self) -> float:
        """Return the middle value, 0 before there is one."""
        return median(self.values or [0.0])

    def figure(self) -> str:
        """Return the median, and the range if there is one: "31.8 [31.7–32.0]"."""
        if not self.values:
            return "…"
        if isnan(self.median):
            return "not measured here"
        digits = 1 if self.median < 100 and self.median % 1 else 0
        least, middle, most = (
            f"{value:,.{digits}f}"
            for value in (min(self.values), self.median, max(self.values))
        )
        return middle if len(self.values) == 1 else f"{middle} [{least}–{most}]"


def bar_chart(charts: Mapping[str, Sequence[Row]]) -> Table:
    """Draw each group of bars under its title, the longest bar at full width.

    What was measured holds for this Python: it is named below.
    """
    table = Table.grid(padding=(0, 2))
    table.caption = Text(python(), "note")
    for title, rows in charts.items():
        table.add_row("", Text(title, "lesson"))
        known = [row.median for row in rows if not isnan(row.median)]
        for row in rows:
            value = 0.0 if isnan(row.median) else row.median
            drawn = bar(value, max(known, default=0.0), console.width - 42, row.style)
            table.add_row(Text(row.label, row.style), drawn, row.figure())
        table.add_row()
    return table
