import pytest

from demos.support.console import console
from demos.support.heat_table import HeatTable, Row, judge

MODELS = ("threads", "processes", "asyncio")


@pytest.mark.parametrize(
    ("times", "mark", "words"),
    [
        ({"a": [1.0], "b": [2.0], "c": [3.0]}, "✓", "right: 2.0 × as fast as b"),
        ({"a": [2.0], "b": [3.0], "c": [1.0]}, "→", "c: 2.0 × as fast"),
        ({"a": [1, 1.0, 4], "b": [2, 3, 3], "c": [5]}, "≈", "no faster than b"),
        ({"a": [1, 3, 4], "b": [1, 1, 2], "c": [5]}, "≈", "no faster than b"),
    ],
)
def test_the_rule_is_ticked_or_corrected_by_the_times(
    times: dict[str, list[float]], mark: str, words: str
) -> None:
    verdict = judge("a", times)
    assert (verdict.mark, verdict.words) == (mark, words)


def measured(*seconds: float) -> HeatTable:
    """A table of one row, whose models took so many seconds."""
    calls = dict.fromkeys(MODELS, lambda: None)
    table = HeatTable([Row("few waits", "8 × 5 ms", "threads", calls)], "on loopback")
    for model, value in zip(MODELS, seconds, strict=True):
        table.rounds.times["few waits", model] = [value * 0.9, value, value * 1.1]
    return table


def test_the_fastest_of_a_row_is_tinted_in_its_colour_and_nothing_else() -> None:
    text = measured(0.2, 0.4, 0.1).__rich__()
    tinted = [
        text.plain[span.start : span.end].strip()
        for span in text.spans
        if not isinstance(span.style, str) and span.style.reverse
    ]
    assert tinted == ["100 ms [90–110]", "best"]


def test_of_two_that_are_not_apart_both_are_tinted_as_alike() -> None:
    plain = measured(0.1, 0.4, 0.11).__rich__().plain
    assert plain.count("≈ best") == 2
    assert "threads ≈ no faster than asyncio" in plain


def test_the_rows_that_the_rule_is_right_in_are_told() -> None:
    assert measured(0.1, 0.4, 0.2).right() == {"few waits": 2.0}
    assert measured(0.2, 0.4, 0.1).right() == {}


def test_the_table_fits_the_screen_and_is_drawn_before_anything_is_measured() -> None:
    calls = dict.fromkeys(MODELS, lambda: 1)
    names = ("CPU-bound", "few fast waits", "many slow waits")
    rows = [Row(name, "1000 × 50 ms", "processes", calls) for name in names]
    table = HeatTable(rows, "note")
    before = console.render_lines(table)
    table.measure(repeat=1)
    after = console.render_lines(table)
    assert len(before) == len(after) <= 19
