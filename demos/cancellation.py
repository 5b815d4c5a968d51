"""Tasks of a TaskGroup end together, cleaned up; gather leaves orphans behind.

Run:       invoke demo.cancellation
Look for:  when the caller goes on; ▒ is a finally block at work, red an orphan.
Try next:  invoke demo.cancellation --timeout 0.4
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Annotated, Any

from rich.live import Live
from rich.table import Table

from demos.support.commands import Flag
from demos.support.console import console, finish
from demos.support.history import History

Children = list[Coroutine[Any, Any, None]]
Scene = tuple[str, Callable[[Children], Awaitable[None]], bool, list[History]]
LOOKS = {"running": ("running", "█"), "orphan": ("failed", "▓"), "waits": ("note", "─")}
LOOKS |= dict.fromkeys(["done", "OSError", "CancelledError"], ("ready", "▒"))


async def child(seconds: float, fails: bool, log: History) -> None:
    """Run, fail or not, and clean up in any case."""
    log.note("running")
    try:
        await asyncio.sleep(seconds)
        if fails:
            raise OSError("connection lost")
        log.note("done")
    except BaseException as error:
        log.note(type(error).__name__)
        raise
    finally:
        await asyncio.sleep(seconds / 8)
        log.note("finally")


async def in_task_group(children: Children) -> None:
    """One fails: cancel the others, go on when all have ended."""
    async with asyncio.TaskGroup() as group:
        for child in children:
            group.create_task(child)


async def in_timeout(seconds: float, children: Children) -> None:
    """Time is over: cancel them, go on when all have ended."""
    async with asyncio.timeout(seconds):
        await in_task_group(children)


async def in_gather(children: Children) -> None:
    """One fails: go on at once, while the others still run."""
    await asyncio.gather(*children)


async def play(scene: Scene, seconds: Sequence[float]) -> int:
    """Await three children, go on for a while; return how many are orphans."""
    _, parent, fails, (*logs, caller) = scene
    caller.note("waits")
    jobs = zip(seconds, (False, fails, False), logs, strict=True)
    try:
        await parent([child(*job) for job in jobs])
    except Exception as error:
        caller.note(f"goes on: {type(error).__name__}")
    orphans = [log for log in logs if log[-1][0] == "running"]
    for log in orphans:
        log.note("orphan")
    await asyncio.sleep(seconds[1])
    return len(orphans)  # asyncio.run, before it ends, cancels and awaits them


def picture(scenes: list[Scene]) -> Table:
    """Draw each scene: a lane for each child and one for their caller."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for title, _, _, logs in scenes:
        table.add_row("", f"[lesson]{title}")
        for name, log in zip(("A", "B", "C", "caller"), logs, strict=True):
            strip = log.lane(LOOKS, 1.5, console.width - 46)
            table.add_row(name, strip, " → ".join(step for step, _ in log[1:]))
        table.add_row()
    return table


def main(timeout: Annotated[float, Flag("seconds allowed", 0.1, 1.1)] = 0.7) -> None:
    """Play three scenes: TaskGroup, timeout, gather."""
    logs = [[History() for _ in range(4)] for _ in range(3)]
    in_time = partial(in_timeout, timeout)
    scenes: list[Scene] = [
        ("async with TaskGroup(): B fails", in_task_group, True, logs[0]),
        (f"async with timeout({timeout}): none fails", in_time, False, logs[1]),
        ("await gather(): B fails", in_gather, True, logs[2]),
    ]
    with Live(console=console, get_renderable=lambda: picture(scenes)):
        orphans = [asyncio.run(play(scene, (1.2, 0.5, 0.9))) for scene in scenes]
    lesson = "orphans left behind: TaskGroup {}, timeout {}, gather {}".format(*orphans)
    finish(lesson, "invoke demo.cancellation --timeout 0.4")
