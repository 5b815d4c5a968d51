"""Processes that end quietly.

Ctrl-C reaches every process of a terminal: workers ignore it, as their parent ends
them.
"""

import asyncio
import multiprocessing
import multiprocessing.pool
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import Any, ParamSpec, TypeVar

SPAWN = multiprocessing.get_context("spawn")
IGNORE_CTRL_C = (signal.SIGINT, signal.SIG_IGN)
if "forkserver" in multiprocessing.get_all_start_methods():
    # A program's own main module, and what it imports, is there before the workers of
    # a fork server start (its default). Our jobs are not in invoke: so we say it.
    needed = ["__main__", "concurrent.futures.process", "demos.support.jobs"]
    multiprocessing.set_forkserver_preload(needed)
P = ParamSpec("P")
T = TypeVar("T")


class ProcessPool(ProcessPoolExecutor):
    """A pool whose workers ignore Ctrl-C; without a context, they start as usual."""

    def __init__(self, workers: int, context: BaseContext | None = None) -> None:
        super().__init__(workers, context, signal.signal, IGNORE_CTRL_C)

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Submit a call, which may start a worker."""
        with ctrl_c_blocked():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def ctrl_c_blocked() -> Iterator[None]:
    """Keep Ctrl-C from this thread until the end of the block.

    A worker, or a thread that starts one, is born so: it ignores Ctrl-C before it can
    say so itself.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # to start it later would end the block
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def process_pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool of fresh interpreters (spawn) once they run: not in a loop."""
    pool = ProcessPool(workers, SPAWN)
    for started in [pool.submit(time.sleep, 0.01) for _ in range(workers)]:
        started.result()
    return pool


def one_process_each() -> multiprocessing.pool.Pool:
    """Return a pool that does one job at a time, each in a fresh interpreter."""
    with ctrl_c_blocked():
        return SPAWN.Pool(1, signal.signal, IGNORE_CTRL_C, maxtasksperchild=1)


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `function`, which may be a coroutine function, returns.

    Without asyncio's debug mode, in any case: it would be measured with the rest.
    """
    result = function(*arguments)
    if asyncio.iscoroutine(result):
        return asyncio.run(result, debug=False)
    return result
