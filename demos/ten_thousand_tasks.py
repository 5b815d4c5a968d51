"""Ten thousand tasks cost little; but at each await, others may change what they share.

Run:       invoke demo.ten-thousand-tasks
Look for:  the short bars of the tasks; no bar at "no Lock": next to nothing is left.
Try next:  invoke demo.ten-thousand-tasks --tasks 1
           invoke demo.event-loop-trace --script your_program.py
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.holding import TASKS, THREADS, Charts

Measure = Callable[[], float]  # seconds, or bytes, used so far


async def hold_tasks(count: int, measure: Measure) -> float:
    """Start tasks that wait; return the cost of one."""
    stop = asyncio.Event()
    before = measure()
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(stop.wait())
        await asyncio.sleep(0)  # each runs, until it waits
        cost = measure() - before
        stop.set()
    return cost / count


def hold_threads(count: int, measure: Measure) -> float:
    """Start threads that wait; return the cost of one."""
    stop = threading.Event()
    before = measure()
    try:
        for _ in range(count):
            threading.Thread(target=stop.wait).start()
        return (measure() - before) / count
    finally:
        stop.set()  # also if no more can be started


@dataclass
class Account:
    """A balance that tasks share, and a lock for it."""

    balance: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


Deposit = Callable[[Account], Coroutine[Any, Any, None]]


async def deposit_racy(account: Account) -> None:
    """Add 1; others run before the write."""
    balance = account.balance
    await asyncio.sleep(0)  # others run
    account.balance = balance + 1


async def deposit_safe(account: Account) -> None:
    """Add 1; others wait for the lock."""
    async with account.lock:
        balance = account.balance
        await asyncio.sleep(0)  # others run
        account.balance = balance + 1


async def balance_after(count: int, deposit: Deposit) -> int:
    """Return the balance after so many deposits at once."""
    account = Account()
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(deposit(account))
    return account.balance


def main(
    tasks: Annotated[int, Flag("tasks that wait", 1, 100_000)] = TASKS,
    threads: Annotated[int, Flag("threads that wait", 1, 5_000)] = THREADS,
) -> str:
    """Hold tasks and threads, each in a fresh process; then let deposits race."""
    charts = Charts(tasks, threads)
    with charts.picture:
        charts.measure(hold_tasks, hold_threads)
        broken = asyncio.run(balance_after(tasks, deposit_racy))
        locked = asyncio.run(balance_after(tasks, deposit_safe))
        charts.add_balances(broken, locked)
    charts.refuse_busy()
    lost = f"an await lost {tasks - broken:,}, a Lock {tasks - locked:,}"
    return f"Task: {charts.cost_of_task()}; thread: {charts.cost_of_thread()}; {lost}"


if __name__ == "__main__":
    run(__file__)
