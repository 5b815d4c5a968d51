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
from demos.support.children import play
from demos.support.flags import Flag
from demos.support.history import Scene, show

Tell = Callable[[str], object]  # print will do
Children = list[Coroutine[Any, Any, None]]


async def child(seconds: float, fails: bool, tell: Tell) -> None:
    """Wait, fail or not, and clean up in any case."""
    tell("runs")
    try:
        await asyncio.sleep(seconds)
        if fails:
            raise OSError("connection lost")
    finally:  # what raised goes on: CancelledError, too
        tell("cleans up")
        await asyncio.sleep(seconds / 8)


async def in_task_group(children: Children) -> None:
    """One fails: cancel the others, await them all."""
    async with asyncio.TaskGroup() as group:
        for child in children:
            group.create_task(child)


async def in_timeout(seconds: float, children: Children) -> None:
    """Time is over: cancel them, await them all."""
    async with asyncio.timeout(seconds):
        await in_task_group(children)


async def in_gather(children: Children) -> None:
    """One fails: go on at once, while the others still run."""
    await asyncio.gather(*children)


def main(timeout: Annotated[float, Flag("seconds allowed", 0.1, 2)] = 0.7) -> str:
    """Play three scenes: TaskGroup, timeout, gather."""
    group = Scene("TaskGroup(): B fails", "asyncio", "waits")
    limit = Scene(f"timeout({timeout:g}): none fails", "asyncio", "waits")
    gather = Scene("gather(): B fails", "asyncio", "waits")
    with show([group, limit, gather], 1.4):
        none = asyncio.run(play(group, in_task_group, child, failing="B"))
        none += asyncio.run(play(limit, partial(in_timeout, timeout), child))
        some = asyncio.run(play(gather, in_gather, child, failing="B"))
    one, other = group.count("CancelledError"), limit.count("CancelledError")
    return (
        f"TaskGroup cancelled {one}, timeout {other}; "
        f"both left {none} orphans, gather {some}."
    )


if __name__ == "__main__":
    run(__file__)
