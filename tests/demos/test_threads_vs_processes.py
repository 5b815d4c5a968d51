import re

import pytest

from demos.support.jobs import pi
from demos.support.speedup.comparison import Way
from demos.support.speedup.pools import executors, kept, running_pools
from demos.threads_vs_processes import in_processes, in_threads, one_after_another
from tests.talks import ROOT, invoke

ITEMS = [3000, 10, 200, 1]


@pytest.mark.parametrize("way", [one_after_another, in_threads, in_processes])
def test_all_ways_give_the_same_results_in_order(way: Way) -> None:
    assert way(pi, ITEMS) == [pi(terms) for terms in ITEMS]


def test_all_ways_run_in_pools_of_this_python_that_stay() -> None:
    with running_pools(2) as pools:
        assert list(pools) == list(executors())
        for model, pool in pools.items():
            way = in_processes if model == "processes" else in_threads
            for _ in range(2):
                assert way(pi, ITEMS, kept(pool)) == [pi(terms) for terms in ITEMS]


@pytest.mark.parametrize("way", [one_after_another, in_threads])
def test_an_error_of_a_job_reaches_the_caller(way: Way) -> None:
    with pytest.raises(ZeroDivisionError):
        way((1).__truediv__, [1, 0])


@pytest.mark.parametrize(
    ("flags", "lesson"),
    [
        (("--work=5",), r"(T|Free t)hreads: Python .+; processes: Python [\d.]+ ×"),
        (("--sizes",), r"Processes pay from jobs of .+ ms on; with their start, .+"),
    ],
)
def test_a_run_fits_the_screen_and_says_what_was_measured(
    flags: tuple[str, ...], lesson: str
) -> None:
    command = ("demo.threads-vs-processes", "--workers=2", "--repeat=1", *flags)
    done = invoke(ROOT, *command)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 21
    assert max(map(len, lines)) <= 80
    assert re.fullmatch(lesson, lines[-2])
