import asyncio
from math import nan

import pytest

from demos.support import holding
from demos.support.bars import Chart
from demos.support.holding import Charts, cost_of_each
from demos.support.processes import one_process_each
from demos.support.samples import TooBusy
from demos.ten_thousand_tasks import hold_tasks, hold_threads
from tests.talks import PATIENCE


def charts(
    memory: tuple[list[float], list[float]], start: tuple[list[float], list[float]]
) -> Charts:
    """Return charts for 10,000 tasks and 2,000 threads, with what each took."""
    made = Charts(10_000, 2_000)
    made.shares = [1.0]
    for chart, both in ((made.memory, memory), (made.start, start)):
        for row, values in zip((made.task, made.thread), both, strict=True):
            chart.values[row] = values
    return made


def test_each_is_measured_as_often_and_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Chart, "settled", lambda _: True)
    monkeypatch.setattr(holding, "MEASURING", PATIENCE)
    made = Charts(300, 20)
    with made.picture:
        made.measure(hold_tasks, hold_threads)
        made.add_balances(1, 300)
    for chart in (made.memory, made.start):
        counts = {label: len(values) for label, values in chart.values.items()}
        assert counts == {"300 × task": 3, "20 × thread": 3}
    assert min(made.start.values[made.task]) > 0
    assert made.balance.winner() == "asyncio.Lock"
    assert "300 × task" in capsys.readouterr().out


def test_one_that_takes_too_long_is_not_waited_for() -> None:
    made = Charts(1, 1)
    made.seconds = 0.05
    with pytest.raises(TooBusy, match="were not"):
        made.measure(asyncio.sleep, asyncio.sleep)  # one second


def test_there_is_more_time_for_more() -> None:
    usual = Charts(10_000, 2_000).seconds
    assert Charts(1, 1).seconds == usual == holding.MEASURING
    assert Charts(40_000, 2_000).seconds == 4 * usual
    assert Charts(1, 3_000).seconds == 1.5 * usual


def test_a_cost_is_of_one_in_bytes_and_seconds() -> None:
    with one_process_each() as pool:
        memory, seconds = pool.apply(cost_of_each, (hold_tasks, 5_000))
    assert 0 < seconds < 1
    if memory == memory:  # not NaN: measured on this platform
        assert 500 < memory < 10_000


@pytest.mark.parametrize(
    ("memory", "start", "task", "thread"),
    [
        (
            ([1.1, 1.1, 1.14], [16.0, 16.04, 18.0]),
            ([4, 4.2, 5], [130, 124.4, 120]),
            "1.1 KiB, 4.2 µs",
            "16.0 KiB, 124 µs",
        ),
        (
            ([1.1] * 3, [16.0] * 3),
            ([42, 37, 106], [324, 218, 1434]),
            "1.1 KiB, 42.0 µs",
            "16.0 KiB, ≈ 324 µs",
        ),
        (
            ([2.0] * 3, [2.0] * 3),
            ([9] * 3, [8] * 3),
            "2.0 KiB, 9.0 µs",
            "≈ 2.0 KiB, 8.0 µs",
        ),
        (([nan] * 3, [nan] * 3), ([9] * 3, [1234] * 3), "9.0 µs", "1,234 µs"),
    ],
)
def test_costs_are_compared_as_far_as_they_can_be_told_apart(
    memory: tuple[list[float], list[float]],
    start: tuple[list[float], list[float]],
    task: str,
    thread: str,
) -> None:
    measured = charts(memory, start)
    assert (measured.cost_of_task(), measured.cost_of_thread()) == (task, thread)


def test_all_that_took_twice_as_long_to_start_is_refused() -> None:
    memory = ([1.1] * 3, [16.0] * 3)
    charts(memory, ([4, 3, 9], [120] * 3)).refuse_busy()  # 40 ms in all
    with pytest.raises(TooBusy, match="the same work took 60–150 ms"):
        charts(memory, ([6, 7, 15], [120] * 3)).refuse_busy()
    with pytest.raises(TooBusy, match="the same work took 240–600 ms"):
        charts(memory, ([4, 4, 4], [120, 130, 300])).refuse_busy()
