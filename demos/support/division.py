"""A call that takes its time: a division, in a thread or in the loop."""

import asyncio
import time

DIVISION_SECONDS = 3.0
FAILING_SECONDS = 1.9  # a division by zero


def divide(dividend: int, divisor: int) -> int:
    """Divide slowly; the thread waits meanwhile."""
    time.sleep(DIVISION_SECONDS if divisor else FAILING_SECONDS)
    return dividend // divisor


async def divide_async(dividend: int, divisor: int) -> int:
    """Divide as slowly; the loop goes on meanwhile."""
    await asyncio.sleep(DIVISION_SECONDS if divisor else FAILING_SECONDS)
    return dividend // divisor
