import re
from math import nan

import pytest

from demos.support.holding import Charts
from demos.ten_thousand_tasks import hold_tasks, hold_threads


def test_each_is_measured_as_often_and_drawn(
    capsys: pytest.CaptureFixture[str],
) -> None:
    charts = Charts(3_000, 20)
    with charts.picture:
        charts.measure(hold_tasks, hold_threads, repeat=2)
        charts.add_balances(1, 3_000)
    for chart in (charts.memory, charts.start):
        counts = {label: len(values) for label, values in chart.values.items()}
        assert counts == {"3,000 × task": 2, "20 × thread": 2}
    assert min(charts.start.values[charts.task]) > 0
    assert re.fullmatch(r"([\d.]+ KiB, )?\d+ µs", charts.cost_of_task())
    charts.memory.values[charts.thread] = [15.0, 18.0, 16.04]
    charts.start.values[charts.thread] = [125.4]
    assert charts.cost_of_thread() == "16.0 KiB, 125 µs"
    charts.memory.values[charts.thread] = [nan]
    assert charts.cost_of_thread() == "125 µs"
    assert charts.balance.winner() == "asyncio.Lock"
    assert "3,000 × task" in capsys.readouterr().out
