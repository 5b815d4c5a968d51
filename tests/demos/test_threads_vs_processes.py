import math
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256 as reference

import pytest
from invoke.exceptions import Exit

from demos.support.console import console
from demos.support.jobs import pi, request, sha256, size_for, spin, worker
from demos.support.measure import gil_enabled
from demos.support.processes import ProcessPool
from demos.support.slow_server import slow_server
from demos.support.speedup.chart import SpeedupChart, picture
from demos.support.speedup.figures import SEQUENTIAL, Figures, Size, Timing, crossover
from demos.support.speedup.pools import THREADS, executors, start
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


def test_jobs_give_results_that_can_be_checked() -> None:
    assert pi(100_000) == pytest.approx(math.pi, abs=1e-4)
    assert sha256(3) == reference(bytes(3 * 2**16)).hexdigest()
    assert spin(0.001) >= 1
    assert size_for(pi, 1e-4) > size_for(pi, 1e-9) == 1


def test_slow_server_sends_back_what_it_was_asked_and_ends_with_its_block() -> None:
    with slow_server() as port:
        assert request(port, 0.001) == b"0.001000\n"
    with pytest.raises(ConnectionRefusedError):
        request(port, 0.001)


@pytest.mark.parametrize("model", executors())
def test_each_worker_of_a_pool_has_answered_when_it_has_started(model: str) -> None:
    with executors()[model](3) as pool:
        assert start(pool, 3) > 0
        assert len(set(pool.map(worker, range(30)))) <= 3


def test_the_gil_is_on_unless_python_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert not gil_enabled()
    monkeypatch.delattr(sys, "_is_gil_enabled")
    assert gil_enabled()


def test_sub_interpreters_are_there_where_python_has_them() -> None:
    assert ("sub-interpreters" in executors()) == (sys.version_info >= (3, 14))


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


def test_the_ceiling_is_measured_with_processes_that_are_busy_at_once() -> None:
    with ProcessPool(2) as pool:
        assert ceiling(pool, 2) > 0


def test_other_results_are_an_error() -> None:
    figures = Figures()
    figures.timings[SEQUENTIAL, "C code"] = [Timing(["right"], 1.0, 1.0)]
    figures.timings["processes", "C code"] = [Timing(["wrong"], 1.0, 1.0)]
    with pytest.raises(Exit, match="C code: processes gave other results"):
        figures.check()


def test_an_error_of_a_job_reaches_the_caller() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        run_jobs(pool.map, Workload("", (1).__truediv__, [0]))


def test_processes_pay_from_the_job_size_on_where_all_larger_ones_do() -> None:
    sizes = [Size(1, 2, 1), Size(2, 4, 5), Size(3, 6, 4), Size(4, 8, 5)]
    assert crossover(sizes, 0) == 3
    assert crossover(sizes, 2.5) == 4
    assert crossover(sizes, 9) is None
    assert crossover(sizes[:1], 0) == 1


def test_every_job_size_is_measured_without_and_with_processes() -> None:
    figures = Figures()
    assert len(list(compare_sizes(figures, workers=2, repeat=1))) == len(SIZES)
    assert len(figures.sizes) == len(SIZES)


@pytest.mark.parametrize(
    ("speedup", "verdict"),
    [(0.7, "one"), (1.1, "one"), (2, "between"), (2.9, "ceiling"), (4, "above")],
)
def test_the_verdict_says_where_a_bar_ends(speedup: float, verdict: str) -> None:
    assert verdict in SpeedupChart(3, 4, 40).verdict(speedup).plain


def test_where_there_is_one_core_work_stays_at_one_and_waiting_does_not() -> None:
    chart = SpeedupChart(0.98, 2, 40)
    assert "one" in chart.verdict(1.0).plain
    assert "above" in chart.verdict(1.9).plain


@pytest.mark.parametrize("ceiling", [0.5, 1.0, 1.5, 2.0, 7.3, 8.0, 70.0])
@pytest.mark.parametrize("width", [16, 32])
def test_the_chart_marks_one_and_the_ceiling(ceiling: float, width: int) -> None:
    chart = SpeedupChart(ceiling, 8, width)
    assert chart.axis().plain.count("▼") == 2
    assert chart.axis().plain.endswith(f"▼ ceiling {ceiling:.2f}×")
    assert chart.axis().cell_len <= width + 18
    assert chart.bar(1.0, "").cell_len == width


@pytest.mark.parametrize("width", [80, 96])
def test_the_picture_fits_the_stage(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", width)
    figures = Figures()
    assert picture(figures, 2, NOTES, "ceiling").plain.endswith("▶ ceiling")
    for model in (SEQUENTIAL, *executors()):
        figures.starts[model] = [0.1]
        for name in NOTES:
            figures.timings[model, name] = [Timing([], 1.0, 1.0)]
    figures.sizes = [Size(size, size, size) for size in SIZES]
    assert len(console.render_lines(picture(figures, 2, NOTES, ""))) <= 23
