"""Threads, processes or asyncio? A rule of thumb, checked by measuring three workloads.

Run:       invoke demo.which-model
Look for:  the coloured time of each row, the best: is its model the one that the rule
           names? Times run from nothing to the last result: starting a pool counts.
           Slow waits tell the models apart when they are many, as in the last row.
           Try it on work of your own: add a row, with its job and its items.
Try next:  invoke demo.which-model --waits 20
           invoke demo.api-levels
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.heat_table import HeatTable, Row
from demos.support.jobs import pi, pi_async, request, size_for
from demos.support.machine import usable_cores
from demos.support.processes import ProcessPool
from demos.support.rounds import Calls
from demos.support.slow_server import request_async, slow_server

Job = Callable[[Any], Any]  # is called with an item
AsyncJob = Callable[[Any], Coroutine[Any, Any, Any]]  # an async def
Items = list[Any]
PoolClass = Callable[[int], Executor]  # gets the number of workers
MAX_PROCESSES = 16  # each is a whole Python, which must start


def rule(io_bound: bool, io_very_slow: bool = False) -> str:
    """Return what Abu Ashraf Masnun advised in 2016."""
    if io_bound:
        return "asyncio" if io_very_slow else "threads"
    return "processes"


def in_threads(job: Job, items: Items, workers: int) -> Items:
    """Call the job with each item, in new threads."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(job, items))


def in_processes(
    job: Job,
    items: Items,
    workers: int,
    pool_class: PoolClass,  # such as ProcessPoolExecutor
) -> Items:
    """Call the job with each item, in new processes."""
    with pool_class(min(workers, MAX_PROCESSES)) as pool:
        return list(pool.map(job, items))


async def in_tasks(job: AsyncJob, items: Items) -> Items:
    """Call the job with each item, in a task of its own."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job(item)) for item in items]
    return [task.result() for task in tasks]


def main(
    waits: Annotated[int, Flag("slow waits, all at once", 1, 1000)] = 150,
    repeat: Annotated[int, Flag("times to measure everything", 1, 1000)] = 3,
) -> str:
    """Measure each workload in each model, and compare the best with the rule's."""
    with slow_server() as port:
        ask = partial(request, port)
        ask_async = partial(request_async, port)
        terms = size_for(pi, seconds=0.05)
        computing = models(pi, pi_async, [terms] * 8, workers=usable_cores())
        few_waits = models(ask, ask_async, [0.005] * 8, workers=8)  # seconds
        many_waits = models(ask, ask_async, [0.05] * waits, workers=waits)
        very_slow = rule(io_bound=True, io_very_slow=True)
        rows = [
            Row("CPU-bound", "8 × 50 ms", rule(io_bound=False), computing),
            Row("few fast waits", "8 × 5 ms", rule(io_bound=True), few_waits),
            Row("many slow waits", f"{waits} × 50 ms", very_slow, many_waits),
        ]
        table = HeatTable(rows, f"simulated local waits; ≤ {MAX_PROCESSES} processes")
        table.measure(repeat)
    right = [f"{row} {ratio:.1f} ×" for row, ratio in table.right().items()]
    said = f"Rule ✓ in {len(right)} of {len(rows)}"
    return f"{said}: {', '.join(right)}" if right else said


def models(job: Job, job_async: AsyncJob, items: Items, workers: int) -> Calls:
    """Return the calls that do the same work in each model."""
    return {
        "threads": lambda: in_threads(job, items, workers),
        "processes": lambda: in_processes(job, items, workers, ProcessPool),
        "asyncio": lambda: asyncio.run(in_tasks(job_async, items)),
    }


if __name__ == "__main__":
    run(__file__)
