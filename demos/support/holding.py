"""Three charts: what a waiting task or thread takes, and what became of deposits."""

import multiprocessing
from collections.abc import Callable
from math import isnan, nan
from time import perf_counter
from typing import Any

from demos.support.bars import Chart, drawn
from demos.support.cores import refuse_shared, share_of_cores
from demos.support.memory import resident_memory
from demos.support.processes import call, one_process_each
from demos.support.rounds import in_rounds
from demos.support.samples import LEAST, Sample, TooBusy, refuse_unsteady

MEASURING = 3.5  # seconds, for five rounds of so many:
TASKS, THREADS = 10_000, 2_000
SPARE = 64 * 1024  # bytes, of pages of 4 KiB that are taken some at a time

# Gets how many are to wait, and what to measure (before, and when all wait): returns
# by how much it grew for each.
Hold = Callable[[int, Callable[[], float]], Any]


class Charts:
    """The charts, for so many tasks and threads."""

    def __init__(self, tasks: int, threads: int) -> None:
        self.task = f"{tasks:,} × task"
        self.thread = f"{threads:,} × thread"
        self.counts = {self.task: tasks, self.thread: threads}
        self.seconds = MEASURING * max(1, tasks / TASKS, threads / THREADS)
        styles = {self.task: "asyncio", self.thread: "threads"}
        self.memory = Chart("resident memory of each, KiB", min, styles)
        self.start = Chart("time to start each, µs", min, styles)
        deposits = f"balance after {tasks:,} × 1 was paid in at once"
        locks = {"no Lock": "asyncio", "asyncio.Lock": "asyncio"}
        self.balance = Chart(deposits, max, locks, counted=True)
        self.shares: list[float] = []  # of the cores, before and after
        self.picture = drawn([self.memory, self.start, self.balance])

    def measure(self, hold_tasks: Hold, hold_threads: Hold) -> None:
        """Measure both in rounds, each time in a fresh process; one of each warms up.

        Raises TooBusy where that takes too long.
        """
        holds = {self.task: hold_tasks, self.thread: hold_threads}
        self._ask_for_cores()
        with one_process_each() as pool:
            end = perf_counter() + 2 * self.seconds
            for number, row in in_rounds([*holds], self._settled, self.seconds):
                count = self.counts[row] if number else 1
                job = pool.apply_async(cost_of_each, (holds[row], count))
                try:  # a busy machine may take seconds for one
                    memory, seconds = job.get(max(end - perf_counter(), 0))
                except multiprocessing.TimeoutError:
                    seen = f"{2 * self.seconds:.0f} s were not enough to measure"
                    raise TooBusy(seen) from None
                if number:
                    self.memory.add(row, memory / 1024)
                    self.start.add(row, seconds * 1e6)
                    self.picture.refresh()
        self._ask_for_cores()

    def _ask_for_cores(self) -> None:
        """Keep the share of the cores: while threads end by the thousand, it is low."""
        self.shares += [share_of_cores() for _ in range(LEAST)]

    def refuse_busy(self) -> None:
        """Raise TooBusy if others had a good part of the cores meanwhile.

        Or if all the tasks, or threads, once took twice as long to start. Call it when
        the picture has ended: it stays.
        """
        refuse_shared(self.shares)
        refuse_unsteady(
            Sample([each * self.counts[row] / 1e6 for each in values])
            for row, values in self.start.values.items()
        )

    def cost_of_task(self) -> str:
        """Return what one task takes: "1.1 KiB, 3.5 µs"."""
        return self._cost(self.task)

    def cost_of_thread(self) -> str:
        """Return what one thread takes; "≈" is before what a task may take, too."""
        return self._cost(self.thread)

    def _cost(self, row: str) -> str:
        costs = []
        for chart, unit in ((self.memory, "KiB"), (self.start, "µs")):
            cost, task = chart.sample(row), chart.sample(self.task)
            alike = row != self.task and cost.compare(task) == "≈"
            if not isnan(cost.median):
                digits = 1 if cost.median < 100 else 0
                words = f"{cost.median:,.{digits}f} {unit}"
                costs.append(f"≈ {words}" if alike else words)
        return ", ".join(costs)

    def add_balances(self, without_lock: float, with_lock: float) -> None:
        """Add what is left of the deposits."""
        self.balance.add("no Lock", without_lock)
        self.balance.add("asyncio.Lock", with_lock)
        self.picture.refresh()

    def _settled(self) -> bool:
        return self.memory.settled() and self.start.settled()


def cost_of_each(hold: Hold, count: int) -> tuple[float, float]:
    """Return the bytes and the seconds that each of `count` that wait has taken.

    The bytes are NaN where they are too few to tell. To be called in a fresh process:
    in another one, there is memory to be used again.
    """
    moments = []  # before and after the memory was read, which takes its time, too

    def measure() -> float:
        began = perf_counter()
        memory = resident_memory()
        moments.append((began, perf_counter()))
        return memory

    memory = call(hold, count, measure)
    (_, start), (end, _) = moments
    return memory if memory * count > SPARE else nan, (end - start) / count
