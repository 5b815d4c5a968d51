"""Ways to run jobs, compared with one by one: measured, and drawn as bars."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

from rich.live import Live
from rich.text import Text

from demos.support.console import WIDTH, console
from demos.support.jobs import pi, request, sha256, size_for, spin, timed
from demos.support.machine import gil_enabled, python
from demos.support.rounds import Rounds
from demos.support.samples import (
    ALIKE,
    LEAST,
    Order,
    Sample,
    TooBusy,
    aligned,
    fastest,
    refuse_unsteady,
)
from demos.support.speedup.scale import LIMIT, ONE, Scale

Job = Callable[[Any], Any]
Way = Callable[[Job, list[Any]], list[Any]]

JOBS = 4  # a worker
SPIN = 0.04  # seconds that the cores are kept busy to find the ceiling
MARGIN = 0.2  # a speed-up that is so far above its limit was none
SLOWER = 0.8  # times
ROOM = 1.5  # times: what can be so much faster is not "as fast" on an idle machine
LONG_JOB = 0.001  # seconds: of less, the way to a process and back is a good part
LABEL = 17  # cells


class Workload(NamedTuple):
    """A job, the items that it is called with, and what there is to say of it."""

    name: str
    note: str
    job: Job
    items: list[Any]
    needs_cores: bool = True
    needs_gil: bool = False


def workloads(port: int, workers: int, seconds: float) -> list[Workload]:
    """Return workloads of `seconds` each; `port` is that of a slow server."""
    numbers = range(workers * JOBS)
    each = seconds / len(numbers)
    terms, blocks = size_for(pi, each), size_for(sha256, each)
    sums = [terms + n for n in numbers]
    waits = [each + n / 1e5 for n in numbers]
    digests = [blocks + n for n in numbers]
    ask = partial(request, port)
    return [
        Workload("CPU-bound", "pi(): Python code", pi, sums, needs_gil=gil_enabled()),
        Workload("I/O-bound", "request(): waits", ask, waits, needs_cores=False),
        Workload("C code", "sha256(): C code", sha256, digests),
    ]


def run(way: Way, job: Job, items: list[Any]) -> tuple[list[Any], float]:
    """Return the results of jobs, and how many cores they kept busy."""
    began = perf_counter()
    done = way(partial(timed, job), items)
    took = perf_counter() - began
    return [result for result, _ in done], sum(cpu for _, cpu in done) / took


class Comparison:
    """What each way to run jobs gives, for each workload."""

    def __init__(
        self,
        ways: Mapping[str, Way],
        workloads: Sequence[Workload],
        processes: Executor,
        workers: int,
    ) -> None:
        """`ways` are by name; the others are compared with the first.

        `processes` is a pool of so many `workers`, which find the ceiling.
        """
        self._first, *self._others = ways
        self._workloads = workloads
        self._processes = processes
        self._workers = workers
        self.ceilings: list[float] = []
        self.cores: dict[tuple[str, str], list[float]] = defaultdict(list)
        rows = {
            workload.name: {
                name: partial(self._run, workload, name, way)
                for name, way in ways.items()
            }
            for workload in workloads
        }
        self.rounds = Rounds({"ceiling": {"processes": self._find_ceiling}, **rows})

    def measure(self, seconds: float, repeat: int | None) -> None:
        """Draw everything while it is measured (see `Rounds`)."""
        with Live(self, console=console, auto_refresh=False) as live:
            self.rounds.measure(seconds, repeat, live.refresh)

    def refuse_impossible(self) -> None:
        """Raise TooBusy if the times are none that jobs take that run by themselves."""
        self.rounds.refuse_shared()
        for workload in self._workloads:
            times = self.rounds.of(workload.name)
            refuse_unsteady(times.values())
            for way in self._others:
                self._refuse(way, workload)

    def _refuse(self, way: str, workload: Workload) -> None:
        """Raise TooBusy if a way is faster than it can be, or not faster at all.

        It must be faster than one by one where it can be, if the jobs are no trifles.
        """
        limit, margin = self._limit(workload), MARGIN
        if workload.needs_gil and way == "threads":
            limit, margin = 1.0, ALIKE  # only one of them runs at a time
        times = self.rounds.of(workload.name)
        one, other = times[self._first], times[way]
        least = Sample([limit * seconds for seconds in other.values])
        above = one.compare(least, margin) == "more"
        must = limit > ROOM and one.median > LONG_JOB * len(workload.items)
        none = one.compare(other) != "more" and len(other.values) >= LEAST
        if above or (must and none):
            gain = self._times(way, workload.name)
            raise TooBusy(f"{workload.name}, {way}: {gain:.1f} of {limit:.1f} ×")

    def gain(self, way: str, workload: str) -> str:
        """Return how many times as fast as the first way another was: "1.9 ×".

        "≈ 1.0 ×" cannot be told apart from it.
        """
        about = "≈ " if self._order(way, workload) == "≈" else ""
        return f"{about}{self._times(way, workload):.1f} ×"

    def _order(self, way: str, workload: str) -> Order:
        """Return whether the first way takes more time than another."""
        times = self.rounds.of(workload)
        return times[self._first].compare(times[way])

    def _times(self, way: str, workload: str) -> float:
        times = self.rounds.of(workload)
        return times[self._first].median / times[way].median

    def _limit(self, workload: Workload) -> float:
        """Return the speed-up that there can be: workers wait without a core."""
        if self.ceilings and workload.needs_cores:
            return Sample(self.ceilings).median
        return self._workers

    def _run(self, workload: Workload, name: str, way: Way) -> list[Any]:
        """Run a workload in a way; return its results, and keep how many cores."""
        results, cores = run(way, workload.job, workload.items)
        self.cores[workload.name, name].append(cores)
        return results

    def _find_ceiling(self) -> None:
        """Keep how many times the work of one busy process all workers do.

        More than they are is none of their doing: what was late while one was alone
        would seem to be. So it is alone before and after, and the better one counts.
        """
        before = self._pace(1)
        together = self._pace(self._workers)
        alone = max(before, self._pace(1))
        self.ceilings.append(min(together / alone, self._workers))

    def _pace(self, busy: int) -> float:
        """Return the work a second that so many busy processes do."""
        began = perf_counter()
        rounds = sum(self._processes.map(spin, [SPIN] * busy))
        return rounds / (perf_counter() - began)

    def __rich__(self) -> Text:
        """Draw what was measured so far."""
        ceiling = Sample(self.ceilings or [1.0])
        least, greatest = ceiling.range
        missing = {"free threads", "sub-interpreters"}.difference(self._others)
        width = (WIDTH - LABEL) // len(self._others) - 1
        scale = Scale(self._workers, width)
        heads = [(f" {way:{width}}", way) for way in self._others]
        lines = [
            Text(", no ".join([python(), *sorted(missing)]), "note"),
            Text(
                f"{ONE} 1 ×   {LIMIT} ceiling: {self._workers} busy processes do"
                f" {ceiling.median:.1f} × [{least:.1f}–{greatest:.1f}] the work of one"
            ),
            Text(),
            Text.assemble(" " * LABEL, *heads),
        ]
        for workload in self._workloads:
            lines += [*self._row(workload, scale), Text()]
        lines[-1] = Text(self.rounds.doing, "running")
        return Text("\n").join(lines)

    def _row(self, workload: Workload, scale: Scale) -> list[Text]:
        """Draw what a workload is, and for each way a bar above its figures.

        The fastest are tinted: those from which no other is told apart.
        """
        times = self.rounds.of(workload.name)
        complete = times.keys() == {self._first, *self._others}
        best = fastest(times) if complete else set()
        alone = aligned(times[self._first]).strip() if self._first in times else ""
        if len(alone) > LABEL:  # no room for the range
            alone, _ = alone.split(" [")
        labels = [workload.name, workload.note, self._first, alone]
        lines = [Text(f"{label:{LABEL}}") for label in labels]
        lines[0].stylize("bold")
        for way in self._others:
            gain, words, took = 0.0, "", ""
            if times.keys() >= {self._first, way}:
                gain = self._times(way, workload.name)
                words = self._words(way, workload.name)
                took = aligned(times[way])
            style = way if way in best else "sync"
            drawn = scale.bar(gain, style, self._limit(workload))
            figures = [Text(f"{part:{scale.width}}", style) for part in (words, took)]
            for line, part in zip(lines, [drawn, drawn, *figures], strict=True):
                line.append(" ").append_text(part)
        return lines

    def _words(self, way: str, workload: str) -> str:
        """Say what a way gives: "1.9 × on 1.9 cores", "0.7 ×, slower"."""
        gain = self.gain(way, workload)
        slower = self._order(way, workload) == "less"
        if slower and self._times(way, workload) < SLOWER:
            return f"{gain}, slower"
        return f"{gain} on {Sample(self.cores[workload, way]).median:.1f} cores"
