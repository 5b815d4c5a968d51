"""Ways to run jobs, compared with one after another: measured, and drawn as bars."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.jobs import pi, request, sha256, size_for, spin, timed
from demos.support.machine import aligned, fastest, python
from demos.support.rounds import Rounds
from demos.support.speedup.scale import Scale

Job = Callable[[Any], Any]
Way = Callable[[Job, list[Any]], list[Any]]

JOBS = 4  # a worker
SPIN = 0.05  # seconds that the cores are kept busy to find the ceiling
LABEL, BAR = 18, 28  # cells


class Workload(NamedTuple):
    """A job, the items that it is called with, and what there is to say of it."""

    name: str
    note: str
    job: Job
    items: list[Any]
    needs_cores: bool = True


def workloads(port: int, workers: int, seconds: float) -> list[Workload]:
    """Return workloads of `seconds` each; `port` is that of a slow server."""
    numbers = range(workers * JOBS)
    each = seconds / len(numbers)
    computing = "pi() is Python code, which holds the GIL"
    terms = size_for(pi, each)
    waiting = "request() waits, without the GIL (simulated latency, loopback)"
    ask, waits = partial(request, port), [each + n / 1e5 for n in numbers]
    hashing = "sha256() is C code of hashlib, which releases the GIL"
    blocks = size_for(sha256, each)
    return [
        Workload("CPU-bound", computing, pi, [terms + n for n in numbers]),
        Workload("I/O-bound", waiting, ask, waits, needs_cores=False),
        Workload("C code", hashing, sha256, [blocks + n for n in numbers]),
    ]


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
        self._ways = list(ways)
        self._workloads = workloads
        self._processes = processes
        self._workers = workers
        self.ceilings: list[float] = []
        self.cpu: dict[tuple[str, str], list[float]] = defaultdict(list)
        rows = {
            workload.name: {
                name: partial(self._run, workload, name, way)
                for name, way in ways.items()
            }
            for workload in workloads
        }
        self.rounds = Rounds({"ceiling": {"processes": self._find_ceiling}, **rows})

    def measure(self, repeat: int) -> None:
        """Draw everything while it is measured (see `Rounds`)."""
        with Live(self, console=console, auto_refresh=False) as live:
            self.rounds.measure(repeat, live.refresh)

    def speedup(self, way: str, workload: str) -> float:
        """Return how many times as fast as the first way another was."""
        times = self.rounds.medians(workload)
        return times[self._ways[0]] / times[way]

    def _run(self, workload: Workload, name: str, way: Way) -> list[Any]:
        """Run a workload in a way; return its results, and keep its seconds of CPU."""
        done = way(partial(timed, workload.job), workload.items)
        self.cpu[workload.name, name].append(sum(cpu for _, cpu in done))
        return [result for result, _ in done]

    def _find_ceiling(self) -> None:
        """Keep how many times the work of one busy process all workers do."""
        alone = self._pace(1)
        self.ceilings.append(self._pace(self._workers) / alone)

    def _pace(self, busy: int) -> float:
        """Return the work a second that so many busy processes do."""
        began = perf_counter()
        rounds = sum(self._processes.map(spin, [SPIN] * busy))
        return rounds / (perf_counter() - began)

    def __rich__(self) -> Text:
        """Draw what was measured so far."""
        ceilings = self.ceilings or [1.0]
        limit = median(ceilings)
        scale = Scale(max(self._workers, limit), BAR)
        missing = {"free threads", "sub-interpreters"}.difference(self._ways)
        axis = f"{'1 × ▼':>{LABEL + scale.cell(1) + 1}}"
        axis = f"{axis:{LABEL + scale.cell(limit)}}▼ ceiling"
        lines = [
            Text(", no ".join([python(), *sorted(missing)]), "note"),
            Text(
                f"ceiling: {self._workers} busy processes do {limit:.1f} ×"
                f" [{min(ceilings):.1f}–{max(ceilings):.1f}] the work of one"
            ),
            Text(f"{axis:58}time      cores busy"),
        ]
        for workload in self._workloads:
            if len(self._ways) < 4:  # there are lines to spare
                lines.append(Text())
            lines.append(Text.assemble((workload.name, "bold"), f": {workload.note}"))
            marks = (1, limit) if workload.needs_cores else (1,)
            lines += [self._row(way, workload.name, scale, marks) for way in self._ways]
        lines.append(Text(self.rounds.doing, "running"))
        return Text("\n").join(lines)

    def _row(
        self, way: str, workload: str, scale: Scale, marks: Sequence[float]
    ) -> Text:
        """Draw a bar and its figures, tinted if no other way is faster."""
        times = self.rounds.medians(workload)
        if not times.keys() >= {way, self._ways[0]}:
            return Text(way)
        measured = self.rounds.of(workload)
        complete = len(measured) == len(self._ways)
        style = way if complete and way in fastest(measured) else ""
        gain = self.speedup(way, workload)
        took = aligned(self.rounds.times[workload, way])
        busy = median(self.cpu[workload, way]) / times[way]
        return Text.assemble(
            (f"{way:{LABEL}}", style),
            scale.bar(gain, style or "sync", *marks),
            (f"{gain:6.1f} × {took}{busy:5.1f}", style),
        )
