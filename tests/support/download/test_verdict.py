"""What a race says of itself is true for what was run."""

import pytest

from demos.support.download.variants import Repeat, Variant
from demos.support.download.verdict import (
    medians,
    refuse_odd,
    what_was_seen,
    what_was_swept,
)
from demos.support.samples import TooBusy

NAMES = ("one by one", "threads", "asyncio")


def variant(
    name: str, times: list[float], limit: int = 10, latencies: tuple[float, ...] = ()
) -> Variant:
    """Return a way whose runs took so many seconds."""
    made = Variant(name, "", print, limit, latencies)
    made.repeats = [Repeat([], 1.0, 1.0 + each) for each in times]
    return made


def said(*times: list[float], limit: int = 10) -> str:
    """Return what is said of runs of all three ways."""
    alone, threads, tasks = map(variant, NAMES, times, [1, limit, limit])
    return what_was_seen(alone, threads, tasks)


@pytest.mark.parametrize(
    ("threads", "tasks", "line"),
    [
        (
            [0.2, 0.2, 0.2],
            [0.2, 0.2, 0.21],
            "10 at once: threads 9.0 ×, asyncio 9.0 ×: concurrency wins, not asyncio",
        ),
        (
            [0.22, 0.22, 0.22],
            [0.2, 0.2, 0.2],
            "10 at once: threads 8.2 ×, asyncio 9.0 ×: concurrency wins, not asyncio",
        ),
        ([0.3] * 3, [0.2] * 3, "10 at once: threads 6.0 ×, asyncio 9.0 ×"),
        ([1.2] * 3, [1.1] * 3, "10 at once: threads 1.5 × ≈ asyncio 1.6 ×"),
        # one of both is not at least twice as fast
        ([0.95, 0.88, 0.86], [0.85] * 3, "10 at once: threads 2.0 × ≈ asyncio 2.1 ×"),
        # not told apart, but further from each other than 20 %
        (
            [0.3, 0.25, 0.17],
            [0.2, 0.19, 0.23],
            "10 at once: threads 7.2 × ≈ asyncio 9.0 ×",
        ),
        (
            [2.0, 1.7, 1.0],
            [1.5, 1.4, 1.2],
            "10 at once: threads ≈ 1.1 × ≈ asyncio 1.3 ×",
        ),
        # all figures and no claim: too few runs
        (
            [0.2, 0.2],
            [0.2, 0.2, 0.2],
            "10 at once: one by one 1.80 s, threads 0.20 s, asyncio 0.20 s",
        ),
    ],
)
def test_concurrency_wins_only_where_it_did(
    threads: list[float], tasks: list[float], line: str
) -> None:
    assert said([1.8, 1.79, 1.8], threads, tasks) == line


def test_one_at_a_time_all_are_alike() -> None:
    line = "1 at once: one by one 1.80 s, threads 1.85 s, asyncio 1.90 s: all alike"
    assert said([1.8] * 3, [1.85] * 3, [1.9] * 3, limit=1) == line


def test_a_bound_stands_for_what_was_not_run() -> None:
    alone = variant("one by one", [], 1, (1.0,) * 2000)
    alone.skipped = True
    threads, tasks = (variant(name, [2.5] * 3, 1000) for name in NAMES[1:])
    line = "1,000 at once: threads 800 × ≈ asyncio 800 × as fast as one by one at best"
    assert what_was_seen(alone, threads, tasks) == line
    assert len(line) <= 80
    tasks.repeats.pop()
    line = "1,000 at once: threads 2.50 s, asyncio 2.50 s"
    assert what_was_seen(alone, threads, tasks) == line


@pytest.mark.parametrize(
    ("threads", "tasks", "line"),
    [
        # with a limit of 10, of 100 and of 1,000
        (
            [0.3, 0.35, 1.0],
            [0.3, 0.32, 0.5],
            "asyncio 2.0 × as fast as threads; up to 100, alike",
        ),
        (
            [0.3, 0.3, 0.5],
            [0.2, 0.3, 1.0],
            "threads 2.0 × as fast as asyncio",
        ),
        (
            [0.3, 0.3, 0.62],
            [0.3, 0.3, 0.6],
            "threads 0.62 s, asyncio 0.60 s: not told apart",
        ),
    ],
)
def test_of_a_sweep_it_is_said_who_is_faster_in_the_end(
    threads: list[float], tasks: list[float], line: str
) -> None:
    steps = [
        [variant("threads", [one] * 3, limit), variant("asyncio", [other] * 3, limit)]
        for limit, one, other in zip((10, 100, 1_000), threads, tasks, strict=True)
    ]
    assert what_was_swept(steps) == f"Limit 1,000: {line}"
    assert len(line) <= 80 - len("Limit 1,000: ")
    steps[-1][0].repeats.pop()  # too few runs
    seconds = f"threads {threads[-1]:.2f} s, asyncio {tasks[-1]:.2f} s"
    assert what_was_swept(steps) == f"Limit 1,000: {seconds}"


def test_times_are_medians() -> None:
    ways = [variant("threads", [0.3, 0.1, 0.2]), variant("asyncio", [1.0])]
    assert medians(ways) == "threads 0.20 s, asyncio 1.00 s"


def test_a_run_that_cannot_be_so_fast_is_refused() -> None:
    possible = variant("asyncio", [0.2, 0.21], 10, (0.05,) * 40)
    refuse_odd([possible])
    ways = [possible, variant("threads", [0.3, 0.11, 0.2], 10, (0.05,) * 40)]
    seen = "threads took 0.110 s, where 0.200 s are the least that can be"
    with pytest.raises(TooBusy, match=seen):
        refuse_odd(ways)


def test_runs_of_which_one_took_twice_as_long_are_refused() -> None:
    with pytest.raises(TooBusy, match="the same work took 200–500 ms"):
        refuse_odd([variant("threads", [0.2, 0.2, 0.5])])
    refuse_odd([variant("threads", [0.02, 0.02, 0.05])])


def test_what_was_not_run_is_not_judged() -> None:
    skipped = variant("one by one", [], 1, (1.0,) * 40)
    skipped.skipped = True
    refuse_odd([skipped, variant("threads", [4.1], 10, (1.0,) * 40)])
