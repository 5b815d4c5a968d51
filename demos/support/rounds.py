"""Calls that are measured in rounds, each round in another order."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

from invoke.exceptions import Exit

Calls = Mapping[str, Callable[[], object]]


class Rounds:
    """The seconds that calls take, by row and column: those of a row do the same."""

    def __init__(self, rows: Mapping[str, Calls]) -> None:
        self._calls = {
            (row, column): call
            for row, calls in rows.items()
            for column, call in calls.items()
        }
        self.times: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.doing = ""  # what is being called

    def measure(self, repeat: int, show: Callable[[], None]) -> None:
        """Call all: once to warm up, then `repeat` times; `show` before each call.

        Raises Exit unless all calls of a row return the same.
        """
        results: dict[str, object] = {}
        for number in range(repeat + 1):
            which = f"{number} of {repeat}" if number else "to warm up"
            for row, column in random.sample(list(self._calls), len(self._calls)):
                self.doing = f"▶ {which}: {row}, {column}"
                show()
                began = perf_counter()
                result = self._calls[row, column]()
                took = perf_counter() - began
                if result != results.setdefault(row, result):
                    raise Exit(f"{row}: {column} gave another result", code=1)
                if number:
                    self.times[row, column].append(took)
        self.doing = ""
        show()

    def of(self, row: str) -> dict[str, list[float]]:
        """Return the times of each column of a row that has been measured."""
        return {
            column: seconds
            for (name, column), seconds in self.times.items()
            if name == row
        }

    def medians(self, row: str) -> dict[str, float]:
        """Return the median time of each column of a row that has been measured."""
        return {column: median(seconds) for column, seconds in self.of(row).items()}
