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


MARKS = {"✓": "done", "→": "failed", "≈": "note"}
TIE = 1.1  # times: two that are less apart do not differ


Calls = Mapping[str, Callable[[], object]]


class Verdict(NamedTuple):
    """What the times of a row say of a rule."""

    mark: str  # ✓ it holds, → it names another, ≈ no difference
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
        return Verdict("→", f"{other} {1 / ratio:.1f}× as fast", ratio)
    return Verdict("≈", f"no faster than {other}", ratio)


class HeatTable:
    """The times of some calls, by row and column, and what a rule says of each row."""

    def __init__(self, rows: Mapping[str, tuple[str, Calls]], note: str) -> None:
        """`rows` holds the column that the rule names, and what to call by column."""
        self._rows = rows
        self._note = note
        self._columns = list(next(iter(rows.values()))[1])
        self._times: dict[tuple[str, str], list[float]] = {}
        self._now = ("", "")

    def measure(self, repeat: int) -> None:
        """Draw the table while all is called: to warm up, then `repeat` times.

        The order is random. Raises Exit unless all calls of a row return the same.
        """
        fields = list(product(self._rows, self._columns))
        results: dict[str, object] = {}
        with Live(self, console=console, auto_refresh=False) as live:
            for number in range(repeat + 1):
                for self._now in random.sample(fields, len(fields)):
                    live.refresh()
                    row, column = self._now
                    began = perf_counter()
                    result = self._rows[row][1][column]()
                    took = perf_counter() - began
                    if number:
                        self._times.setdefault(self._now, []).append(took)
                    if result != results.setdefault(row, result):
                        raise Exit(f"{row}: {column} gave another result", code=1)
            self._now = ("", "")
            live.refresh()

    def verdicts(self) -> dict[str, Verdict]:
        """Return what the median times say of the rule, by row."""
        return {
            row: judge(advice, self._medians(row))
            for row, (advice, _) in self._rows.items()
        }

    def _medians(self, row: str) -> dict[str, float]:
        return {
            column: median(self._times[row, column])
            for column in self._columns
            if (row, column) in self._times
        }

    def __rich__(self) -> Table:
        """Draw the table as it is now."""
        table = Table(box=box.SQUARE, show_lines=True, expand=True, padding=0)
        table.caption = Text(self._note, "note")
        table.add_column()
        for column in self._columns:
            table.add_column(Text(column, column), justify="center", ratio=1)
        table.add_column(" the article's rule")
        for row, (advice, _) in self._rows.items():
            medians = self._medians(row)
            fields = (self._field(row, column, medians) for column in self._columns)
            said = Text(f"\n {advice} ")
            if len(medians) == len(self._columns):
                mark, words, _ = judge(advice, medians)
                said = Text.assemble(said, (mark, MARKS[mark]), f"\n {words} ")
            table.add_row(f"\n{row}", *fields, said)
        return table

    def _field(self, row: str, column: str, medians: Mapping[str, float]) -> Padding:
        mark = "▶ " if self._now == (row, column) else ""
        if column not in medians:
            return Padding(f"{mark}\n\n", (1, 0, 0, 0))
        factor = medians[column] / min(medians.values())
        style = next(style for most, style in HEAT.items() if factor <= most)
        word = "best" if factor == 1 else f"takes {factor:.1f}×"
        took = durations(self._times[row, column]).replace(" [", "\n[")
        return Padding(f"{mark}{word}\n{took}", (1, 0, 0, 0), style=style)
