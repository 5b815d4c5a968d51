"""A call hands back a Future at once: pending, then a result, an error or cancelled.

Run:       invoke demo.futures
Look for:  what the caller does meanwhile, and what it gets when it asks too early.
Try next:  invoke demo.futures --seconds 5
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event
from typing import Annotated

from rich.live import Live

from demos.support.console import console, finish
from demos.support.flags import Flag
from demos.support.history import History, chart

LOOKS = {"pending": ("ready", "░"), "goes on": ("running", "█")}
LOOKS |= {"result()": ("blocked", "▓"), "InvalidStateError": ("waiting", "─")}
Log = Mapping[str, History]
Jobs = Sequence[tuple[Event, float, int]]
AnyFuture = Future[int] | asyncio.Future[int]


def slow(stop: Event, seconds: float, divisor: int) -> int:
    """Divide 42 after so many seconds, or once told to stop."""
    stop.wait(seconds)
    return 42 // divisor


def state(future: AnyFuture) -> str:
    """Return what a handle tells at once, without waiting."""
    if not future.done():
        return "pending"
    if future.cancelled():
        return "■ cancelled"
    if error := future.exception():
        return f"▲ exception {type(error).__name__}"
    return ask(future)


def ask(future: AnyFuture) -> str:
    """Ask for the result, be it there or not."""
    try:
        return f"● result {future.result()}"
    except asyncio.InvalidStateError:
        return "InvalidStateError"


def watch(future: AnyFuture, past: History) -> None:
    """Note what a handle tells: now, and when it is done."""
    past.note(state(future))
    future.add_done_callback(lambda _: past.note(state(future)))


def in_thread(pool: Executor, jobs: Jobs, log: Log) -> None:
    """Call, go on, cancel, and ask for a result too early."""
    futures = [pool.submit(slow, *job) for job in jobs]
    for future, past in zip(futures, log.values(), strict=False):
        watch(future, past)
    log["caller"].note("goes on")
    time.sleep(jobs[0][1] / 2)
    futures[2].cancel()
    log["caller"].note("result()")
    log["caller"].note(ask(futures[0]))


async def in_loop(pool: Executor, jobs: Jobs, log: Log) -> None:
    """Call, go on, cancel, and ask for a result too early."""
    run = asyncio.get_running_loop().run_in_executor
    futures = [run(pool, slow, *job) for job in jobs]
    for future, past in zip(futures, log.values(), strict=False):
        watch(future, past)
    log["caller"].note("goes on")
    await asyncio.sleep(jobs[0][1] / 2)
    futures[2].cancel()
    log["caller"].note("result()")
    log["caller"].note(ask(futures[0]))
    await asyncio.wait(futures)
    log["caller"].note(ask(futures[0]))


def main(seconds: Annotated[float, Flag("a call takes", 0.1, 10)] = 2.5) -> None:
    """Call three times, with both kinds of Future."""
    stop = Event()
    jobs = [(stop, seconds, 1), (stop, seconds * 0.6, 0), (stop, seconds, 1)]
    logs = [{row: History() for row in ("A", "B", "C", "caller")} for _ in range(2)]
    scenes = {"concurrent.futures.Future": logs[0], "asyncio.Future": logs[1]}
    live = Live(console=console, get_renderable=lambda: chart(scenes, LOOKS, seconds))
    with ThreadPoolExecutor(2) as pool, live, ExitStack() as end:
        end.callback(stop.set)  # so that Ctrl-C need not wait for the threads
        in_thread(pool, jobs, logs[0])
        asyncio.run(in_loop(pool, jobs, logs[1]))
    wait, fail = (log["caller"][2][1] - log["caller"][1][1] for log in logs)
    lesson = f"Too early, one blocked {wait:.2f} s; one raised in {fail * 1e6:.0f} µs."
    finish(lesson, "invoke demo.futures --seconds 5")
