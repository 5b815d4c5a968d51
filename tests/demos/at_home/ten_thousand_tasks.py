"""Count what waits, by asyncio's and threading's own means, and let deposits race."""

import asyncio
import threading

from lesson import (
    balance_after,
    deposit_racy,
    deposit_safe,
    hold_tasks,
    hold_threads,
)


def tasks():
    return len(asyncio.all_tasks())


assert asyncio.run(hold_tasks(100, tasks)) == 1
assert hold_threads(20, threading.active_count) == 1
assert asyncio.run(balance_after(100, deposit_racy)) == 1
assert asyncio.run(balance_after(100, deposit_safe)) == 100
