"""One list of downloads, carried out in several ways: their runs, and the figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from statistics import median
from time import perf_counter

from demos.support.download.downloads import Download, Downloads


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

    @property
    def peak(self) -> int:
        """Return the most downloads that were in flight at one moment."""
        steps: list[tuple[float, int]] = []
        for download in self.downloads:
            flying = False
            for moment, state in download.changes:
                if flying != (state in ("waiting", "receiving")):
                    flying = not flying
                    steps.append((moment, 1 if flying else -1))
        return max(accumulate(step for _, step in sorted(steps)), default=0)


@dataclass
class Variant:
    """A way to download: its name, its style, how many at once, and its runs."""

    name: str
    style: str
    download: Callable[[Downloads, int], object]
    limit: int
    latencies: Sequence[float] = ()  # seconds; empty where nobody knows them
    skipped: bool = False  # as it would take too long
    repeats: list[Repeat] = field(default_factory=list)

    @property
    def bound(self) -> float:
        """Return the seconds that nobody can beat: max(max Lᵢ, ΣLᵢ/limit)."""
        return max(*self.latencies, sum(self.latencies) / self.limit, 0.0)

    @property
    def expected(self) -> float:
        """Return about how many seconds a run takes; 1 where nobody knows."""
        return self.bound * (1.3 if self.limit > 1 else 1.05) or 1.0

    @property
    def times(self) -> list[float]:
        """Return the seconds of each run that came to its end."""
        return [repeat.seconds for repeat in self.repeats if repeat.ended]

    @property
    def cpu(self) -> float:
        """Return the median CPU seconds of a run."""
        return median(repeat.cpu for repeat in self.repeats)

    @property
    def ratio(self) -> float:
        """Return the median time as a multiple of the bound."""
        return median(self.times) / self.bound

    def run(self, downloads: Downloads, clock: Callable[[], float]) -> None:
        """Carry out `downloads`, and keep what it took; `clock` counts CPU seconds."""
        cpu = clock()
        repeat = Repeat(downloads)
        self.repeats.append(repeat)
        self.download(downloads, self.limit)
        repeat.ended = perf_counter()
        repeat.cpu = clock() - cpu


def outcomes(variants: Sequence[Variant]) -> list[tuple[Download, ...]]:
    """Return for each file its downloads in all runs."""
    repeats = [repeat.downloads for variant in variants for repeat in variant.repeats]
    return [*zip(*repeats, strict=True)]


def lost(downloads: Downloads) -> str:
    """Return why a file could not be had in each run, or "" if it could."""
    failed = [download for download in downloads if download.state == "failed"]
    if not failed:
        return ""
    why = ", then ".join(failed[-1].failures)
    few = f" (in {len(failed)} of {len(downloads)} runs)"
    return why + (few if len(failed) < len(downloads) else "")
