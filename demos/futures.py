"""A call hands back a Future at once: not done, then a result, an error or cancelled.

Run:       invoke demo.futures
Look for:  what the caller gets when it asks too early; what cancel() does to C.
Try next:  invoke demo.futures --ask-after 3.3
           invoke demo.downloader
"""

import asyncio
import concurrent.futures
import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from demos.support import division
from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.history import Scene, show

Job = Callable[[int, int], int]
AsyncJob = Callable[[int, int], Coroutine[Any, Any, int]]
AnyFuture = concurrent.futures.Future[int] | asyncio.Future[int]
Tell = Callable[[str, str], object]  # such as print; pool threads call it, too


def state(future: AnyFuture) -> str:
    """Return what a future can say without waiting."""
    if not future.done():
        return "not done"
    if future.cancelled():  # if so, exception() would raise
        return "cancelled"
    if error := future.exception():
        return type(error).__name__
    return f"result {future.result()}"


def follow(name: str, future: AnyFuture, tell: Tell) -> None:
    """Tell its state: now, and when it is done."""
    tell(name, state(future))
    future.add_done_callback(lambda _: tell(name, state(future)))


def ask(future: AnyFuture, tell: Tell) -> None:
    """Ask for the result, perhaps before the future is done."""
    tell("caller", "asks")
    try:  # not done? concurrent.futures waits, asyncio raises
        tell("caller", f"result {future.result()}")
    except asyncio.InvalidStateError:
        tell("caller", "InvalidStateError")


def in_threads(job: Job, seconds: float, tell: Tell) -> None:
    """Call, in three threads; work for a while, then ask."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        a = pool.submit(job, 42, 6)  # a future, at once
        b = pool.submit(job, 42, 0)  # its error stays in b
        c = pool.submit(job, 42, 7)
        for name, future in {"A": a, "B": b, "C": c}.items():
            follow(name, future, tell)
        time.sleep(seconds)
        tell("C", f"cancel(): {c.cancel()}")  # it has begun
        time.sleep(seconds)
        ask(a, tell)  # a.result() waits until a is done


async def in_event_loop(
    async_job: AsyncJob, job: Job, seconds: float, tell: Tell
) -> None:
    """Call, in the event loop; work for a while, then ask."""
    a = asyncio.create_task(async_job(42, 6))
    b = asyncio.create_task(async_job(42, 0))
    loop = asyncio.get_running_loop()
    c = loop.run_in_executor(None, job, 42, 7)  # in a thread
    for name, future in {"A": a, "B": b, "C": c}.items():
        follow(name, future, tell)
    await asyncio.sleep(seconds)
    c.cancel()  # the future; its thread runs on
    await asyncio.sleep(seconds)
    ask(a, tell)  # a.result() raises if a is not done
    await asyncio.wait([a, b, c])  # asyncio's way: until done


def main(ask_after: Annotated[float, Flag("in seconds", 0.2, 3.6)] = 2) -> str:
    """Call three times, with both kinds of Future."""
    threads = Scene("concurrent.futures.Future", "threads", "works")
    loop = Scene("asyncio.Future", "asyncio", "works")
    async_job, job = division.divide_async, division.divide_and_tell(loop.tell)
    with show([threads, loop], max(division.SECONDS, ask_after)):
        in_threads(division.divide, ask_after / 2, threads.tell)
        asyncio.run(in_event_loop(async_job, job, ask_after / 2, loop.tell))
    division.refuse_disturbed(threads, loop)
    asked = threads.seconds("caller", "works")
    blocked = threads.seconds("caller", "asks")
    seen = f"blocked {blocked:.2f} s, or {loop.whats('caller')[-1]}"
    return f"Asked at {asked:.2f} s: {seen}; no thread was cancelled"


if __name__ == "__main__":
    run(__file__)
