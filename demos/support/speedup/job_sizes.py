"""From which size of a job on processes pay: measured, and drawn as bars."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from itertools import takewhile
from multiprocessing import get_start_method
from typing import Any

from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.jobs import pi, size_for
from demos.support.machine import python
from demos.support.processes import ProcessPool
from demos.support.rounds import Calls, Rounds, in_rounds
from demos.support.samples import (
    Order,
    Sample,
    TooBusy,
    aligned,
    refuse_unsteady,
)
from demos.support.speedup.comparison import MARGIN, Way
from demos.support.speedup.pools import executors, start
from demos.support.speedup.scale import ONE, Scale

SIZES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)  # seconds a job
STARTING = 2.0  # seconds to measure starts in
BAR = 26  # cells


def label(size: float) -> str:
    """Return a job size, given in seconds, as it is written."""
    return f"{size * 1000:g} ms"


def crossover(orders: Mapping[float, Order]) -> str:
    """Return the job size from which on all pay: "3 ms", "over 100 ms".

    `orders` say, by size (seconds), whether jobs alone take "more" time than in
    processes. Where some cannot be told apart, it is "3 or 30 ms", or "3 ms or more".
    """
    sizes = sorted(orders, reverse=True)
    perhaps = list(takewhile(lambda size: orders[size] != "less", sizes))
    surely = list(takewhile(lambda size: orders[size] == "more", sizes))
    if not perhaps:
        return f"over {label(max(sizes))}"
    if not surely:
        return f"{label(perhaps[-1])} or more"
    if perhaps == surely:
        return label(surely[-1])
    return f"{perhaps[-1] * 1000:g} or {label(surely[-1])}"


class JobSizes:
    """What it takes to start a pool, and what one of processes gives, by job size."""

    def __init__(
        self, alone: Way, pooled: Callable[..., list[Any]], workers: int
    ) -> None:
        """`pooled` gets a running pool of so many workers, too."""
        self._alone = alone
        self._pooled = pooled
        self._workers = workers
        self.starts: dict[str, list[float]] = defaultdict(list)
        self.rounds = Rounds({})

    def measure(self, seconds: float, repeat: int | None) -> None:
        """Draw everything while it is measured: the starts, then the jobs."""
        with Live(self, console=console, auto_refresh=False) as live:
            models = list(executors())
            for number, model in in_rounds(models, self._started, STARTING, repeat):
                with executors()[model](self._workers) as pool:
                    took = start(pool, self._workers)
                if number:
                    self.starts[model].append(took)
                live.refresh()
            with ProcessPool(self._workers) as pool:
                start(pool, self._workers)
                calls = {label(size): self._calls(size, pool) for size in SIZES}
                self.rounds = Rounds(calls)
                self.rounds.measure(seconds, repeat, live.refresh)

    def refuse_impossible(self) -> None:
        """Raise TooBusy if the times are none that jobs take that run by themselves."""
        self.rounds.refuse_shared()
        refuse_unsteady(map(Sample, self.starts.values()))
        for size in SIZES:
            alone, pooled = self.times(size, with_start=False)
            refuse_unsteady([alone, pooled])
            least = Sample([self._workers * seconds for seconds in pooled.values])
            if alone.compare(least, MARGIN) == "more":
                gain = alone.median / pooled.median
                raise TooBusy(f"{label(size)}: {gain:.1f} of {self._workers} ×")

    def times(self, size: float, with_start: bool) -> tuple[Sample, Sample]:
        """Return the times of jobs of a size alone, and in processes."""
        measured = self.rounds.of(label(size))
        pooled = measured["pooled"]
        if with_start:  # each that was seen, before each of the others
            starts = self.starts["processes"]
            pooled = Sample([s + seconds for s in starts for seconds in pooled.values])
        return measured["alone"], pooled

    def crossover(self, with_start: bool) -> str:
        """Return the job size from which processes pay, as `crossover` does."""
        return crossover({size: self._order(size, with_start) for size in SIZES})

    def _order(self, size: float, with_start: bool) -> Order:
        """Return whether jobs of a size take more time alone than in processes."""
        alone, pooled = self.times(size, with_start)
        return alone.compare(pooled)

    def _started(self) -> bool:
        return all(Sample(values).settled for values in self.starts.values())

    def _calls(self, size: float, pool: ProcessPool) -> Calls:
        """Return the two ways to do a job of that size for each worker."""
        terms = [size_for(pi, size)] * self._workers
        return {
            "alone": partial(self._alone, pi, terms),
            "pooled": partial(self._pooled, pi, terms, pool),
        }

    def __rich__(self) -> Text:
        """Draw what was measured so far."""
        jobs = f"{'jobs of':10}{'in processes that run already':35}with their start"
        scale = Scale(self._workers, BAR)
        one = f"{f'1 × {ONE}':>{scale.cell(1) + 1}}"
        lines = [
            Text(f"{python()}, {self._workers} workers ({get_start_method()})", "note"),
            Text(),
            Text("time until each worker of a new pool has answered", "bold"),
            *(Text(f"{m:18}{aligned(Sample(s))}") for m, s in self.starts.items()),
            Text(),
            Text(jobs, "bold"),
            Text(f"{'':10}{one:35}{one}"),
        ]
        for size in SIZES:
            row = Text(f"{label(size):>8}  ")
            if len(self.rounds.of(label(size))) == 2:
                for with_start in (False, True):
                    row.append_text(self._bar(size, with_start, scale))
            lines.append(row)
        lines.append(Text(self.rounds.doing, "running"))
        return Text("\n").join(lines)

    def _bar(self, size: float, with_start: bool, scale: Scale) -> Text:
        """Draw what processes give for jobs of a size, tinted where they pay."""
        alone, pooled = self.times(size, with_start)
        gain = alone.median / pooled.median
        order = self._order(size, with_start)
        style = "processes" if order == "more" else "sync"
        sign = "≈" if order == "≈" else ""
        return Text.assemble(scale.bar(gain, style), (f"{sign:1}{gain:5.1f} × ", style))
