from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest

from demos import threads_vs_processes
from demos.support.slow_server import slow_server
from demos.support.speedup.figures import SEQUENTIAL, Figures
from demos.support.speedup.pools import THREADS, executors
from demos.threads_vs_processes import (
    NOTES,
    SIZES,
    Workload,
    ceiling,
    compare,
    compare_sizes,
    plan,
    run_jobs,
)
from tests.talks import PATIENCE


def test_all_models_give_the_same_results() -> None:
    figures = Figures()
    with slow_server() as port:
        workloads = plan(port, workers=2, seconds=0.01)
        for _ in range(2):
            steps = list(compare(figures, workloads, workers=2))
    figures.check()
    models = [SEQUENTIAL, *executors()]
    assert set(figures.starts) == set(executors())
    assert set(figures.timings) == {(model, name) for model in models for name in NOTES}
    assert {len(timings) for timings in figures.timings.values()} == {2}
    assert {f"{name}: {model}" for model in models for name in NOTES} < set(steps)
    assert steps.index("processes: start") < steps.index(f"{THREADS}: start")
    assert len(figures.ceilings) == 2


def test_a_wait_takes_no_cpu_and_a_computation_does() -> None:
    with slow_server() as port:
        computing, waiting, _ = plan(port, workers=2, seconds=0.2)
        busy = run_jobs(map, computing)
        idle = run_jobs(map, waiting)
    assert idle.cpu < busy.cpu


def test_the_ceiling_is_measured_with_workers_that_are_busy_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, all_busy = count(), Barrier(3)

    def work(seconds: float) -> int:
        if next(calls):  # the first is alone
            all_busy.wait(PATIENCE)
        return 100

    monkeypatch.setattr(threads_vs_processes, "spin", work)
    with ThreadPoolExecutor(3) as pool:
        assert ceiling(pool, 3) == 3


def test_an_error_of_a_job_reaches_the_caller() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        run_jobs(pool.map, Workload("", (1).__truediv__, [0]))


def test_every_job_size_is_measured_without_and_with_processes() -> None:
    figures = Figures()
    assert len(list(compare_sizes(figures, workers=2, repeat=1))) == len(SIZES)
    assert len(figures.sizes) == len(SIZES)
