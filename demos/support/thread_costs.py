"""What asyncio.to_thread costs: a place in a pool, and that it cannot be cancelled."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from demos.support.samples import TooBusy

MANY = 40  # jobs: more than the default pool has threads on any machine
SHORT = 0.05  # seconds that each of these waits
PATIENCE, PATIENT = 0.1, 0.3  # seconds: of the timeout, and of the job that it leaves

Job = Callable[[], object]


def counted_cores() -> int:
    """Return the cores that count for the pool (documentation: ThreadPoolExecutor)."""
    if hasattr(os, "process_cpu_count"):  # from Python 3.13
        return os.process_cpu_count() or 1
    return os.cpu_count() or 1


def pool_size() -> int:
    """Return how many threads `to_thread` has."""
    return min(32, counted_cores() + 4)


class Crowd:
    """A job that waits, and tells when each call began, and how many ran at once."""

    def __init__(self) -> None:
        self.began: list[float] = []  # time.monotonic, seconds
        self.running = 0
        self.most = 0
        self.lock = threading.Lock()

    def __call__(self) -> None:
        """Wait, counted."""
        with self.lock:
            self.began.append(time.monotonic())
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(SHORT)
        with self.lock:
            self.running -= 1


class Pool(NamedTuple):
    """How many threads ran at once, and by how much the last began after the first."""

    most: int
    waited: float  # seconds

    def words(self) -> str:
        """Say so in a line."""
        return (
            f"{MANY} × to_thread: {self.most} at once, min(32, {counted_cores()} + 4); "
            f"the last began {self.waited * 1000:.0f} ms later"
        )

    def refuse_impossible(self) -> None:
        """Raise TooBusy unless all threads of the pool ran at once."""
        if self.most != pool_size():
            raise TooBusy(f"{self.most} of {pool_size()} threads ran at once")


class GivenUp(NamedTuple):
    """When a timeout gave up, when the job in its thread was over, and asyncio.run.

    In seconds from the start; 0 is never.
    """

    timeout: float
    thread: float
    run: float

    def words(self) -> str:
        """Say so in a line."""
        timeout, thread, run = (f"{moment * 1000:.0f}" for moment in self)
        return (
            f"timeout({PATIENCE:g}) gave up at {timeout} ms; "
            f"its thread ended at {thread}, asyncio.run at {run} ms"
        )

    def refuse_impossible(self) -> None:
        """Raise TooBusy unless the thread ran on."""
        if not 0 < self.timeout < self.thread:
            raise TooBusy(
                f"a job of {PATIENT:g} s was not under way "
                f"when a timeout of {PATIENCE:g} s was over"
            )


def pool_measured(
    in_threads: Callable[[int, Job], Coroutine[Any, Any, object]],
) -> Pool:
    """Have a job done many times at once, by coroutines in threads."""
    crowd = Crowd()
    asyncio.run(in_threads(MANY, crowd))
    return Pool(crowd.most, max(crowd.began) - min(crowd.began))


def timeout_measured(
    in_time: Callable[[float, Job], Coroutine[Any, Any, object]],
) -> GivenUp:
    """Have a job done in a thread, with a timeout that is shorter."""
    ends: list[float] = []

    def job() -> None:
        time.sleep(PATIENT)
        ends.append(time.monotonic())

    async def given_up() -> float:
        try:
            await in_time(PATIENCE, job)
        except TimeoutError:
            return time.monotonic() - began
        return 0.0

    began = time.monotonic()
    timeout = asyncio.run(given_up())
    run = time.monotonic() - began
    return GivenUp(timeout, max(ends, default=began) - began, run)
