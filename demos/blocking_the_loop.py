"""A step that does not give back control stops every task; a thread frees the loop.

Run:       invoke demo.blocking-the-loop
Look for:  a dot is a heartbeat, due every 50 ms; red is the loop standing still;
           below, what a thread costs: a place in a pool, and no cancel().
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
from demos.support.flags import Flag
from demos.support.heartbeats import PERIOD, Picture
from demos.support.jobs import spin
from demos.support.processes import process_pool

Beats = list[float]  # when each was, in seconds
Job = Callable[[], object]
Work = Callable[[], Awaitable[object]]


async def heartbeat(beats: Beats, period: float) -> None:
    """Record the time of each beat, until cancelled."""
    while True:
        beats.append(time.monotonic())
        await asyncio.sleep(period)


async def in_loop(job: Job) -> object:
    """Call the job: no other task can run."""
    return job()


async def in_thread(job: Job) -> object:
    """Await it in a thread: if it waits."""
    return await asyncio.to_thread(job)


async def in_process(
    pool: Executor,
    job: Job,
) -> object:
    """Await it in a process: if it computes."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, job)


async def in_threads(count: int, job: Job) -> None:
    """Await it `count` times: what finds no thread waits."""
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(in_thread(job))


async def in_time(seconds: float, job: Job) -> object:
    """If time is over, stop waiting: the thread runs on."""
    async with asyncio.timeout(seconds):
        return await in_thread(job)


async def watch(work: Work, beats: Beats, period: float) -> None:
    """Let the heart beat before, during and after some work."""
    async with asyncio.TaskGroup() as group:
        heart = group.create_task(heartbeat(beats, period))
        await asyncio.sleep(4 * period)  # for some beats before
        await work()
        await asyncio.sleep(4 * period)  # and for some after
        heart.cancel()  # or the group would wait for ever


def main(seconds: Annotated[float, Flag("of the job", 0.01, 1.5)] = 0.5) -> str:
    """Do a job in five ways, each beside a heartbeat; see what threads cost."""
    waiting = partial(time.sleep, seconds)
    computing = partial(spin, seconds)
    picture = Picture(seconds)
    with process_pool(1) as pool, picture.live():
        blocked = picture.add("time.sleep", "in the loop", partial(in_loop, waiting))
        picture.add("computing", "in the loop", partial(in_loop, computing))
        freed = picture.add("time.sleep", "in a thread", partial(in_thread, waiting))
        picture.add("computing", "in a thread", partial(in_thread, computing))
        picture.add("computing", "in a process", partial(in_process, pool, computing))
        for strip in picture.to_watch():
            asyncio.run(watch(strip.work_measured, strip.beats, PERIOD))
        picture.measure_pool(in_threads)
        picture.measure_timeout(in_time)
        picture.ask_debug_mode(in_loop(waiting))
    picture.refuse_impossible()
    return picture.lesson(blocked, freed)


if __name__ == "__main__":
    run(__file__)
