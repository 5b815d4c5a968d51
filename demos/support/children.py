"""Three children and their parent in a scene: who fails, who is left running."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from demos.support.history import Scene
from demos.support.samples import TooBusy

SECONDS = {"A": 1.2, "B": 0.5, "C": 0.9}  # that each child takes, if it may
LONGEST = 1.4  # seconds: what a scene takes at most, the cleaning up of A included
ENDED = "the demo ended it"  # an orphan, which else would have run on

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
    orphans: set[asyncio.Task[Any]] = set()

    async def told(row: str) -> None:
        try:
            await child(seconds[row], row == failing, partial(scene.tell, row))
            scene.tell(row, "done")
        except BaseException as error:
            ours = asyncio.current_task() in orphans
            scene.tell(row, ENDED if ours else type(error).__name__)
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
    orphans |= asyncio.all_tasks() - {this}
    for row in seconds:
        if scene.steps[row][-1].what == "runs":
            scene.tell(row, "orphan")
    await asyncio.sleep(seconds["B"])
    for orphan in orphans:
        orphan.cancel()
    await asyncio.gather(*orphans, return_exceptions=True)
    return len(orphans)


def refuse_disturbed(*scenes: Scene) -> None:
    """Raise TooBusy where B has failed after another child had stopped by itself."""
    for scene in scenes:
        failed = scene.at("B", "OSError")
        for row in ("A", "C"):
            if scene.at(row, "cleans up") < failed:
                raise TooBusy(
                    f"a child that takes {SECONDS[row]:g} s was over before one "
                    f"of {SECONDS['B']:g} s had failed"
                )
