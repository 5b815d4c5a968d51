"""Calls every function of the lesson, with the pools of the standard library."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from math import factorial

from lesson import in_processes, in_tasks, in_threads, rule

ITEMS = [5, 3, 1, 4]
RESULTS = [120, 6, 1, 24]


async def wait(item: int) -> int:
    await asyncio.sleep(item / 1000)
    return factorial(item)


if __name__ == "__main__":
    assert rule(io_bound=True) == "threads"
    assert in_processes(factorial, ITEMS, 2, ProcessPoolExecutor) == RESULTS
    assert in_threads(factorial, ITEMS, 2) == RESULTS
    assert asyncio.run(in_tasks(wait, ITEMS)) == RESULTS
