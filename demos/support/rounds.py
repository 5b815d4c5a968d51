"""Measuring in rounds, each in another order, for as long as it is worth it."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from time import perf_counter
from typing import TypeVar

from invoke.exceptions import Exit

from demos.support.cores import refuse_shared, share_of_cores
from demos.support.samples import LEAST, Sample, TooBusy

K = TypeVar("K")
Calls = Mapping[str, Callable[[], object]]


def in_rounds(
    keys: Sequence[K],
    settled: Callable[[], bool],
    seconds: float,
    repeat: int | None = None,
    shares: list[float] | None = None,
) -> Iterator[tuple[int, K]]:
    """Yield what to measure next, and in which round: each key once a round, shuffled.

    Round 0 is to warm up. With `repeat` there are so many others. Else there are three
    at least, and more until `settled` says that all figures are, or until another one
    would take longer than `seconds` in all; one that takes too long ends half-way.
    `shares` gets the share of the cores that is to be had, once a round. Raises TooBusy
    if twice the time was not enough for three.
    """
    began = perf_counter()
    for number in count():
        round_began = perf_counter()
        if shares is not None and number:
            shares.append(share_of_cores())
        for key in random.sample(keys, len(keys)):
            spent = perf_counter() - began
            if repeat is None and spent > 2 * seconds:
                if number > LEAST:
                    return
                raise TooBusy(f"{LEAST} rounds were not over in {spent:.0f} s")
            yield number, key
        if repeat is not None:
            if number == repeat:
                return
        elif number >= LEAST:
            now = perf_counter()
            another = now - round_began
            if settled() or now - began + another > seconds:
                return


class Rounds:
    """The seconds that calls take, by row and column: those of a row do the same."""

    def __init__(self, rows: Mapping[str, Calls]) -> None:
        self._calls = {
            (row, column): call
            for row, calls in rows.items()
            for column, call in calls.items()
        }
        self.times: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.shares: list[float] = []  # of the cores, once a round
        self.doing = ""  # what is being called

    def measure(
        self, seconds: float, repeat: int | None, show: Callable[[], None]
    ) -> None:
        """Call all, in rounds as `in_rounds` has them; `show` before each call.

        Raises Exit unless all calls of a row return the same.
        """
        results: dict[str, object] = {}
        keys = list(self._calls)
        for number, (row, column) in in_rounds(
            keys, self.settled, seconds, repeat, self.shares
        ):
            which = f"round {number}" if number else "to warm up"
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

    def refuse_shared(self) -> None:
        """Raise TooBusy if others had a good part of the cores meanwhile."""
        refuse_shared(self.shares)

    def settled(self) -> bool:
        """Return whether all times are."""
        return all(Sample(values).settled for values in self.times.values())

    def of(self, row: str) -> dict[str, Sample]:
        """Return the times of each column of a row that has been measured."""
        return {
            column: Sample(seconds)
            for (name, column), seconds in self.times.items()
            if name == row
        }
