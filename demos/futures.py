"""A call hands back a Future at once: pending, then a result, an error or cancelled.

Run:       invoke demo.futures
Look for:  what the caller does meanwhile, and what it gets when it asks too early.
Try next:  invoke demo.futures --ask-after 3.3
           invoke demo.downloader
"""

import asyncio
import concurrent.futures
import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.division import DIVISION_SECONDS, divide, divide_async
from demos.support.flags import Flag
from demos.support.history import Scene, show

Job = Callable[[int, int], int]
AsyncJob = Callable[[int, int], Coroutine[Any, Any, int]]
AnyFuture = concurrent.futures.Future[int] | asyncio.Future[int]
Tell = Callable[[str, str], object]  # such as print; pool threads call it, too


def state(future: AnyFuture) -> str:
    """Return what a future can say without waiting."""
    if not future.done():
        return "pending"
    if future.cancelled():  # if so, exception() would raise
        return "cancelled"
    if error := future.exception():
        return type(error).__name__
    return f"result {future.result()}"


def follow(name: str, future: AnyFuture, tell: Tell) -> None:
    """Tell its state: now, and when it is done."""
    tell(name, state(future))
    future.add_done_callback(lambda _: tell(name, state(future)))


def ask(future: AnyFuture, tell: Tell) -> str:
    """Ask for the result, perhaps before the future is done."""
    tell("caller", "asks")
    try:  # not done? concurrent.futures waits, asyncio raises
        answer = f"result {future.result()}"
    except asyncio.InvalidStateError:
        answer = "InvalidStateError"
    tell("caller", answer)
    return answer


def in_threads(job: Job, work: float, tell: Tell) -> str:
    """Call, in two threads; work for a while, then ask."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        a = pool.submit(job, 42, 6)
        b = pool.submit(job, 42, 0)  # its error stays in b
        c = pool.submit(job, 42, 7)
        follow("A", a, tell)
        follow("B", b, tell)
        follow("C", c, tell)
        time.sleep(work)
        c.cancel()  # it has not begun: both threads are busy
        time.sleep(work)
        return ask(a, tell)


async def in_loop(job: AsyncJob, work: float, tell: Tell) -> str:
    """Call, in the event loop; work for a while, then ask."""
    a = asyncio.create_task(job(42, 6))
    b = asyncio.create_task(job(42, 0))
    c = asyncio.create_task(job(42, 7))
    follow("A", a, tell)
    follow("B", b, tell)
    follow("C", c, tell)
    await asyncio.sleep(work)
    c.cancel()  # it has begun, and is cancelled at its await
    await asyncio.sleep(work)
    answer = ask(a, tell)
    await a  # asyncio's way to wait for a result
    await asyncio.wait([b, c])  # until both are done
    return answer


def main(ask_after: Annotated[float, Flag("in seconds", 0, 3.6)] = 2) -> str:
    """Call three times, with both kinds of Future."""
    threads = Scene("concurrent.futures.Future", "threads", "works")
    tasks = Scene("asyncio.Future", "asyncio", "works")
    with show([threads, tasks], max(DIVISION_SECONDS, ask_after)):
        in_threads(divide, ask_after / 2, threads.tell)
        answer = asyncio.run(in_loop(divide_async, ask_after / 2, tasks.tell))
    wait = threads.seconds("caller", "asks")
    asked = f"Asked at {ask_after:.3g} s"
    return f"{asked}: concurrent.futures blocked {wait:.2f} s; asyncio: {answer}"


if __name__ == "__main__":
    run(__file__)
