"""Threads, processes or asyncio? The article's rule, ticked or corrected by measuring.

Run:       invoke demo.which-model
Look for:  the best field of each row: is it the model that the rule names? Times run
           from nothing to the last result, so that starting a model counts.
Try next:  invoke demo.which-model --waits 20 --repeat 10
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

from demos.support.console import finish
from demos.support.flags import Flag
from demos.support.heat_table import HeatTable
from demos.support.jobs import pi, pi_async, request, size_for
from demos.support.measure import python, usable_cores
from demos.support.processes import ProcessPool
from demos.support.slow_server import request_async, slow_server

Job = Callable[[Any], Any]
Items = list[Any]
MOST_PROCESSES = 16  # each is a whole Python


def rule(io_bound: bool, io_very_slow: bool = False) -> str:
    """Return the model that the article names."""
    if io_bound:
        return "asyncio" if io_very_slow else "threads"
    return "processes"


def run_threads(job: Job, sizes: Items, workers: int) -> Items:
    """Run a job of each size, so many at once, in threads."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(job, sizes))


def run_processes(job: Job, sizes: Items, workers: int) -> Items:
    """Run a job of each size, so many at once, in processes."""
    with ProcessPool(workers) as pool:
        return list(pool.map(job, sizes))


async def run_tasks(job: Job, sizes: Items) -> Items:
    """Run a job of each size, all at once, in tasks."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job(size)) for size in sizes]
    return [task.result() for task in tasks]


def models(
    job: Job, job_async: Job, sizes: Items, workers: int
) -> dict[str, Callable[[], Items]]:
    """Return the same work for each model."""
    processes = min(workers, MOST_PROCESSES)
    return {
        "threads": lambda: run_threads(job, sizes, workers),
        "processes": lambda: run_processes(job, sizes, processes),
        "asyncio": lambda: asyncio.run(run_tasks(job_async, sizes)),
    }


def main(
    waits: Annotated[int, Flag("slow waits, all at once", 1, 1000)] = 150,
    repeat: Annotated[int, Flag("times to measure everything", 1, 1000)] = 3,
) -> None:
    """Measure, draw, and say what was seen."""
    terms, cores = size_for(pi, 0.05), usable_cores()
    note = (
        f"simulated latency, loopback; {MOST_PROCESSES} processes at most; {python()}"
    )
    with slow_server() as port:
        ask = partial(request, port), partial(request_async, port)
        computing = models(pi, pi_async, [terms] * 8, cores)
        fast = models(*ask, [0.005] * 8, 8)
        slow = models(*ask, [0.05] * waits, waits)
        rows = {
            "CPU-bound\n8 × 50 ms": (rule(io_bound=False), computing),
            "few fast waits\n8 × 5 ms": (rule(io_bound=True), fast),
            f"many slow waits\n{waits} × 50 ms": (rule(True, True), slow),
        }
        table = HeatTable(rows, note)
        table.measure(repeat)
    judged = {row.split("\n")[0]: verdict for row, verdict in table.verdicts().items()}
    found = [f"{row} {said.mark} {said.ratio:.2f}×" for row, said in judged.items()]
    finish(
        f"Rule against best other: {', '.join(found)}",
        "invoke demo.which-model --waits 20 --repeat 10",
    )
