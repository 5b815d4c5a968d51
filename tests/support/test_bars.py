from math import nan

import pytest

from demos.support.bars import Row, bar_chart
from demos.support.console import console


@pytest.mark.parametrize(
    ("values", "figure"),
    [
        ([], "…"),
        ([7.0], "7"),
        ([1.25, 31.82, 40.0], "31.8 [1.2–40.0]"),
        ([1000, 900, 12345.6], "1,000 [900–12,346]"),
        ([nan, nan], "not measured here"),
    ],
)
def test_a_figure_is_the_median_with_its_range(
    values: list[float], figure: str
) -> None:
    assert Row("x", "", values).figure() == figure


def test_the_longest_bar_is_the_greatest_median() -> None:
    with console.capture() as capture:
        rows = [Row("a", "", [10.0]), Row("b", "", [1.0, 5.0, 9.0]), Row("c", "", [])]
        console.print(bar_chart({"title": rows, "none": [Row("d", "", [nan])]}))
    title, a, b, c, _, _, d = capture.get().splitlines()[:7]
    assert title.strip() == "title"
    assert a.count("█") == 2 * b.count("█") > 20
    assert "█" not in c + d
    assert d.split() == ["d", "not", "measured", "here"]
