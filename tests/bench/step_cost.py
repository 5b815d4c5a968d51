"""What tracing costs: the same steps with and without it, in one run."""

import asyncio
import math
from collections.abc import Callable
from operator import truediv
from statistics import median
from time import perf_counter

from demos.support.rounds import in_rounds
from demos.support.trace.tracer import traced_loop

TASKS, STEPS, REPEATS = 100, 50, 15


async def steps(count: int) -> None:
    """Take `count` steps that do nothing but give back control."""
    for _ in range(count):
        await asyncio.sleep(0)


async def many_steps() -> float:
    """Return how long a step takes among several tasks, in seconds."""
    start = perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(steps(STEPS))
    return (perf_counter() - start) / TASKS / STEPS


def plain() -> float:
    """Return what a step costs, in seconds."""
    factory = asyncio.SelectorEventLoop
    with asyncio.Runner(debug=False, loop_factory=factory) as runner:
        return runner.run(many_steps())


def traced() -> float:
    """Return what a traced step costs, in seconds."""
    with traced_loop():
        return plain()


def step_cost() -> tuple[float, float, float]:
    """Return what a step costs, plain and traced (seconds), and how many times more.

    All three are medians; the last is one of pairs that were measured together, so
    that what else the machine does weighs on both sides of it.
    """
    times: dict[Callable[[], float], list[float]] = {plain: [], traced: []}
    for number, way in in_rounds([*times], lambda: False, math.inf, REPEATS):
        seconds = way()
        if number:  # the first is for warming up
            times[way].append(seconds)
    ratios = map(truediv, times[traced], times[plain])
    return median(times[plain]), median(times[traced]), median(ratios)
