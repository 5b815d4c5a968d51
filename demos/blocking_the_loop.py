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
from demos.support.heartbeats import PERIOD, Strip, show
from demos.support.jobs import spin
from demos.support.processes import process_pool

Job = Callable[[], object]
Beats = list[float]  # time.monotonic, in seconds
Way = Callable[[], Awaitable[object]]  # to do a job


async def heartbeat(beats: Beats, period: float) -> None:
    """Note when the heart beats, until cancelled."""
    while True:
        beats.append(time.monotonic())
        await asyncio.sleep(period)


async def in_loop(job: Job) -> object:
    """Call the job: until it returns, no other task runs."""
    return job()


async def in_thread(job: Job) -> object:
    """Await the job, which a thread runs."""
    return await asyncio.to_thread(job)


async def in_process(pool: Executor, job: Job) -> object:
    """Await the job, which another process runs."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, job)


async def watch(way: Way, beats: Beats, period: float) -> None:
    """Let the heart beat before, during and after the job."""
    async with asyncio.TaskGroup() as group:
        heart = group.create_task(heartbeat(beats, period))
        await asyncio.sleep(8 * period)
        await way()
        await asyncio.sleep(8 * period)
        heart.cancel()


def main(seconds: Annotated[float, Flag("of the job", 0.01, 1.5)] = 0.5) -> str:
    """Do a job in five ways, each beside a heartbeat."""
    sleep = partial(time.sleep, seconds)
    compute = partial(spin, seconds)
    pool = process_pool(1)
    strips = [
        Strip("time.sleep in the loop", "sync", partial(in_loop, sleep)),
        Strip("computing in the loop", "sync", partial(in_loop, compute)),
        Strip("time.sleep in a thread", "threads", partial(in_thread, sleep)),
        Strip("computing in a thread", "threads", partial(in_thread, compute)),
        Strip(
            "computing in a process", "processes", partial(in_process, pool, compute)
        ),
    ]
    said: list[str] = []
    with pool, show(strips, seconds, said):
        for strip in strips:
            asyncio.run(watch(strip.way, strip.beats, PERIOD))
        said.append(debug_message(in_loop(sleep)))
    lag, free = strips[0].late(), strips[2].late()
    return f"time.sleep({seconds:g}) stopped every task for {lag}; in a thread, {free}."


if __name__ == "__main__":
    run(__file__)
