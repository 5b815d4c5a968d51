import pytest

from demos.support.console import console
from demos.support.speedup.chart import SpeedupChart, picture
from demos.support.speedup.figures import SEQUENTIAL, Figures, Size, Timing
from demos.support.speedup.pools import executors
from demos.threads_vs_processes import NOTES, SIZES


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
