"""One list of downloads, carried out in several ways: their runs, and the figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from time import perf_counter

from rich.text import Text

from demos.support.download.downloads import Download, Downloads
from demos.support.drawing import bar
from demos.support.samples import Sample, ties

IN_FLIGHT = {"waiting": 1, "done": -1, "failed": -1}  # what a new state adds


@dataclass
class Repeat:
    """One variant's way through all downloads; times are in seconds."""

    downloads: Downloads
    started: float = field(default_factory=perf_counter)
    ended: float | None = None
    cpu: float = 0.0

    @property
    def seconds(self) -> float:
        """Return the time from start to end, or to now."""
        return (self.ended or perf_counter()) - self.started

    @cached_property
    def peak(self) -> int:
        """The most downloads that were in flight at one moment; ask at the end."""
        changes = sorted(change for each in self.downloads for change in each.changes)
        steps = [IN_FLIGHT.get(state, 0) for _, state in changes]
        return max(accumulate(steps), default=0)


@dataclass
class Variant:
    """A way to download: its name, its style, how many at once, and its runs."""

    name: str
    style: str
    download: Callable[[Downloads], object]
    limit: int
    latencies: Sequence[float] = ()  # seconds; empty where nobody knows them
    skipped: bool = False  # as it would take too long
    repeats: list[Repeat] = field(default_factory=list)

    @property
    def bound(self) -> float:
        """Return the seconds that nobody can beat: max(max Lᵢ, ΣLᵢ/limit)."""
        return max(*self.latencies, sum(self.latencies) / self.limit, 0.0)

    @property
    def times(self) -> list[float]:
        """Return the seconds of each run that came to its end."""
        return [repeat.seconds for repeat in self.repeats if repeat.ended]

    @property
    def time(self) -> Sample:
        """Return these as a figure: once there is one."""
        return Sample(self.times)

    @property
    def cpu(self) -> Sample:
        """Return the CPU seconds of these runs."""
        return Sample([repeat.cpu for repeat in self.repeats if repeat.ended])

    @property
    def peak(self) -> int:
        """Return the most downloads in flight at one moment of these runs."""
        return max(repeat.peak for repeat in self.repeats if repeat.ended)

    def run(self, downloads: Downloads, clock: Callable[[], float]) -> None:
        """Carry out `downloads`, and keep what it took; `clock` counts CPU seconds."""
        cpu = clock()
        repeat = Repeat(downloads)
        self.repeats.append(repeat)
        self.download(downloads)
        repeat.cpu = clock() - cpu
        repeat.ended = perf_counter()


def cpu_seconds(variant: Variant) -> str:
    """Say in 12 cells how many seconds of a core a variant took."""
    return f"  CPU {variant.cpu.median:.2f} s"


def results(
    variants: Sequence[Variant],
    longest: float,
    last: Callable[[Variant], str] = cpu_seconds,
) -> list[Text]:
    """Say in a line of 80 cells what each took; `longest` seconds fill its bar.

    "≈" is where one is not told apart from the shortest. What `last` says of a variant
    ends its line, in 14 cells.
    """
    tied = ties({each.name: each.time for each in variants if each.times})
    return [_result(each, longest, each.name in tied, last) for each in variants]


def _result(
    variant: Variant, longest: float, tied: bool, last: Callable[[Variant], str]
) -> Text:
    line = Text(f"{variant.name:<17}", variant.style)
    if variant.skipped:
        line.append(f"  not run: too long, {variant.bound:,.0f} s at best")
    if variant.times:
        time = variant.time
        median = f"{'≈ ' if tied else ''}{time.median:.2f} s"
        least, greatest = time.range
        spread = f" [{least:.2f}–{greatest:.2f}]" if len(time.values) > 1 else ""
        line.append(f"{median:>9}{spread:<16}")
        line += bar(time.median, longest, 24, variant.style)
        line.append(last(variant))
    return line


def outcomes(variants: Sequence[Variant]) -> list[tuple[Download, ...]]:
    """Return for each file its downloads in all runs."""
    repeats = [repeat.downloads for variant in variants for repeat in variant.repeats]
    return [*zip(*repeats, strict=True)]


def missing(variants: Sequence[Variant]) -> int:
    """Return how many files could not be had in all runs."""
    return sum(bool(lost(downloads)) for downloads in outcomes(variants))


def lost(downloads: Downloads) -> list[Download]:
    """Return those that failed for good."""
    return [download for download in downloads if download.state == "failed"]
