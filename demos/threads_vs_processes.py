"""Threads speed up waiting and C code; Python code needs processes to use the cores.

Run:       invoke demo.threads-vs-processes
Look for:  which bars stand at the ceiling (what this machine's cores really give)
           and which at one (no faster than one job after another).
Free threads need a free-threaded build, sub-interpreters Python 3.14; where the Python
that runs this has them, they have their bars too.
Try next:  invoke demo.threads-vs-processes --workers 4
"""

import multiprocessing
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack
from functools import partial
from itertools import product
from statistics import median
from time import perf_counter
from typing import Annotated, Any, NamedTuple

from invoke.exceptions import Exit
from rich.live import Live
from rich.text import Text

from demos.support.commands import Flag
from demos.support.console import console, finish
from demos.support.jobs import pi, request, sha256, size_for, spin, timed
from demos.support.measure import durations, python, usable_cores
from demos.support.pools import THREADS, executors, process_pool, start
from demos.support.slow_server import slow_server
from demos.support.speedup import CEILING, ONE, SpeedupChart

SEQUENTIAL = "one after another"
WORKERS = min(max(usable_cores(), 2), 8)
JOBS = 4  # a worker
SPIN = 0.05  # seconds that the cores are kept busy to find the ceiling
SIZES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)  # seconds a job

NOTES = {
    "CPU-bound": "π in pure Python, which holds the GIL",
    "I/O-bound": "a slow server (simulated latency, loopback), awaited without the GIL",
    "C code": "SHA-256 by hashlib, which releases the GIL",
}

Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


class Workload(NamedTuple):
    """A job, and the arguments that it is called with."""

    name: str
    job: Callable[[Any], object]
    arguments: list[Any]


class Run(NamedTuple):
    """The results of a workload; its seconds by the clock, and those of CPU."""

    results: list[object]
    wall: float
    cpu: float


class Size(NamedTuple):
    """Seconds that a batch of jobs took: each; one after another; by the pool."""

    job: float
    sequential: float
    pooled: float


class Figures:
    """What was measured so far; the runs are kept by model and workload."""

    def __init__(self) -> None:
        self.ceilings: list[float] = []
        self.starts: dict[str, list[float]] = defaultdict(list)
        self.runs: dict[tuple[str, str], list[Run]] = defaultdict(list)
        self.sizes: list[Size] = []

    def wall(self, model: str, workload: str) -> float:
        """Return the median time in seconds."""
        return median(run.wall for run in self.runs[model, workload])

    def speedup(self, model: str, workload: str) -> float:
        """Return how many times as fast as one after another a model was."""
        return self.wall(SEQUENTIAL, workload) / self.wall(model, workload)


def run_jobs(run_all: Map, workload: Workload) -> Run:
    """Run the jobs by `run_all`: the built-in map, or the map of a pool."""
    job = partial(timed, workload.job)
    began = perf_counter()
    done = list(run_all(job, workload.arguments))
    wall = perf_counter() - began
    results = [result for result, _ in done]
    return Run(results, wall, sum(cpu for _, cpu in done))


def ceiling(pool: Executor, workers: int, seconds: float) -> float:
    """Return how many times the work of one process `workers` of them do."""
    alone = sum(pool.map(spin, [seconds]))
    together = sum(pool.map(spin, [seconds] * workers))
    return together / alone


def plan(port: int, workers: int, seconds: float) -> list[Workload]:
    """Return workloads of `seconds` each; `port` is that of a slow server."""
    numbers = range(workers * JOBS)
    each = seconds / len(numbers)
    terms, blocks = size_for(pi, each), size_for(sha256, each)
    ask = partial(request, port)
    return [
        Workload("CPU-bound", pi, [terms + n for n in numbers]),
        Workload("I/O-bound", ask, [each + n / 1e5 for n in numbers]),
        Workload("C code", sha256, [blocks + n for n in numbers]),
    ]


def compare(figures: Figures, workloads: list[Workload], workers: int) -> Iterator[str]:
    """Measure everything once, in random order; yield before each step what it is."""
    maps: dict[str, Map] = {SEQUENTIAL: map}
    with ExitStack() as stack:
        # Threads come last: a process that has some should not be forked.
        for model, executor in reversed(executors().items()):
            yield f"{model}: start"
            pool = stack.enter_context(executor(workers))
            figures.starts[model].append(start(pool, workers))
            maps[model] = pool.map
            if model == "processes":
                yield "ceiling"
                figures.ceilings.append(ceiling(pool, workers, SPIN))
        steps = list(product(maps, workloads))
        random.shuffle(steps)
        for model, workload in steps:
            yield f"{workload.name}: {model}"
            run = run_jobs(maps[model], workload)
            figures.runs[model, workload.name].append(run)


def compare_sizes(figures: Figures, workers: int, repeat: int) -> Iterator[str]:
    """Measure ever larger jobs without and with processes that have started."""
    terms = size_for(pi, SPIN) / SPIN
    with process_pool(workers) as pool:
        start(pool, workers)
        for seconds in SIZES:
            yield f"jobs of {seconds * 1000:g} ms"
            jobs = Workload("", pi, [round(terms * seconds)] * workers)
            pairs = [
                (run_jobs(map, jobs).wall, run_jobs(pool.map, jobs).wall)
                for _ in range(repeat)
            ]
            sequential, pooled = map(median, zip(*pairs, strict=True))
            figures.sizes.append(Size(sequential / workers, sequential, pooled))


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


