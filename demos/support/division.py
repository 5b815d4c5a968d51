"""A call that takes its time: a division, in a thread or in the loop."""

import asyncio
import time
from collections.abc import Callable

from demos.support.history import Scene
from demos.support.samples import TooBusy

SECONDS = 3.0
FAILING_SECONDS = 1.9  # a division by zero
APART = 0.1  # seconds; what should be as long in both scenes differs by less


def divide(dividend: int, divisor: int) -> int:
    """Divide slowly; the thread waits meanwhile."""
    time.sleep(SECONDS if divisor else FAILING_SECONDS)
    return dividend // divisor


async def divide_async(dividend: int, divisor: int) -> int:
    """Divide as slowly; the loop goes on meanwhile."""
    await asyncio.sleep(SECONDS if divisor else FAILING_SECONDS)
    return dividend // divisor


def divide_and_tell(tell: Callable[[str, str], object]) -> Callable[[int, int], int]:
    """Return `divide`, which tells of C when it has returned, whoever waits for it."""

    def told(dividend: int, divisor: int) -> int:
        result = divide(dividend, divisor)
        tell("C", f"its job returned {result}")
        return result

    return told


def refuse_disturbed(threads: Scene, loop: Scene) -> None:
    """Raise TooBusy where the machine, not a future, made the steps what they are."""
    if threads.whats("C") != ["not done", "cancel(): False", "result 6"]:
        raise TooBusy("the pool had not begun C when it was cancelled, or had ended it")
    if loop.whats("C") != ["not done", "cancelled", "its job returned 6"]:
        raise TooBusy("the job of C was not under way when its future was cancelled")
    asked, asked_in_loop = (
        scene.seconds("caller", "works") for scene in (threads, loop)
    )
    if abs(asked - asked_in_loop) > APART:
        raise TooBusy(f"the caller asked after {asked:.2f} and {asked_in_loop:.2f} s")
    early, early_in_loop = (
        scene.at("caller", "asks") < scene.at("A", "result 7")
        for scene in (threads, loop)
    )
    if early != early_in_loop:
        raise TooBusy("the result of A came before one caller asked, not the other")
