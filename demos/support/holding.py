"""Three charts: what a waiting task or thread takes, and what became of deposits."""

from collections.abc import Callable
from functools import partial
from math import isnan
from random import sample
from time import perf_counter
from typing import Any

from demos.support.bars import Chart, drawn
from demos.support.memory import resident_memory
from demos.support.processes import call, one_process_each

# Gets how many are to wait, and what to measure (before, and when all wait): returns
# by how much it grew for each.
Hold = Callable[[int, Callable[[], float]], Any]


class Charts:
    """The charts, for so many tasks and threads."""

    def __init__(self, tasks: int, threads: int) -> None:
        self.task = f"{tasks:,} × task"
        self.thread = f"{threads:,} × thread"
        self.counts = {self.task: tasks, self.thread: threads}
        styles = {self.task: "asyncio", self.thread: "threads"}
        self.memory = Chart("resident memory of each, KiB", min, styles)
        self.start = Chart("time to start each, µs", min, styles)
        deposits = f"balance after {tasks:,} × 1 was paid in at once"
        locks = {"no Lock": "asyncio", "asyncio.Lock": "asyncio"}
        self.balance = Chart(deposits, max, locks)
        self.picture = drawn([self.memory, self.start, self.balance])

    def measure(self, hold_tasks: Hold, hold_threads: Hold, repeat: int = 3) -> None:
        """Measure both `repeat` times, in any order, each in a fresh process."""
        holds = {self.task: hold_tasks, self.thread: hold_threads}
        with one_process_each() as pool:
            for row in sample([*holds] * repeat, 2 * repeat):
                hold = partial(holds[row], self.counts[row])
                memory = pool.apply(call, (hold, resident_memory))
                self.memory.add(row, memory / 1024)
                self.picture.refresh()
                seconds = pool.apply(call, (hold, perf_counter))
                self.start.add(row, seconds * 1e6)
                self.picture.refresh()

    def cost_of_task(self) -> str:
        """Return what one task takes: "1.1 KiB, 4 µs"."""
        return self._cost(self.task)

    def cost_of_thread(self) -> str:
        """Return what one thread takes."""
        return self._cost(self.thread)

    def _cost(self, row: str) -> str:
        memory = self.memory.median(row)
        kib = "" if isnan(memory) else f"{memory:.1f} KiB, "
        return f"{kib}{self.start.median(row):.0f} µs"

    def add_balances(self, without_lock: float, with_lock: float) -> None:
        """Add what is left of the deposits."""
        self.balance.add("no Lock", without_lock)
        self.balance.add("asyncio.Lock", with_lock)
        self.picture.refresh()
