"""Threads, processes or asyncio? The article's rule, ticked or corrected by measuring.

Run:       invoke demo.which-model
Look for:  the tinted time of each row: is it that of the model which the rule names?
           Times run from nothing to the last result, so that starting a pool counts.
           Try it on work of your own: add a row, with its job and its sizes.
Try next:  invoke demo.which-model --waits 20
           invoke demo.api-levels
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.heat_table import HeatTable, Row
from demos.support.jobs import pi, pi_async, request, size_for
from demos.support.measure import usable_cores
from demos.support.processes import ProcessPool
from demos.support.rounds import Calls
from demos.support.slow_server import request_async, slow_server

Job = Callable[[Any], Any]
Items = list[Any]


def rule(io_bound: bool, io_very_slow: bool = False) -> str:
    """Return the model that the article names."""
    if io_bound:
        return "asyncio" if io_very_slow else "threads"
    return "processes"


def run_in_pool(pool: Executor, job: Job, items: Items) -> Items:
    """Call the job with each item in threads or processes."""
    with pool:
        calls = [pool.submit(job, item) for item in items]
    return [call.result() for call in calls]


async def run_in_tasks(job: Job, items: Items) -> Items:
    """Call the job with each item in a task of its own."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job(item)) for item in items]
    return [task.result() for task in tasks]


def main(
    waits: Annotated[int, Flag("slow waits, all at once", 1, 1000)] = 150,
    repeat: Annotated[int, Flag("times to measure everything", 1, 1000)] = 3,
) -> str:
    """Measure each workload in each model, and hold the rule against the times."""
    with slow_server() as port:
        ask, ask_async = partial(request, port), partial(request_async, port)
        computing = models(pi, pi_async, [size_for(pi, 0.05)] * 8, usable_cores())
        fast = models(ask, ask_async, [0.005] * 8, 8)
        slow = models(ask, ask_async, [0.05] * waits, waits)
        very_slow = rule(io_bound=True, io_very_slow=True)
        rows = [
            Row("CPU-bound", "8 × 50 ms", rule(io_bound=False), computing),
            Row("few fast waits", "8 × 5 ms", rule(io_bound=True), fast),
            Row("many slow waits", f"{waits} × 50 ms", very_slow, slow),
        ]
        table = HeatTable(rows, f"simulated waits on loopback; ≤ {MOST} processes")
        table.measure(repeat)
    right = [f"{row} {ratio:.1f} ×" for row, ratio in table.right().items()]
    return f"Rule ✓ in {len(right)} of {len(rows)}: {', '.join(right) or 'none'}"


MOST = 16  # processes: each is a whole Python


def models(job: Job, job_async: Job, items: Items, workers: int) -> Calls:
    """Return the same work for each model."""
    return {
        "threads": lambda: run_in_pool(ThreadPoolExecutor(workers), job, items),
        "processes": lambda: run_in_pool(ProcessPool(min(workers, MOST)), job, items),
        "asyncio": lambda: asyncio.run(run_in_tasks(job_async, items)),
    }


if __name__ == "__main__":
    run(__file__)
