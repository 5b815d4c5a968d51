"""Charts of thick bars: the median of what was measured so far, and its range."""

from collections.abc import Callable, Mapping, Sequence
from math import isnan, nan
from typing import Any

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import bar
from demos.support.machine import python
from demos.support.samples import Sample, ties

MEDIAN, RANGE = 9, 17  # cells: "≈ 143,614", "[123,145–147,452]"


class Chart:
    """Rows of values to compare: `best` is min or max."""

    def __init__(
        self,
        title: str,
        best: Callable[..., Any],
        styles: Mapping[str, str],
        counted: bool = False,
    ) -> None:
        """Begin without values; `styles` gives each label the style of a winner.

        Values that are `counted` are exact: one of each is enough to compare.
        """
        self.title = title
        self.best = best
        self.styles = styles
        self.counted = counted
        self.values: dict[str, list[float]] = {label: [] for label in styles}

    def add(self, label: str, value: float) -> None:
        """Add a value to a row: NaN, if it is not to be had here."""
        self.values[label].append(value)

    def sample(self, label: str) -> Sample:
        """Return the values of a row: NaN before there is one."""
        return Sample(self.values[label] or [nan], self.counted)

    def settled(self) -> bool:
        """Return whether all rows are; one of NaN is."""
        samples = map(self.sample, self.styles)
        return all(isnan(each.median) or each.settled for each in samples)

    def median(self, label: str) -> float:
        """Return the middle value of a row, NaN before there is one."""
        return self.sample(label).median

    def times(self, label: str, other: str) -> str:
        """Return how many times the other's a row's median is: "≈" if not apart."""
        alike = self.sample(label).compare(self.sample(other)) == "≈"
        ratio = self.median(label) / self.median(other)
        return f"≈ {ratio:.1f} ×" if alike else f"{ratio:.1f} ×"

    def winner(self) -> str | None:
        """Return the row that is better than all others, and told apart, or None.

        There is none before each row has a value.
        """
        if not all(self.values.values()):
            return None
        first = str(self.best(self.styles, key=self.median))
        others = [self.sample(label) for label in self.styles if label != first]
        ahead = all(self.sample(first).compare(other) != "≈" for other in others)
        return first if ahead else None

    def figures(self, label: str) -> str:
        """Return a row's median and range in columns: "    ≈ 4.5 [4.2–10.1]    ".

        "≈" is where it is not told apart from the best.
        """
        sample = self.sample(label)
        if not self.values[label]:
            return f"{'…':>{MEDIAN}} {'':{RANGE}}"
        if isnan(sample.median):
            return f"{'':{MEDIAN}} {'not measured here':{RANGE}}"
        medians = map(self.median, self.styles)
        digits = 1 if any(value < 100 and value % 1 for value in medians) else 0
        least, middle, greatest = (
            f"{value:,.{digits}f}"
            for value in (sample.range[0], sample.median, sample.range[1])
        )
        spread = f"[{least}–{greatest}]" if len(sample.values) > 1 else ""
        tied = label in ties(
            {each: self.sample(each) for each in self.styles}, self.best
        )
        return f"{'≈ ' * tied + middle:>{MEDIAN}} {spread:{RANGE}}"


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
            words = f"{label:{widest}}{chart.figures(label)}  "
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
