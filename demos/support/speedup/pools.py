"""The pools that the running Python has, and what it takes to start one."""

import concurrent.futures
import site
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from demos.support.jobs import worker
from demos.support.machine import gil_enabled, usable_cores
from demos.support.processes import ProcessPool
from demos.support.speedup.comparison import Job, Way

ROOT = str(Path(__file__).parents[3])  # whence the demos are imported
THREADS = "threads" if gil_enabled() else "free threads"
WORKERS = min(max(usable_cores(), 2), 8)


def executors() -> dict[str, Callable[[int], Executor]]:
    """Return what makes a pool of so many workers, for each model that Python has."""
    found: dict[str, Callable[[int], Executor]] = {
        THREADS: ThreadPoolExecutor,
        "processes": ProcessPool,
    }
    if hasattr(concurrent.futures, "InterpreterPoolExecutor"):  # from Python 3.14
        found["sub-interpreters"] = partial(
            concurrent.futures.InterpreterPoolExecutor,
            initializer=site.addsitedir,  # what invoke added to our sys.path
            initargs=(ROOT,),
        )
    return found


def start(pool: Executor, workers: int) -> float:
    """Return the seconds until each worker of a new `pool` has answered."""
    began = perf_counter()
    answered: set[object] = set()
    while len(answered) < workers:
        answered.update(pool.map(worker, range(workers)))
    return perf_counter() - began


class Pools(NamedTuple):
    """Pools whose workers have started, and other ways to run jobs in such a pool."""

    threads: ThreadPoolExecutor
    processes: ProcessPool
    others: dict[str, Way]


@contextmanager
def running_pools(workers: int) -> Iterator[Pools]:
    """Run a pool of each model that Python has; yield them when they have started."""
    makers = executors()
    others: dict[str, Way] = {}
    with ExitStack() as stack:
        if maker := makers.get("sub-interpreters"):
            interpreters = stack.enter_context(maker(workers))
            start(interpreters, workers)
            others["sub-interpreters"] = partial(in_pool, interpreters)
        processes = stack.enter_context(ProcessPool(workers))
        start(processes, workers)
        # Threads come last: a process that has some should not be forked.
        threads = stack.enter_context(ThreadPoolExecutor(workers))
        start(threads, workers)
        yield Pools(threads, processes, others)


def in_pool(pool: Executor, job: Job, items: list[Any]) -> list[Any]:
    """Call the job with each item, in the pool."""
    return list(pool.map(job, items))
