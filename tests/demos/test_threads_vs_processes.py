import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from demos.support.jobs import pi
from demos.support.speedup.pools import running_pools
from demos.threads_vs_processes import in_processes, in_threads, one_by_one
from tests.talks import ROOT, invoke

ITEMS = [3000, 10, 200, 1]


def test_all_ways_give_the_same_results_in_order_and_the_pools_stay() -> None:
    results = [pi(terms) for terms in ITEMS]
    assert one_by_one(pi, ITEMS) == results
    with running_pools(2) as pools:
        for _ in range(2):
            assert in_threads(pi, ITEMS, pools.threads) == results
            assert in_processes(pi, ITEMS, pools.processes) == results


def test_an_error_of_a_job_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        one_by_one((1).__truediv__, [1, 0])
    with ThreadPoolExecutor() as threads, pytest.raises(ZeroDivisionError):
        in_threads((1).__truediv__, [1, 0], threads)


@pytest.mark.parametrize(
    ("flags", "lesson"),
    [
        (("--work=5",), r"Threads: Python .+ ×; processes: Python .+ ×"),
        (("--sizes",), r"Processes pay from .+ ms.* a job; with their start, from .+"),
    ],
)
def test_a_run_fits_the_screen_and_ends_with_its_lesson(
    flags: tuple[str, ...], lesson: str
) -> None:
    command = ("demo.threads-vs-processes", "--workers=2", "--repeat=3", *flags)
    done = invoke(ROOT, *command)
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    if done.returncode == 0:
        assert done.stderr == ""
        assert len(lines) <= 21
        assert re.fullmatch(lesson, lines[-2])
        assert len(lines[-2]) <= 80
    else:
        assert done.returncode == 1
        assert "too busy to compare: " in done.stderr
        assert len(lines) <= 20
