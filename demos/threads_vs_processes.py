"""Threads speed up waiting and C code; Python code needs processes to use the cores.

Run:       invoke demo.threads-vs-processes
Look for:  bars that reach ┃ (what the cores of this machine really give; for waits,
           the number of workers), and bars that end at 1 × (no faster than one job
           after another).
The jobs:  pi, request and sha256 in demos/support/jobs.py.
At home:   if __name__ == "__main__":  # each process imports your file
               with ProcessPoolExecutor() as processes:
                   print(in_processes(job, items, processes))
Try next:  invoke demo.threads-vs-processes --sizes
           invoke demo.which-model
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.slow_server import slow_server
from demos.support.speedup.comparison import Comparison, Way, workloads
from demos.support.speedup.job_sizes import JobSizes
from demos.support.speedup.pools import THREADS, WORKERS, running_pools

Job = Callable[[Any], Any]  # is called with an item, returns its result
Items = list[Any]
MEASURING = 1.5  # seconds, and 20 times a workload


def one_by_one(job: Job, items: Items) -> Items:
    """Call the job with each item, in this thread."""
    return list(map(job, items))


def in_threads(
    job: Job,
    items: Items,
    threads: ThreadPoolExecutor,
) -> Items:
    """Call the job in threads: one GIL."""
    return list(threads.map(job, items))


def in_processes(
    job: Job,  # top-level: processes import it
    items: Items,
    processes: ProcessPoolExecutor,
) -> Items:
    """Call the job in processes: a GIL each."""
    return list(processes.map(job, items))


def main(
    workers: Annotated[int, Flag("threads, or processes, at once", 2, 61)] = WORKERS,
    repeat: Annotated[
        int | None, Flag("rounds to measure; else as many as it needs", 3)
    ] = None,
    work: Annotated[int, Flag("milliseconds that a workload takes", 1, 10_000)] = 150,
    sizes: Annotated[bool, Flag("find from which job size processes pay")] = False,
) -> str:
    """Compare the ways to run jobs, or find the job size from which processes pay."""
    if sizes:
        return compare_job_sizes(workers, repeat)
    with slow_server() as port, running_pools(workers) as pools:
        ways: dict[str, Way] = {
            "one by one": one_by_one,
            THREADS: partial(in_threads, threads=pools.threads),
            "processes": partial(in_processes, processes=pools.processes),
            **pools.others,  # sub-interpreters, from Python 3.14 on
        }
        jobs = workloads(port, workers, work / 1000)
        comparison = Comparison(ways, jobs, pools.processes, workers)
        comparison.measure(MEASURING + work / 50, repeat)
    comparison.refuse_impossible()
    gain = comparison.gain
    return (
        f"Threads: Python {gain(THREADS, 'CPU-bound')},"
        f" waits {gain(THREADS, 'I/O-bound')}, C {gain(THREADS, 'C code')};"
        f" processes: Python {gain('processes', 'CPU-bound')}"
    )


def compare_job_sizes(workers: int, repeat: int | None) -> str:
    """Find from which size of a job on processes pay; return it in a sentence."""
    job_sizes = JobSizes(one_by_one, in_processes, workers)
    job_sizes.measure(MEASURING, repeat)
    job_sizes.refuse_impossible()
    running = job_sizes.crossover(with_start=False)
    new = job_sizes.crossover(with_start=True)
    return f"Processes pay from {running} a job; with their start, from {new}"


if __name__ == "__main__":
    run(__file__)