def check(figures: Figures) -> None:
    """Raise Exit where the results are not those of one after another."""
    for (model, workload), runs in figures.runs.items():
        expected = figures.runs[SEQUENTIAL, workload][0].results
        if any(run.results != expected for run in runs):
            raise Exit(f"{workload}: {model} gave other results", code=1)


def picture(figures: Figures, workers: int, now: str) -> Text:
    """Draw what was measured so far, and say what is being measured now."""
    models = executors()
    missing = {"free threads", "sub-interpreters"}.difference(models)
    top = median(figures.ceilings or [1.0])
    chart = SpeedupChart(top, workers, console.width - 64)
    lines = [
        Text("; no ".join([python(), *sorted(missing)])),
        Text.assemble(
            f"real ceiling: {workers} busy processes do ",
            (f"{top:.2f}×", CEILING),
            f" the work of one; {workers * JOBS} jobs, results equal",
        ),
        Text.assemble(
            " " * 18, chart.axis(), f"{'speed-up':>9}{'time':>28}{'CPU/wall':>9}"
        ),
    ]
    for workload, note in NOTES.items():
        title = Text.assemble((f"─ {workload} ", "bold"), (f"{note} ", "note"))
        title.append("─" * (console.width - len(title)), "note")
        lines.append(title)
        lines += [row(chart, figures, each, workload) for each in (SEQUENTIAL, *models)]
    lines += size_lines(figures)
    if now:
        lines.append(Text(f"▶ {now}", "running"))
    return Text("\n").join(lines)


def row(chart: SpeedupChart, figures: Figures, model: str, workload: str) -> Text:
    """Draw the bar of a model, and its figures."""
    style = "sync" if model == SEQUENTIAL else model
    label = f"{model:18}", style
    runs = figures.runs.get((model, workload), [])
    if not runs or (SEQUENTIAL, workload) not in figures.runs:
        return Text.assemble(label)
    speedup = figures.speedup(model, workload)
    verdict = Text(" " * 9) if model == SEQUENTIAL else chart.verdict(speedup)
    busy = median(run.cpu / run.wall for run in runs)
    return Text.assemble(
        label,
        chart.bar(speedup, style),
        (f"{speedup:6.2f}×  ", verdict.style),
        verdict,
        f"{durations([run.wall for run in runs]):>19}{busy:9.2f}",
    )


def size_lines(figures: Figures) -> list[Text]:
    """Draw what processes gain, by the size of a job, and from where on they do."""
    if not figures.sizes:
        return []
    method = multiprocessing.get_start_method()
    starts = (f"{model} {durations(took)}" for model, took in figures.starts.items())
    sizes = (f"{seconds * 1000:>5g} ms" for seconds in SIZES[: len(figures.sizes)])
    lines = [
        Text(f"pool start ({method}): {', '.join(starts)}"),
        Text(f"{'processes, for jobs of':24}{''.join(sizes)}"),
    ]
    for label, started in (
        ("running", 0.0),
        ("with start", median(figures.starts["processes"])),
    ):
        pays = crossover(figures.sizes, started)
        start = f"pay from {pays * 1000:.2g} ms" if pays else "do not pay"
        gains = [size.sequential / (started + size.pooled) for size in figures.sizes]
        cells = [
            (f" {'▲' if gain > 1 else '▼'}{gain:5.2f}×", CEILING if gain > 1 else ONE)
            for gain in gains
        ]
        lines.append(Text.assemble(f"{f'{label}: {start}':24}", *cells))
    return lines


def main(
    workers: Annotated[int, Flag("threads, or processes, at once", 2, 61)] = WORKERS,
    repeat: Annotated[int, Flag("times to measure everything", 1, 1000)] = 5,
    work: Annotated[int, Flag("milliseconds that a workload takes", 1, 100_000)] = 120,
) -> None:
    """Measure, draw, and say what was seen."""
    figures = Figures()
    with slow_server() as port, Live(console=console, auto_refresh=False) as live:
        workloads = plan(port, workers, work / 1000)
        rounds = [compare(figures, workloads, workers) for _ in range(repeat)]
        rounds.append(compare_sizes(figures, workers, repeat))
        for number, steps in enumerate(rounds, 1):
            check(figures)
            for step in steps:
                now = f"{number} of {len(rounds)}: {step}"
                live.update(picture(figures, workers, now), refresh=True)
        live.update(picture(figures, workers, ""), refresh=True)
    code, waiting, c_code = (figures.speedup(THREADS, name) for name in NOTES)
    processes = figures.speedup("processes", "CPU-bound")
    finish(
        f"{THREADS.capitalize()}: Python code {code:.2f}×, waiting {waiting:.2f}×,"
        f" C code {c_code:.2f}×; processes: Python code {processes:.2f}×"
        f" of {median(figures.ceilings):.2f}×",
        "invoke demo.threads-vs-processes --workers 4",
    )
