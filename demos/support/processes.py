"""Processes that start the same way on every platform, and end quietly.

All are fresh interpreters (spawn), not forks. Ctrl-C reaches every process of a
terminal: workers ignore it, as their parent ends them.
"""

import asyncio
import multiprocessing.pool
import signal
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

SPAWN = multiprocessing.get_context("spawn")
IGNORE_CTRL_C = (signal.SIGINT, signal.SIG_IGN)


def process_pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool once its workers run: call it outside the event loop."""
    pool = ProcessPoolExecutor(workers, SPAWN, signal.signal, IGNORE_CTRL_C)
    for started in [pool.submit(time.sleep, 0.01) for _ in range(workers)]:
        started.result()
    return pool


def one_process_each() -> multiprocessing.pool.Pool:
    """Return a pool that does one job at a time, each in a process of its own."""
    return SPAWN.Pool(1, signal.signal, IGNORE_CTRL_C, maxtasksperchild=1)


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `function`, which may be a coroutine function, returns.

    Without asyncio's debug mode, in any case: it would be measured with the rest.
    """
    result = function(*arguments)
    if asyncio.iscoroutine(result):
        return asyncio.run(result, debug=False)
    return result
