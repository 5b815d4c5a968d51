"""A step that does not give back control stops every task; a thread frees the loop.

Run:       invoke demo.blocking-the-loop
Look for:  a dot is a heartbeat, due every 50 ms; red is the loop standing still.
Try next:  invoke demo.blocking-the-loop --seconds 1.5
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from functools import partial
from typing import Annotated

from rich.live import Live
from rich.table import Table

from demos.support.console import console, finish
from demos.support.debug_mode import debug_messages
from demos.support.drawing import Span, heartbeats, lane, worst_lag
from demos.support.flags import Flag
from demos.support.jobs import spin
from demos.support.measure import python
from demos.support.processes import process_pool

PERIOD = 0.05  # seconds from one heartbeat to the next
MARGIN = 0.3  # seconds of heartbeat before and after the job
Job = Callable[[float], object]
Run = tuple[str, Callable[[Job, float], Awaitable[None]], Job, list[float]]


async def heartbeat(beats: list[float]) -> None:
    """Beat until cancelled."""
    while True:
        beats.append(time.monotonic())
        await asyncio.sleep(PERIOD)


async def in_loop(job: Job, seconds: float) -> None:
    """Call the job: until it returns, no other task runs."""
    job(seconds)


async def in_thread(job: Job, seconds: float) -> None:
    """Await the job, which a thread runs."""
    await asyncio.to_thread(job, seconds)


async def in_process(pool: Executor, job: Job, seconds: float) -> None:
    """Await the job, which another process runs."""
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(pool, job, seconds)


async def watch(run: Run, seconds: float) -> None:
    """Let the heart beat before, during and after the job."""
    _, way, job, beats = run
    async with asyncio.TaskGroup() as group:
        heart = group.create_task(heartbeat(beats))
        await asyncio.sleep(MARGIN)
        await way(job, seconds)
        await asyncio.sleep(MARGIN)
        heart.cancel()


def picture(runs: list[Run], seconds: float, said: list[str]) -> Table:
    """Draw the heartbeats of each run, under the time that the job takes."""
    end, width = seconds + 2 * MARGIN, console.width - 48
    job = Span(MARGIN, MARGIN + seconds, "bold", "━")
    key = "[running]●[/] heartbeat, every 50 ms   [blocked]▓[/] the loop stands still"
    table = Table(box=None, show_header=False, padding=(0, 1, 1, 0), title=key)
    table.caption = "\n".join(said)
    table.add_row(f"job of {seconds} s", lane([job], end, width))
    for label, _, _, beats in [run for run in runs if run[-1]]:  # those that beat
        now = min(time.monotonic(), beats[0] + end)
        strip = heartbeats(beats, PERIOD, now, end, width)
        lag = worst_lag([*beats, now], PERIOD)
        word = "[blocked]BLOCKED" if lag > seconds / 2 else "[done]beats on"
        table.add_row(label, strip, f"{lag * 1000:3.0f} ms late", word)
    return table


def main(seconds: Annotated[float, Flag("of the job", 0.2, 2)] = 0.5) -> None:
    """Do a job in five ways, each beside a heartbeat."""
    said = [f"{python()}; what its debug mode says of time.sleep:"]
    with process_pool(1) as pool:
        runs: list[Run] = [
            ("[sync]time.sleep", in_loop, time.sleep, []),
            ("[sync]CPU loop", in_loop, spin, []),
            ("[threads]to_thread: time.sleep", in_thread, time.sleep, []),
            ("[threads]to_thread: CPU loop", in_thread, spin, []),
            ("[processes]process pool: CPU loop", partial(in_process, pool), spin, []),
        ]
        with Live(console=console, get_renderable=lambda: picture(runs, seconds, said)):
            for run in runs:
                asyncio.run(watch(run, seconds))
            said += debug_messages(in_loop(time.sleep, 0.2))
    late = [f"{worst_lag(run[-1], PERIOD) * 1000:.0f} ms" for run in runs]
    lesson = f"time.sleep stopped every task for {late[0]}; in a thread, for {late[2]}."
    finish(lesson, "invoke demo.blocking-the-loop --seconds 1.5")
