"""A heat table: the best time of each row, how far off the others are, and a rule."""

import random
from collections.abc import Callable, Mapping
from itertools import product
from statistics import median
from time import perf_counter
from typing import NamedTuple

from invoke.exceptions import Exit
from rich import box
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from demos.support.console import console
from demos.support.measure import durations

# How many times as long as the best of its row: up to where a field has which colour.
HEAT = {1.1: "black on green", 2: "black on yellow", float("inf"): "black on red"}


TIE = 1.1  # times: two that are less apart do not differ


class Verdict(NamedTuple):
    """What the times of a row say of a rule."""

    mark: str  # ✓ it holds, × it does not, ≈ no difference
    words: str
    ratio: (
        float  # the best time that the rule does not name, divided by the one it does
    )


def judge(advice: str, times: Mapping[str, float]) -> Verdict:
    """Compare the column that the rule names with the best of the others."""
    other = min(times.keys() - {advice}, key=times.__getitem__)
    ratio = times[other] / times[advice]
    if ratio >= TIE:
        return Verdict("✓", f"{ratio:.1f}× as fast as {other}", ratio)
    if ratio <= 1 / TIE:
        return Verdict("×", f"{other}: {1 / ratio:.1f}× as fast", ratio)
    return Verdict("≈", f"no faster than {other}", ratio)


class HeatTable:
    """The times of some calls, by row and column, and what a rule says of each row."""

    def __init__(
        self,
        calls: Mapping[str, Mapping[str, Callable[[], object]]],
        rule: Mapping[str, str],
    ) -> None:
        self._calls = calls
        self._columns = list(next(iter(calls.values())))
        self._rule = rule
        self._times: dict[tuple[str, str], list[float]] = {}
        self._now = ("", "")

    def measure(self, repeat: int) -> None:
        """Draw the table while all is called: to warm up, then `repeat` times.

        The order is random. Raises Exit unless all calls of a row return the same.
        """
        fields = list(product(self._calls, self._columns))
        results: dict[str, object] = {}
        with Live(self, console=console, auto_refresh=False) as live:
            for number in range(repeat + 1):
                for self._now in random.sample(fields, len(fields)):
                    live.refresh()
                    row, column = self._now
                    began = perf_counter()
                    result = self._calls[row][column]()
                    took = perf_counter() - began
                    if number:
                        self._times.setdefault(self._now, []).append(took)
                    if result != results.setdefault(row, result):
                        raise Exit(f"{row}: {column} gave another result", code=1)
            self._now = ("", "")
            live.refresh()

    def verdict(self, row: str) -> Verdict:
        """Return what the median times of a row say of the rule."""
        return judge(self._rule[row], self._medians(row))

    def _medians(self, row: str) -> dict[str, float]:
        return {
            column: median(self._times[row, column])
            for column in self._columns
            if (row, column) in self._times
        }

    def __rich__(self) -> Table:
        """Draw the table as it is now."""
        table = Table(box=box.SQUARE, show_lines=True, expand=True, padding=0)
        for column in ("", *self._columns, "the article's rule"):
            style = column if column in self._columns else ""
            table.add_column(Text(column, style), justify="center", ratio=1)
        for row in self._calls:
            medians = self._medians(row)
            fields = (self._field(row, column, medians) for column in self._columns)
            said = f"\n{self._rule[row]}"
            if len(medians) == len(self._columns):
                mark, words, _ = self.verdict(row)
                said += f" {mark}\n{words}"
            table.add_row(f"\n{row}", *fields, said)
        return table

    def _field(self, row: str, column: str, medians: dict[str, float]) -> Padding:
        mark = "▶ " if self._now == (row, column) else ""
        if column not in medians:
            return Padding(f"{mark}\n", (1, 0))
        factor = medians[column] / min(medians.values())
        style = next(style for most, style in HEAT.items() if factor <= most)
        word = "best" if factor == 1 else f"{factor:.1f}× as long"
        text = f"{mark}{word}\n{durations(self._times[row, column])}"
        return Padding(text, (1, 0), style=style)
