"""Threads speed up waiting and C code; Python code needs processes to use the cores.

Run:       invoke demo.threads-vs-processes
Look for:  bars that end at the ceiling (what the cores of this machine really give),
           and bars that end at one (no faster than one job after another).
           The jobs are pi, request and sha256 in demos/support/jobs.py. From Python
           3.14 on, in_threads runs them in an InterpreterPoolExecutor, too.
Try next:  invoke demo.threads-vs-processes --sizes
           invoke demo.which-model
"""

from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.slow_server import slow_server
from demos.support.speedup.comparison import Comparison, Way, workloads
from demos.support.speedup.job_sizes import JobSizes, crossover
from demos.support.speedup.pools import THREADS, WORKERS, kept, running_pools

Job = Callable[[Any], Any]
Items = list[Any]
PoolClass = Callable[[], AbstractContextManager[Executor]]


def one_after_another(job: Job, items: Items) -> Items:
    """Call the job with each item, in this thread."""
    return list(map(job, items))


def in_threads(
    job: Job,
    items: Items,
    pool_class: PoolClass = ThreadPoolExecutor,
) -> Items:
    """Do the same in threads: all share one GIL."""
    with pool_class() as pool:
        return list(pool.map(job, items))


def in_processes(
    job: Job,
    items: Items,
    pool_class: PoolClass = ProcessPoolExecutor,
) -> Items:
    """Do the same in processes, each with its GIL."""
    with pool_class() as pool:
        return list(pool.map(job, items))


def main(
    workers: Annotated[int, Flag("threads, or processes, at once", 2, 61)] = WORKERS,
    repeat: Annotated[int, Flag("times to measure everything", 1, 1000)] = 7,
    work: Annotated[int, Flag("milliseconds that a workload takes", 1, 10_000)] = 100,
    sizes: Annotated[bool, Flag("how large must a job be for processes?")] = False,
) -> str:
    """Compare the three ways, or find the job size from which on processes pay."""
    if sizes:
        job_sizes = JobSizes(one_after_another, in_processes, workers)
        job_sizes.measure(repeat)
        least = crossover(job_sizes.gains(with_start=False))
        with_start = crossover(job_sizes.gains(with_start=True))
        return f"Processes pay from jobs of {least} on; with their start, {with_start}"
    with slow_server() as port, running_pools(workers) as pools:
        ways: dict[str, Way] = {"one after another": one_after_another}
        for model, pool in pools.items():
            way = in_processes if model == "processes" else in_threads
            ways[model] = partial(way, pool_class=kept(pool))
        jobs = workloads(port, workers, work / 1000)
        comparison = Comparison(ways, jobs, pools["processes"], workers)
        comparison.measure(repeat)
    computing = comparison.speedup(THREADS, "CPU-bound")
    waiting = comparison.speedup(THREADS, "I/O-bound")
    hashing = comparison.speedup(THREADS, "C code")
    processes = comparison.speedup("processes", "CPU-bound")
    return (
        f"{THREADS.capitalize()}: Python {computing:.1f} ×, waiting {waiting:.1f} ×,"
        f" C code {hashing:.1f} ×; processes: Python {processes:.1f} ×"
    )


if __name__ == "__main__":
    run(__file__)
