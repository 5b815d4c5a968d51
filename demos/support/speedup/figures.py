"""What threads and processes were measured to give, beside one job after another."""

from collections import defaultdict
from statistics import median
from typing import NamedTuple

from invoke.exceptions import Exit

SEQUENTIAL = "one after another"


class Timing(NamedTuple):
    """The results of a workload; its seconds by the clock, and those of CPU."""

    results: list[object]
    wall: float
    cpu: float


class Size(NamedTuple):
    """A job's size in seconds; how many a batch took one after another, and pooled."""

    job: float
    sequential: float
    pooled: float


class Figures:
    """What was measured so far; the timings are kept by model and workload."""

    def __init__(self) -> None:
        self.ceilings: list[float] = []
        self.starts: dict[str, list[float]] = defaultdict(list)
        self.timings: dict[tuple[str, str], list[Timing]] = defaultdict(list)
        self.sizes: list[Size] = []

    def speedup(self, model: str, workload: str) -> float:
        """Return how many times as fast as one after another a model was."""
        return self._wall(SEQUENTIAL, workload) / self._wall(model, workload)

    def check(self) -> None:
        """Raise Exit where the results are not those of one after another."""
        for (model, workload), timings in self.timings.items():
            expected = self.timings[SEQUENTIAL, workload][0].results
            if any(timing.results != expected for timing in timings):
                raise Exit(f"{workload}: {model} gave other results", code=1)

    def _wall(self, model: str, workload: str) -> float:
        return median(timing.wall for timing in self.timings[model, workload])


def crossover(sizes: list[Size], started: float) -> float | None:
    """Return the job size (seconds) from which on processes pay; None: not up to here.

    `started` is what starting them adds, in seconds.
    """
    pays = None
    for size in reversed(sizes):
        if size.sequential < started + size.pooled:
            break
        pays = size.job
    return pays
