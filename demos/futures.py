"""A call hands back a Future at once: pending, then a result, an error or cancelled.

Run:       invoke demo.futures
Look for:  what the caller does meanwhile, and what it gets when it asks too early.
Try next:  invoke demo.futures --ask-after 3.3
           invoke demo.downloader
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.division import SECONDS, divide_async, slow_division
from demos.support.flags import Flag
from demos.support.history import Scene, show

Tell = Callable[[str, str], object]  # who does what: print will do
Job = Callable[..., Any]  # for call_async, a coroutine function
AnyFuture = Future[int] | asyncio.Future[int]


def state(future: AnyFuture) -> str:
    """Return what a future tells at once."""
    if not future.done():
        return "pending"
    if future.cancelled():
        return "cancelled"
    if error := future.exception():
        return type(error).__name__
    return f"result {future.result()}"


def follow(name: str, future: AnyFuture, tell: Tell) -> None:
    """Tell its state: now, and when it is done."""
    tell(name, state(future))
    future.add_done_callback(lambda _: tell(name, state(future)))


def ask(future: AnyFuture, tell: Tell) -> str:
    """Ask for the result, be it there or not."""
    tell("caller", "asks")
    try:
        answer = f"result {future.result()}"  # blocks, or raises
    except asyncio.InvalidStateError:
        answer = "InvalidStateError"
    tell("caller", answer)
    return answer


def call(pool: Executor, job: Job, work: Job, tell: Tell) -> str:
    """Call, do other work, and ask for a result."""
    a = pool.submit(job, 42, 6)
    b = pool.submit(job, 42, 0)
    c = pool.submit(job, 42, 7)
    follow("A", a, tell)
    follow("B", b, tell)
    follow("C", c, tell)
    work()
    c.cancel()  # no thread has begun it
    work()
    return ask(a, tell)


async def call_async(job: Job, work: Job, tell: Tell) -> str:
    """Call, do other work, and ask for a result."""
    a = asyncio.create_task(job(42, 6))
    b = asyncio.create_task(job(42, 0))
    c = asyncio.create_task(job(42, 7))
    follow("A", a, tell)
    follow("B", b, tell)
    follow("C", c, tell)
    await work()
    c.cancel()
    await work()
    answer = ask(a, tell)
    await asyncio.wait([a, b, c])
    return answer


def main(ask_after: Annotated[float, Flag("in seconds", 0, 3.6)] = 2) -> str:
    """Call three times, with both kinds of Future."""
    threads = Scene("concurrent.futures.Future", "threads", "works")
    tasks = Scene("asyncio.Future", "asyncio", "works")
    work = partial(time.sleep, ask_after / 2)
    work_async = partial(asyncio.sleep, ask_after / 2)
    live = show([threads, tasks], max(SECONDS, ask_after))
    with ThreadPoolExecutor(2) as pool, live, slow_division() as divide:
        call(pool, divide, work, threads.tell)
        answer = asyncio.run(call_async(divide_async, work_async, tasks.tell))
    wait = threads.seconds("caller", "asks")
    return f"Asked at {ask_after:g} s, one blocked {wait:.2f} s; the other: {answer}."


if __name__ == "__main__":
    run(__file__)
