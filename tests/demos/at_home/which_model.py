"""Calls every function of the lesson, with the pools of the standard library."""

import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from math import factorial

from lesson import rule, run_in_pool, run_in_tasks

ITEMS = [5, 3, 1, 4]
RESULTS = [120, 6, 1, 24]


async def wait(item: int) -> int:
    await asyncio.sleep(item / 1000)
    return factorial(item)


if __name__ == "__main__":
    assert rule(io_bound=True) == "threads"
    assert run_in_pool(ProcessPoolExecutor(2), factorial, ITEMS) == RESULTS
    assert run_in_pool(ThreadPoolExecutor(2), factorial, ITEMS) == RESULTS
    assert asyncio.run(run_in_tasks(wait, ITEMS)) == RESULTS
