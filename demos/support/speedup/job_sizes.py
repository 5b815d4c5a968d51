"""From which size of a job on processes pay: measured, and drawn as bars."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing import get_start_method
from statistics import median

from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.jobs import pi, size_for
from demos.support.machine import aligned, python
from demos.support.processes import ProcessPool
from demos.support.rounds import Calls, Rounds
from demos.support.speedup.pools import executors, start
from demos.support.speedup.scale import Scale

SIZES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)  # seconds a job
TIE = 1.1  # times: what is less apart does not differ
BAR = 27  # cells


def label(size: float) -> str:
    """Return a job size, given in seconds, as it is written."""
    return f"{size * 1000:g} ms"


def crossover(gains: Mapping[float, float]) -> str:
    """Return the job size from which on all gains tell: "3 ms", "over 100 ms".

    `gains` are by size (seconds), the smallest first.
    """
    least = f"over {label(max(gains))}"
    for size in sorted(gains, reverse=True):
        if gains[size] < TIE:
            break
        least = label(size)
    return least


class JobSizes:
    """What it takes to start a pool, and what one of processes gives, by job size."""

    def __init__(
        self,
        alone: Callable[..., list[float]],
        pooled: Callable[..., list[float]],
        workers: int,
    ) -> None:
        """Both are called with a job and items; `pooled` with a running pool, too."""
        self._alone = alone
        self._pooled = pooled
        self._workers = workers
        self.starts: dict[str, list[float]] = defaultdict(list)
        self.rounds = Rounds({})

    def measure(self, repeat: int) -> None:
        """Draw everything while it is measured: the starts, then the jobs."""
        with Live(self, console=console, auto_refresh=False) as live:
            for _ in range(repeat):
                for model, executor in executors().items():
                    with executor(self._workers) as pool:
                        self.starts[model].append(start(pool, self._workers))
                    live.refresh()
            with ProcessPool(self._workers) as pool:
                start(pool, self._workers)
                calls = {label(size): self._calls(size, pool) for size in SIZES}
                self.rounds = Rounds(calls)
                self.rounds.measure(repeat, live.refresh)

    def gains(self, with_start: bool) -> dict[float, float]:
        """Return how many times as fast processes are, by job size (seconds)."""
        gains = {}
        for size in SIZES:
            times = self.rounds.medians(label(size))
            if len(times) == 2:
                extra = median(self.starts["processes"]) if with_start else 0.0
                gains[size] = times["alone"] / (extra + times["pooled"])
        return gains

    def _calls(self, size: float, pool: ProcessPool) -> Calls:
        """Return the two ways to do a job of that size for each worker."""
        terms = [size_for(pi, size)] * self._workers
        return {
            "alone": partial(self._alone, pi, terms),
            "pooled": partial(self._pooled, pi, terms, pool),
        }

    def __rich__(self) -> Text:
        """Draw what was measured so far."""
        scale = Scale(self._workers, BAR)
        one = f"{'1 × ▼':>{scale.cell(1) + 1}}"
        jobs = f"{'jobs of':10}{'in processes that run already':35}with their start"
        lines = [
            Text(f"{python()}, {self._workers} workers ({get_start_method()})", "note"),
            Text(),
            Text("time until each worker of a new pool has answered", "bold"),
            *(Text(f"{m:18}{aligned(s)}") for m, s in self.starts.items()),
            Text(),
            Text(jobs, "bold"),
            Text(f"{'':10}{one:35}{one}"),
        ]
        columns = [self.gains(with_start=False), self.gains(with_start=True)]
        for size in SIZES:
            row = Text(f"{label(size):>8}  ")
            for gains in columns:
                gain = gains.get(size, 0.0)
                style = "processes" if gain >= TIE else ""
                row.append(scale.bar(gain, style or "sync", 1))
                row.append(f"{gain:5.1f} × " if gain else "", style)
            lines.append(row)
        lines.append(Text(self.rounds.doing, "running"))
        return Text("\n").join(lines)
