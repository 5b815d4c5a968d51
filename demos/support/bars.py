"""Charts of thick bars: the median of what was measured so far, and its range."""

from collections.abc import Callable, Mapping, Sequence
from math import isnan, nan
from statistics import median
from typing import Any

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import bar
from demos.support.measure import apart, python

MEDIAN, RANGE = 7, 17  # cells: "143,614", "[123,145–147,452]"


class Chart:
    """Rows of values to compare: `best` is min or max."""

    def __init__(
        self, title: str, best: Callable[..., Any], styles: Mapping[str, str]
    ) -> None:
        """Begin without values; `styles` gives each label the style of a winner."""
        self.title = title
        self.best = best
        self.styles = styles
        self.values: dict[str, list[float]] = {label: [] for label in styles}

    def add(self, label: str, value: float) -> None:
        """Add a value to a row: NaN, if it is not to be had here."""
        self.values[label].append(value)

    def median(self, label: str) -> float:
        """Return the middle value of a row, NaN before there is one."""
        return median(self.values[label] or [nan])

    def times(self, label: str, other: str) -> str:
        """Return how many times the other's median a row's is, "≈" if not apart."""
        about = "" if apart(self.values[label], self.values[other]) else "≈ "
        return f"{about}{self.median(label) / self.median(other):.1f} ×"

    def winner(self) -> str | None:
        """Return the row that is better than, and apart from, all others, or None.

        There is none before each row has a value.
        """
        if not all(self.values.values()):
            return None
        first = str(self.best(self.styles, key=self.median))
        others = [values for label, values in self.values.items() if label != first]
        ahead = all(apart(self.values[first], other) for other in others)
        return first if ahead else None

    def figures(self, label: str) -> str:
        """Return a row's median and range in columns: "    4.5 [4.2–10.1]    "."""
        values = self.values[label]
        if not values:
            return f"{'…':>{MEDIAN}} {'':{RANGE}}"
        if isnan(values[0]):
            return f"{'':{MEDIAN}} {'not measured here':{RANGE}}"
        medians = map(self.median, self.styles)
        digits = 1 if any(value < 100 and value % 1 for value in medians) else 0
        least, middle, most = (
            f"{value:,.{digits}f}"
            for value in (min(values), median(values), max(values))
        )
        spread = f"[{least}–{most}]" if len(values) > 1 else ""
        return f"{middle:>{MEDIAN}} {spread:{RANGE}}"


def bar_chart(charts: Sequence[Chart]) -> Text:
    """Draw each chart under its title, the longest bar at full width, the best tinted.

    What was measured holds for this Python: it is named below.
    """
    widest = max(len(label) for chart in charts for label in chart.styles)
    picture = Text(no_wrap=True, overflow="crop")
    for number, chart in enumerate(charts):
        picture.append("\n" if number else "")
        picture.append(f"{chart.title}\n", "lesson")
        for label in chart.styles:
            words = f"{label:{widest}}  {chart.figures(label)}  "
            picture.append_text(_two_lines(chart, label, words))
    return picture.append(python(), "note")


def drawn(charts: Sequence[Chart], above: RenderableType | None = None) -> Live:
    """Return a picture of the charts, and of what is above them: enter and refresh."""

    def picture() -> RenderableType:
        return Group(above, "", bar_chart(charts)) if above else bar_chart(charts)

    return Live(console=console, auto_refresh=False, get_renderable=picture)


def _two_lines(chart: Chart, label: str, words: str) -> Text:
    """Return the words and, beside them, a bar that is two lines high."""
    style = chart.styles[label] if label == chart.winner() else "sync"
    medians = {each: chart.median(each) for each in chart.styles}
    known = {each: value for each, value in medians.items() if not isnan(value)}
    width = max(console.width - len(words), 0)
    drawn = bar(known.get(label, 0), max(known.values(), default=0), width, style)
    return Text.assemble((words, style), drawn, "\n", " " * len(words), drawn, "\n")
