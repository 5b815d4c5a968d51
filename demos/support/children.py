"""Three children and their parent in a scene: who fails, who is left running."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from demos.support.history import Scene

SECONDS = {"A": 1.2, "B": 0.5, "C": 0.9}  # that each child takes, if it may

Coro = Coroutine[Any, Any, None]
Child = Callable[[float, bool, Callable[[str], object]], Coro]  # seconds, fails, tell
Parent = Callable[[list[Coro]], Coro]


async def play(
    scene: Scene,
    parent: Parent,
    child: Child,
    failing: str = "",
    seconds: Mapping[str, float] = SECONDS,
) -> int:
    """Let `parent` await the children, one of them failing perhaps.

    Return how many it leaves running; these are ended here, in the end.
    """

    async def told(row: str) -> None:
        try:
            await child(seconds[row], row == failing, partial(scene.tell, row))
            scene.tell(row, "done")
        except BaseException as error:
            scene.tell(row, type(error).__name__)
            raise

    this = asyncio.current_task()
    assert this
    try:
        # A task of its own: a group whose child fails while it is itself cancelled
        # (Ctrl-C) raises the one and forgets the other (before Python 3.13).
        await asyncio.create_task(parent([told(row) for row in seconds]))
        scene.tell("caller", "goes on")
    except Exception as error:
        if this.cancelling():
            raise asyncio.CancelledError from None
        scene.tell("caller", type(error).__name__)
    orphans = asyncio.all_tasks() - {this}
    for row in seconds:
        if scene.steps[row][-1].what == "runs":
            scene.tell(row, "orphan")
    await asyncio.sleep(seconds["B"])
    for orphan in orphans:
        orphan.cancel()
    await asyncio.gather(*orphans, return_exceptions=True)
    return len(orphans)
