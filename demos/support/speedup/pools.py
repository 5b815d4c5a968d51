"""The pools that the running Python has, and what it takes to start one."""

import concurrent.futures
import site
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from time import perf_counter

from demos.support.jobs import worker
from demos.support.measure import gil_enabled, usable_cores
from demos.support.processes import ProcessPool

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


@contextmanager
def running_pools(workers: int) -> Iterator[dict[str, Executor]]:
    """Run a pool of each model that Python has; yield them when they have started."""
    pools: dict[str, Executor] = {}
    with ExitStack() as stack:
        # Threads come last: a process that has some should not be forked.
        for model, executor in reversed(executors().items()):
            pools[model] = stack.enter_context(executor(workers))
            start(pools[model], workers)
        yield dict(reversed(pools.items()))


def kept(pool: Executor) -> Callable[[], nullcontext[Executor]]:
    """Return what stands for the class of a pool: its `with` does not end the pool."""
    return lambda: nullcontext(pool)
