"""Ten thousand tasks wait in less memory than threads; an await can lose an update.

Run:       invoke demo.ten-thousand-tasks
Look for:  the short bars of the tasks; the empty bar, where an await lost updates.
Try next:  invoke demo.ten-thousand-tasks --threads 4000
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from random import sample
from types import SimpleNamespace
from typing import Annotated, Any

from rich.live import Live

from demos.support.bars import Row, bar_chart
from demos.support.console import console, finish
from demos.support.flags import Flag
from demos.support.memory import Usage
from demos.support.processes import call, one_process_each

REPEAT = 3
Deposit = Callable[[SimpleNamespace], Coroutine[Any, Any, None]]


async def hold_tasks(count: int) -> Usage:
    """Start tasks; return what they use when all wait."""
    stop, before = asyncio.Event(), Usage.now()
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(stop.wait())
        await asyncio.sleep(0)  # each runs, until it waits
        used = before.until_now()
        stop.set()
    return used


def hold_threads(count: int) -> Usage:
    """Start threads; return what they use when all wait."""
    stop, before = threading.Event(), Usage.now()
    try:
        for _ in range(count):
            threading.Thread(target=stop.wait).start()
        return before.until_now()
    finally:
        stop.set()


async def deposit_broken(account: SimpleNamespace) -> None:
    """Add 1; others run between the read and the write."""
    balance = account.balance
    await asyncio.sleep(0)
    account.balance = balance + 1


async def deposit(account: SimpleNamespace) -> None:
    """Add 1; others wait for the lock."""
    async with account.lock:
        balance = account.balance
        await asyncio.sleep(0)
        account.balance = balance + 1


async def balance_after(deposit: Deposit, count: int) -> int:
    """Return the balance after so many deposits at once."""
    account = SimpleNamespace(balance=0, lock=asyncio.Lock())
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(deposit(account))
    return int(account.balance)


def main(
    tasks: Annotated[int, Flag("tasks that wait", 1, 100_000)] = 10_000,
    threads: Annotated[int, Flag("threads that wait", 1, 5_000)] = 2_000,
) -> None:
    """Hold tasks and threads, each in a fresh process; then let deposits race."""
    labels = (f"{tasks:,} tasks", "asyncio"), (f"{threads:,} threads", "threads")
    memory, start = ([Row(*label, []) for label in labels] for _ in range(2))
    balance = [Row("no Lock", "failed", []), Row("asyncio.Lock", "done", [])]
    charts = {
        "resident memory of each, KiB": memory,
        "time to start each, µs": start,
        f"balance after {tasks:,} deposits of 1": balance,
    }
    jobs = (hold_tasks, tasks), (hold_threads, threads)
    picture = Live(console=console, get_renderable=lambda: bar_chart(charts))
    with picture, one_process_each() as pool:
        for which in sample([0, 1] * REPEAT, 2 * REPEAT):
            used, count = pool.apply(call, jobs[which]), jobs[which][1]
            memory[which].values.append(used.memory / count / 1024)
            start[which].values.append(used.seconds / count * 1e6)
        left = [call(balance_after, d, tasks) for d in (deposit_broken, deposit)]
        for row, value in zip(balance, left, strict=True):
            row.values.append(value)
    task, thread = start[0].median, start[1].median
    lesson = f"a task starts in {task:.0f} µs, a thread in {thread:.0f} µs; "
    lesson += f"an await lost {tasks - left[0]:,} of {tasks:,} deposits"
    finish(lesson, "invoke demo.ten-thousand-tasks --threads 4000")
