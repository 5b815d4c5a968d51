"""Threads speed up waiting and C code; Python code needs processes to use the cores.

Run:       invoke demo.threads-vs-processes
Look for:  which bars stand at the ceiling (what this machine's cores really give)
           and which at one (no faster than one job after another).
Free threads need a free-threaded build, sub-interpreters Python 3.14; where the Python
that runs this has them, they have their bars too.
Try next:  invoke demo.threads-vs-processes --workers 4
"""

import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack
from functools import partial
from itertools import product
from statistics import median
from time import perf_counter
from typing import Annotated, Any, NamedTuple

from rich.live import Live

from demos.support.console import console, finish
from demos.support.flags import Flag
from demos.support.jobs import pi, request, sha256, size_for, spin, timed
from demos.support.measure import usable_cores
from demos.support.processes import ProcessPool
from demos.support.slow_server import slow_server
from demos.support.speedup.chart import picture
from demos.support.speedup.figures import SEQUENTIAL, Figures, Size, Timing
from demos.support.speedup.pools import THREADS, executors, start

WORKERS = min(max(usable_cores(), 2), 8)
JOBS = 4  # a worker
SPIN = 0.05  # seconds that the cores are kept busy to find the ceiling
SIZES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)  # seconds a job

NOTES = {
    "CPU-bound": "π in pure Python, which holds the GIL",
    "I/O-bound": "slow server (simulated latency, loopback); waiting releases the GIL",
    "C code": "SHA-256 by hashlib, which releases the GIL",
}

Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


class Workload(NamedTuple):
    """A job, and the arguments that it is called with."""

    name: str
    job: Callable[[Any], object]
    arguments: list[Any]


def run_jobs(run_all: Map, workload: Workload) -> Timing:
    """Run the jobs by `run_all`: map, or the map of a pool."""
    job = partial(timed, workload.job)
    began = perf_counter()
    done = list(run_all(job, workload.arguments))
    wall = perf_counter() - began
    results = [result for result, _ in done]
    return Timing(results, wall, sum(cpu for _, cpu in done))


def ceiling(pool: Executor, workers: int) -> float:
    """Return how many times the work of one all workers do."""
    alone = sum(pool.map(spin, [SPIN]))
    together = sum(pool.map(spin, [SPIN] * workers))
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
                figures.ceilings.append(ceiling(pool, workers))
        steps = list(product(maps, workloads))
        random.shuffle(steps)
        for model, workload in steps:
            yield f"{workload.name}: {model}"
            timing = run_jobs(maps[model], workload)
            figures.timings[model, workload.name].append(timing)


def compare_sizes(figures: Figures, workers: int, repeat: int) -> Iterator[str]:
    """Measure ever larger jobs without and with processes that have started."""
    terms = size_for(pi, SPIN) / SPIN
    with ProcessPool(workers) as pool:
        start(pool, workers)
        for seconds in SIZES:
            yield f"jobs of {seconds * 1000:g} ms"
            jobs = Workload("", pi, [round(terms * seconds)] * workers)
            pairs = [
                (run_jobs(map, jobs).wall, run_jobs(pool.map, jobs).wall)
                for _ in range(repeat)
            ]
            sequential, pooled = map(median, zip(*pairs, strict=True))
            figures.sizes.append(Size(seconds, sequential, pooled))


def main(
    workers: Annotated[int, Flag("threads, or processes, at once", 2, 61)] = WORKERS,
    repeat: Annotated[int, Flag("times to measure everything", 1, 1000)] = 5,
    work: Annotated[int, Flag("milliseconds that a workload takes", 1, 100_000)] = 100,
) -> None:
    """Measure, draw, and say what was seen."""
    figures = Figures()
    with slow_server() as port, Live(console=console, auto_refresh=False) as live:
        workloads = plan(port, workers, work / 1000)
        rounds = [compare(figures, workloads, workers) for _ in range(repeat)]
        rounds.append(compare_sizes(figures, workers, repeat))
        for number, steps in enumerate(rounds, 1):
            figures.check()
            for step in steps:
                now = f"{number} of {len(rounds)}: {step}"
                live.update(picture(figures, workers, NOTES, now), refresh=True)
        live.update(picture(figures, workers, NOTES, ""), refresh=True)
    code, waiting, c_code = (figures.speedup(THREADS, name) for name in NOTES)
    processes = figures.speedup("processes", "CPU-bound")
    finish(
        f"{THREADS.capitalize()}: Python code {code:.2f}×, waiting {waiting:.2f}×,"
        f" C code {c_code:.2f}×; processes: Python {processes:.2f}×"
        f" of {median(figures.ceilings):.2f}×",
        "invoke demo.threads-vs-processes --workers 4",
    )
