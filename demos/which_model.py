"""Threads, processes or asyncio? A rule of thumb, checked by measuring four workloads.

Run:       invoke demo.which-model
Look for:  the coloured time of each row, the best: is its model the one that the rule
           names? Times run from nothing to the last result: starting a pool counts.
Why:       waits tell the models apart when they are many, not when they are slow: in
           the last row the difference is starting as many threads as there are waits.
Your own:  add a row, with its job and its items.
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
from demos.support.heat_table import HeatTable, Row, said
from demos.support.jobs import pi, pi_async, request, size_for
from demos.support.machine import usable_cores
from demos.support.processes import ProcessPool
from demos.support.rounds import Calls
from demos.support.slow_server import request_async, slow_server

Job = Callable[[Any], Any]  # is called with an item
AsyncJob = Callable[[Any], Coroutine[Any, Any, Any]]  # an async def
Items = list[Any]
PoolClass = Callable[[int], Executor]  # gets the number of workers
MAX_PROCESSES = 32  # each is a whole Python, which must start
MEASURING = 3.0  # seconds, and 20 ms for each slow wait


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
    repeat: Annotated[
        int | None, Flag("rounds to measure; else as many as it needs", 3)
    ] = None,
) -> str:
    """Measure each workload in each model, and compare the best with the rule's."""
    with slow_server() as port:
        waiting = partial(models, partial(request, port), partial(request_async, port))
        computing = models(pi, pi_async, [size_for(pi, 0.025)] * 8, usable_cores())
        cpu, fast, slow = rule(False), rule(True), rule(True, io_very_slow=True)
        rows = [  # names, numbers of jobs, seconds of each
            Row("CPU-bound", 8, 0.025, cpu, computing, one_core="asyncio"),
            Row("few fast waits", 8, 0.005, fast, waiting([0.005] * 8, 8)),
            Row("few slow waits", 8, 0.25, slow, waiting([0.25] * 8, 8)),
            Row("many slow waits", waits, 0.05, slow, waiting([0.05] * waits, waits)),
        ]
        table = HeatTable(rows, at_once={"processes": MAX_PROCESSES})
        table.measure(MEASURING + waits / 50, repeat)
    table.refuse_impossible()
    return f"The rule: {said(table.verdicts())}"


def models(job: Job, job_async: AsyncJob, items: Items, workers: int) -> Calls:
    """Return the calls that do the same work in each model."""
    return {
        "threads": lambda: in_threads(job, items, workers),
        "processes": lambda: in_processes(job, items, workers, ProcessPool),
        "asyncio": lambda: asyncio.run(in_tasks(job_async, items)),
    }


if __name__ == "__main__":
    run(__file__)
