"""A step that does not give back control stops every task; a thread frees the loop.

Run:       invoke demo.blocking-the-loop
Look for:  a dot is a heartbeat, due every 50 ms; red is the loop standing still.
Try next:  invoke demo.blocking-the-loop --seconds 0.02
           invoke demo.cancellation
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from functools import partial
from typing import Annotated

from demos.support.catalog import run
from demos.support.debug_mode import debug_message
from demos.support.flags import Flag
from demos.support.heartbeats import PERIOD, Picture, Strip
from demos.support.jobs import spin
from demos.support.processes import process_pool

Job = Callable[[], object]
Way = Callable[[Job], Awaitable[object]]  # to do a job


async def heartbeat(beats: list[float], period: float) -> None:
    """Record the time of each beat, until cancelled."""
    while True:
        beats.append(time.monotonic())
        await asyncio.sleep(period)


async def in_loop(job: Job) -> object:
    """Call the job: until it returns, no other task runs."""
    return job()


async def in_thread(job: Job) -> object:
    """Await the job in a thread: enough for one that waits."""
    return await asyncio.to_thread(job)


async def in_process(pool: Executor, job: Job) -> object:
    """Await the job in a process: for one that computes."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, job)  # its own GIL


async def watch(
    way: Way,
    job: Job,
    beats: list[float],
    period: float,
) -> None:
    """Let the heart beat before, during and after a job."""
    async with asyncio.TaskGroup() as group:
        heart = group.create_task(heartbeat(beats, period))
        await asyncio.sleep(8 * period)  # for some beats before
        await way(job)
        await asyncio.sleep(8 * period)  # and for some after
        heart.cancel()  # or the group would wait for ever


def main(seconds: Annotated[float, Flag("of the job", 0.01, 1.5)] = 0.5) -> str:
    """Do a job in five ways, each beside a heartbeat."""
    waiting = partial(time.sleep, seconds)
    computing = partial(spin, seconds)
    pool = process_pool(1)
    in_process_pool = partial(in_process, pool)
    waiting_in_loop = Strip("time.sleep in the loop", "sync", in_loop, waiting)
    waiting_in_thread = Strip("time.sleep in a thread", "threads", in_thread, waiting)
    strips = [
        waiting_in_loop,
        Strip("computing in the loop", "sync", in_loop, computing),
        waiting_in_thread,
        Strip("computing in a thread", "threads", in_thread, computing),
        Strip("computing in a process", "processes", in_process_pool, computing),
    ]
    picture = Picture(strips, seconds)
    with pool, picture.live():
        for strip in strips:
            asyncio.run(watch(strip.way, strip.job, strip.beats, PERIOD))
        picture.debug_message = debug_message(in_loop(waiting))
    return (
        f"time.sleep({seconds:g}) stopped every task for {waiting_in_loop.late()}; "
        f"in a thread, {waiting_in_thread.late()}"
    )


if __name__ == "__main__":
    run(__file__)
