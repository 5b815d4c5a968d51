from math import nan

import pytest

from demos.support.bars import Chart, bar_chart
from demos.support.console import console


def chart(best: object = min, **rows: list[float]) -> Chart:
    made = Chart("title", best, dict.fromkeys(rows, "asyncio"))  # type: ignore[arg-type]
    made.values.update(rows)
    return made


@pytest.mark.parametrize(
    ("values", "figures"),
    [
        ([], "…"),
        ([7.0], "7"),
        ([1.25, 31.82, 40.0], "31.8 [1.2–40.0]"),
        ([1000, 900, 12345.6], "1,000 [900–12,346]"),
        ([nan, nan], "not measured here"),
    ],
)
def test_a_figure_is_the_median_with_its_range(
    values: list[float], figures: str
) -> None:
    assert chart(x=values).figures("x").strip() == figures


def test_the_figures_of_a_chart_stand_in_columns() -> None:
    drawn = chart(a=[4.52, 4.4, 4.6], b=[148.7, 120.7, 613.9], c=[], d=[nan])
    lines = [drawn.figures(label) for label in drawn.styles]
    assert lines == [
        "      4.5 [4.4–4.6]        ",
        "  ≈ 148.7 [120.7–613.9]    ",
        "        …                  ",
        "          not measured here",
    ]


def test_what_is_not_told_apart_from_the_best_is_marked() -> None:
    drawn = chart(max, a=[143_000, 144_000, 145_000], b=[144_500] * 3, c=[9] * 3, d=[9])
    assert [drawn.figures(label).split()[0] for label in "abcd"] == [
        *("≈", "144,500", "9", "9")
    ]


@pytest.mark.parametrize(
    ("best", "a", "b", "winner"),
    [
        (min, [10, 11, 12], [13, 14, 15], "a"),
        (max, [10, 11, 12], [13, 14, 15], "b"),
        (min, [10, 11, 15], [14, 15, 16], "a"),
        (min, [10, 12, 13], [12, 13, 14], None),
        (min, [10, 11], [13, 14], None),
        (min, [10, 10, 10], [10, 10, 10], None),
        (min, [1, 2, 3], [], None),
        (min, [], [], None),
        (max, [nan], [nan], None),
    ],
)
def test_the_winner_is_apart_from_all_others(
    best: object, a: list[float], b: list[float], winner: str | None
) -> None:
    assert chart(best, a=a, b=b).winner() == winner


def test_figures_that_cannot_be_told_apart_are_called_about() -> None:
    values = chart(a=[10, 10, 10], b=[4, 5, 6], c=[7, 9, 12])
    assert values.times("a", "b") == "2.0 ×"
    assert values.times("a", "c") == "≈ 1.1 ×"


def test_what_was_counted_is_told_apart_by_one_value_each() -> None:
    lines = Chart("lines", min, {"a": "asyncio", "b": "asyncio"}, counted=True)
    lines.add("a", 8)
    lines.add("b", 20)
    assert lines.winner() == "a"
    assert lines.times("b", "a") == "2.5 ×"
    assert lines.figures("a").strip() == "8"


def test_a_chart_is_settled_when_each_row_is_or_cannot_be_measured() -> None:
    assert chart(a=[10, 10, 10], b=[nan]).settled()
    assert not chart(a=[10, 10, 10], b=[10, 12, 14]).settled()


def test_values_are_added_to_their_row() -> None:
    made = chart(a=[], b=[])
    made.add("b", 2)
    made.add("b", 4)
    assert made.values == {"a": [], "b": [2, 4]}
    assert made.median("b") == 3


def test_bars_are_two_lines_high_and_the_longest_is_the_greatest_median() -> None:
    rows = chart(a=[10.0], b=[1.0, 5.0, 9.0], c=[], d=[nan])
    with console.capture() as capture:
        console.print(bar_chart([rows, chart(e=[0.0], f=[])]))
    title, a, a2, b, b2, c, c2, d, d2, empty, other, *rest = capture.get().splitlines()
    assert (title, empty, other) == ("title", "", "title")
    bars = [line.count("█") for line in (a, a2, b, b2, c, c2, d, d2)]
    assert bars[0] > 20
    assert bars == [bars[0]] * 2 + [bars[0] // 2] * 2 + [0] * 4
    assert a.index("█") == b2.index("█")
    assert d.split() == ["d", "not", "measured", "here"]
    assert "usable cores" in rest[-1]
    assert all("█" not in line for line in rest)


def test_only_the_winner_is_tinted() -> None:
    drawn = bar_chart([chart(a=[1, 1, 1], b=[3, 3, 3])])
    tinted = [
        drawn.plain[span.start : span.end].split()[0]
        for span in drawn.spans
        if span.style == "asyncio"
    ]
    assert tinted[0] == "a"
    assert {*"".join(tinted[1:])} <= {*"█▏▎▍▌▋▊▉"}
