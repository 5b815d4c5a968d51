"""What may be said of a race of downloads: nothing that its figures do not show."""

from collections.abc import Sequence
from itertools import combinations, takewhile
from math import ceil
from time import get_clock_info

from demos.support.download.variants import Variant
from demos.support.samples import LEAST, Sample, TooBusy, refuse_unsteady

ALIKE = 0.2  # of a time: a smaller difference is none of the lesson
TICK = get_clock_info("monotonic").resolution  # seconds that a timer may be early


def refuse_odd(variants: Sequence[Variant]) -> None:
    """Raise TooBusy if a run was faster than can be, or one took twice as long."""
    raced = [variant for variant in variants if not variant.skipped]
    for variant in raced:
        early = TICK * ceil(len(variant.latencies) / variant.limit)
        least, _ = variant.time.range
        if least < variant.bound - early:
            bound = f"{variant.bound:.3f} s are the least that can be"
            raise TooBusy(f"{variant.name} took {least:.3f} s, where {bound}")
    refuse_unsteady(variant.time for variant in raced)


def what_was_seen(alone: Variant, threads: Variant, tasks: Variant) -> str:
    """Return the closing line of a race of all three ways.

    Where it took too long to run the first one, its lower bound stands for it. What was
    run once or twice is not compared.
    """
    line = f"{threads.limit:,} at once:"
    both = (threads, tasks)
    raced = both if alone.skipped else (alone, *both)
    if any(len(way.times) < LEAST for way in raced):
        return f"{line} {medians(raced)}"
    slow = Sample([alone.bound], counted=True) if alone.skipped else alone.time
    factors = [f"{way.name} {faster(way.time, slow)}" for way in both]
    sign = " ≈ " if threads.time.compare(tasks.time) == "≈" else ", "
    if alone.skipped:
        return f"{line} {sign.join(factors)} as fast as one by one at best"
    if all(alike(one.time, other.time) for one, other in combinations(raced, 2)):
        return f"{line} {medians(raced)}: all alike"
    twice = all(way.time.compare(slow, margin=1.0) == "less" for way in both)
    if twice and alike(threads.time, tasks.time):
        return f"{line} {', '.join(factors)}: concurrency wins, not asyncio"
    return f"{line} {sign.join(factors)}"


def what_was_swept(steps: Sequence[Sequence[Variant]]) -> str:
    """Return the closing line of two ways with an ever higher limit."""
    last = steps[-1]
    line = f"Limit {last[0].limit:,}:"
    if any(len(way.times) < LEAST for way in last):
        return f"{line} {medians(last)}"
    fast, slow = sorted(last, key=lambda way: way.time.median)
    if fast.time.compare(slow.time) == "≈":
        return f"{line} {medians(last)}: not told apart"
    factor = faster(fast.time, slow.time)
    same = [*takewhile(lambda step: alike(step[0].time, step[1].time), steps)]
    until = f"; up to {same[-1][0].limit:,}, alike" if same else ""
    return f"{line} {fast.name} {factor} as fast as {slow.name}{until}"


def faster(time: Sample, slow: Sample) -> str:
    """Return how many times as fast something is: "9.2 ×", "666 ×", "≈ 1.1 ×"."""
    factor = slow.median / time.median
    about = "≈ " if time.compare(slow) == "≈" else ""
    return f"{about}{factor:.{0 if factor >= 100 else 1}f} ×"


def alike(one: Sample, other: Sample) -> bool:
    """Return whether times are within 20 %, as far as one can tell."""
    low, high = sorted([one.median, other.median])
    return one.compare(other, ALIKE) == "≈" and high <= (1 + ALIKE) * low


def medians(variants: Sequence[Variant]) -> str:
    """Return what each way took: "threads 0.21 s, asyncio 0.20 s"."""
    took = [f"{variant.name} {variant.time.median:.2f} s" for variant in variants]
    return ", ".join(took)
