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

from demos.support.console import console, finish
from demos.support.flags import Flag
from demos.support.history import History, chart

Children = list[Coroutine[Any, Any, None]]
Parent = Callable[[Children], Awaitable[None]]
Scene = dict[str, History]  # of A, B, C and their caller
SECONDS = (1.2, 0.5, 0.9)  # how long A, B and C run
LOOKS = {"running": ("running", "█"), "▲ orphan": ("failed", "▓"), "waits": ("", "─")}
LOOKS |= dict.fromkeys(["● done", "▲ OSError", "■ CancelledError"], ("ready", "▒"))


async def child(seconds: float, fails: bool, log: History) -> None:
    """Run, fail or not, and clean up in any case."""
    log.note("running")
    try:
        await asyncio.sleep(seconds)
        if fails:
            log.note("▲ OSError")
            raise OSError("connection lost")
        log.note("● done")
    except asyncio.CancelledError:
        log.note("■ CancelledError")
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


async def play(
    parent: Parent, b_fails: bool, scene: Scene, seconds: Sequence[float]
) -> int:
    """Await three children; return how many orphans that leaves, and end them."""
    *logs, caller = scene.values()
    jobs = zip(seconds, (False, b_fails, False), logs, strict=True)
    caller.note("waits")
    try:
        await parent([child(*job) for job in jobs])
    except Exception as error:
        caller.note(f"▲ got {type(error).__name__}")
    orphans = asyncio.all_tasks() - {asyncio.current_task()}
    for log in logs:
        if log[-1][0] == "running":
            log.note("▲ orphan")
    await asyncio.sleep(seconds[1])
    for orphan in orphans:
        orphan.cancel()
    await asyncio.gather(*orphans, return_exceptions=True)
    return len(orphans)


def main(timeout: Annotated[float, Flag("seconds allowed", 0.1, 1.1)] = 0.7) -> None:
    """Play three scenes: TaskGroup, timeout, gather."""
    acts: dict[str, tuple[Parent, bool]] = {
        "TaskGroup(): B fails": (in_task_group, True),
        f"timeout({timeout}): none fails": (partial(in_timeout, timeout), False),
        "gather(): B fails": (in_gather, True),
    }
    scenes = {
        act: {row: History() for row in ("A", "B", "C", "caller")} for act in acts
    }
    with Live(console=console, get_renderable=lambda: chart(scenes, LOOKS, 1.5)):
        orphans = [asyncio.run(play(*acts[act], scenes[act], SECONDS)) for act in acts]
    lesson = "orphans left behind: TaskGroup {}, timeout {}, gather {}".format(*orphans)
    finish(lesson, "invoke demo.cancellation --timeout 0.4")
