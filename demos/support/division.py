"""A call that takes its time: a division, in a thread or in the loop."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

SECONDS, FAILING = 3.0, 1.9  # that a division takes, and one by zero


@contextmanager
def slow_division() -> Iterator[Callable[[int, int], int]]:
    """Provide a slow function; in the end it need not be waited for (Ctrl-C, say)."""
    stop = Event()

    def divide(dividend: int, divisor: int) -> int:
        stop.wait(SECONDS if divisor else FAILING)
        return dividend // divisor

    try:
        yield divide
    finally:
        stop.set()


async def divide_async(dividend: int, divisor: int) -> int:
    """Divide as slowly."""
    await asyncio.sleep(SECONDS if divisor else FAILING)
    return dividend // divisor
