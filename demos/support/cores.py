"""How much of the cores a program gets: less than all of them, if others compute."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter, thread_time

from demos.support.machine import usable_cores
from demos.support.samples import TooBusy

BLOCK = bytes(2**20)  # to hash: C code that releases the GIL, for about a millisecond
PROBE = 0.03  # seconds
FREE = 0.8  # of all cores: the rest is more than an idle machine and the stage need


def share_of_cores() -> float:
    """Return which part of the usable cores as many busy threads get: 1 is all."""
    cores = usable_cores()
    with ThreadPoolExecutor(cores) as pool:
        shares = list(pool.map(_share_of_one, [PROBE] * cores))
    return sum(shares) / cores


def _share_of_one(seconds: float) -> float:
    """Compute for some seconds; return which part of them a core was there for it."""
    began, cpu = perf_counter(), thread_time()
    while (took := perf_counter() - began) < seconds:
        hashlib.sha256(BLOCK)
    return (thread_time() - cpu) / took


def refuse_shared(shares: Sequence[float]) -> None:
    """Raise TooBusy if a good part of the cores was not to be had, by the median."""
    if (share := median(shares)) < FREE:
        cores = usable_cores()
        had = share * cores
        raise TooBusy(f"of {cores} cores, there were {had:.1f} to be had")
