"""Tasks of a TaskGroup end together, cleaned up; gather leaves orphans behind.

Run:       invoke demo.cancellation
Look for:  when the caller goes on, and who still runs then.
Try next:  invoke demo.cancellation --timeout 1.5
           invoke demo.ten-thousand-tasks
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.children import LONGEST, play, refuse_disturbed
from demos.support.flags import Flag
from demos.support.history import Scene, show

Tell = Callable[[str], object]  # such as print
Children = list[Coroutine[Any, Any, None]]  # such as [child(1, False, print)]


async def child(seconds: float, fails: bool, tell: Tell) -> None:
    """Wait, fail perhaps, and clean up in any case."""
    tell("runs")
    try:
        await asyncio.sleep(seconds)  # may be cancelled here
        if fails:
            raise OSError("connection lost")
    finally:  # in any case; an exception then goes on
        tell("cleans up")
        await asyncio.sleep(seconds / 8)


async def in_task_group(children: Children) -> None:
    """If one fails, cancel the others, raise ExceptionGroup."""
    async with asyncio.TaskGroup() as group:  # awaits them all
        for coroutine in children:
            group.create_task(coroutine)


async def in_timeout(seconds: float, children: Children) -> None:
    """If time is over, cancel them, raise TimeoutError."""
    async with asyncio.timeout(seconds):
        await in_task_group(children)


async def in_gather(children: Children) -> None:
    """If one fails, raise its error while the others run on."""
    await asyncio.gather(*children)


def main(timeout: Annotated[float, Flag("seconds allowed", 0.1, 2)] = 0.7) -> str:
    """Play three scenes: TaskGroup, timeout, gather."""
    group_scene = Scene("TaskGroup(): B fails", "asyncio", "waits")
    timeout_scene = Scene(f"timeout({timeout:.3g}): none fails", "asyncio", "waits")
    gather_scene = Scene("gather(): B fails", "asyncio", "waits")
    in_time = partial(in_timeout, timeout)
    with show([group_scene, timeout_scene, gather_scene], LONGEST):
        group_left = asyncio.run(play(group_scene, in_task_group, child, failing="B"))
        timeout_left = asyncio.run(play(timeout_scene, in_time, child))
        gather_left = asyncio.run(play(gather_scene, in_gather, child, failing="B"))
    refuse_disturbed(group_scene, gather_scene)
    by_group = group_scene.count("CancelledError")
    by_timeout = timeout_scene.count("CancelledError")
    return (
        f"TaskGroup cancelled {by_group} and left {group_left} running, "
        f"timeout {by_timeout} and {timeout_left}; gather left {gather_left}"
    )


if __name__ == "__main__":
    run(__file__)
