"""Figures that were measured several times, and what may be said of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, Literal

from invoke.exceptions import Exit

from demos.support.console import TOO_BUSY

LEAST = 3  # values: what was measured less often is not told apart from anything
SETTLED = 0.1  # of the median: a middle half that is narrower will not move much
LONG = 0.05  # seconds: what takes longer does not take twice as long by chance
ALIKE = 0.1  # a tenth more or less is no reason to choose, and often chance

Order = Literal["less", "≈", "more"]


class TooBusy(Exit):
    """The machine did so much else that a comparison would mislead."""

    def __init__(self, seen: str) -> None:
        """`seen` is what told: "the same work took 100–480 ms"."""
        line = (
            f"this machine was {TOO_BUSY}: {seen}; run it again, or see the recording"
        )
        super().__init__(line, code=1)


@dataclass(frozen=True)
class Sample:
    """The values of one figure, at least one; what was counted is exact."""

    values: Sequence[float]
    counted: bool = False

    @property
    def median(self) -> float:
        """Return the value in the middle."""
        return median(self.values)

    @property
    def middle_half(self) -> tuple[float, float]:
        """Return the quartiles, between which half of the values are."""
        if len(self.values) == 1:
            return self.values[0], self.values[0]
        low, _, high = quantiles(self.values, n=4, method="inclusive")
        return low, high

    @property
    def range(self) -> tuple[float, float]:
        """Return the least and the greatest value."""
        return min(self.values), max(self.values)

    @property
    def settled(self) -> bool:
        """Return whether more values would hardly move the median."""
        low, high = self.middle_half
        return self.counted or (
            len(self.values) >= LEAST and high - low < SETTLED * self.median
        )

    @property
    def steady(self) -> bool:
        """Return whether no value is more than twice another."""
        least, greatest = self.range
        return greatest <= 2 * least

    def compare(self, other: "Sample", margin: float = ALIKE) -> Order:
        """Return whether this is less, or more, than another, by the middle halves.

        It must be so by more than the margin: 0.2 is by more than 20 %. "≈" is what
        cannot be told apart. What was counted is compared as it is.
        """
        if self.counted and other.counted:
            margin = 0.0
        if not (self._tells and other._tells):
            return "≈"
        low, high = self.middle_half
        other_low, other_high = other.middle_half
        if high * (1 + margin) < other_low:
            return "less"
        if other_high * (1 + margin) < low:
            return "more"
        return "≈"

    def touches(self, other: "Sample") -> bool:
        """Return whether the ranges have a value in common."""
        (least, greatest), (other_least, other_greatest) = self.range, other.range
        return least <= other_greatest and other_least <= greatest

    @property
    def _tells(self) -> bool:
        return self.counted or (len(self.values) >= LEAST and self.steady)


def fastest(times: Mapping[str, Sample], margin: float = ALIKE) -> set[str]:
    """Return the names of the shortest time, and of those not told apart from it.

    Where none is told apart from it, none is the fastest.
    """
    first = min(times.values(), key=lambda time: time.median)
    ahead = {
        name
        for name, time in times.items()
        if first.compare(time, margin) == "≈" and (time.steady or time.touches(first))
    }
    return ahead if ahead < times.keys() else set()


def ties(values: Mapping[str, Sample], best: Callable[..., Any] = min) -> set[str]:
    """Return the names of what is not told apart from the best: it is not among them.

    `best` is min or max. What was counted, or not measured often enough, is no tie.
    """
    known = {
        name: sample
        for name, sample in values.items()
        if len(sample.values) >= LEAST and not sample.counted
    }
    if not known:
        return set()
    first = best(known, key=lambda name: known[name].median)
    ahead = {name for name in known if known[first].compare(known[name]) == "≈"}
    return ahead - {first}


def refuse_unsteady(times: Iterable[Sample]) -> None:
    """Raise TooBusy if the same work took more than twice as long at one time.

    `times` are in seconds; below 50 ms that happens on an idle machine, too.
    """
    for time in times:
        if time.median > LONG and not time.steady:
            unit, scale, digits = _unit(time.median)
            least, greatest = (f"{value * scale:.{digits}f}" for value in time.range)
            raise TooBusy(f"the same work took {least}–{greatest} {unit}")


def aligned(times: Sample) -> str:
    """Return the median and the range of seconds in 20 cells: " 118 ms [115–121]   ".

    Below one another, the medians align.
    """
    unit, scale, digits = _unit(times.median)
    least, middle, greatest = (
        f"{value * scale:.{digits}f}"
        for value in (times.range[0], times.median, times.range[1])
    )
    return f"{f'{middle} {unit}':>7} {f'[{least}–{greatest}]':12}"


def _unit(seconds: float) -> tuple[str, int, int]:
    """Return the unit for a time, how many of it are a second, and its decimals."""
    if seconds >= 10:
        return "s", 1, 1
    return "ms", 1000, 1 if seconds < 0.01 else 0
