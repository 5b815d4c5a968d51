"""The executors that the running Python has, and what it takes to start one."""

import concurrent.futures
import site
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

from demos.support.jobs import worker
from demos.support.measure import gil_enabled
from demos.support.processes import ProcessPool

ROOT = str(Path(__file__).parents[3])  # whence the demos are imported
THREADS = "threads" if gil_enabled() else "free threads"


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
