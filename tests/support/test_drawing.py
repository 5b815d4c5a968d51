import pytest
from rich.text import Text

from demos.support.drawing import (
    Span,
    bar,
    lane,
)


def styles(text: Text) -> list[tuple[str, str]]:
    """Return the stretches of a text that have a style, with that style."""
    return [
        (text.plain[span.start : span.end], str(span.style))
        for span in text.spans
        if span.style
    ]


@pytest.mark.parametrize(
    ("value", "full", "drawn"),
    [
        (0, 8, "    "),
        (8, 8, "████"),
        (4, 8, "██  "),
        (1, 32, "▏   "),
        (5, 32, "▋   "),
        (7, 8, "███▌"),
        (9, 8, "████"),
        (-1, 8, "    "),
        (1, 0, "    "),
    ],
)
def test_a_bar_is_exact_to_an_eighth_of_a_cell(
    value: float, full: float, drawn: str
) -> None:
    assert bar(value, full, 4, "done").plain == drawn


def test_a_lane_places_its_spans_on_the_axis() -> None:
    text = lane([Span(0, 1, "waiting", "░"), Span(1, 2.5, "running")], 4, 8)
    assert text.plain == "░░███   "
    assert styles(text) == [("░░", "waiting"), ("███", "running")]


def test_a_later_span_is_drawn_over_an_earlier_one() -> None:
    text = lane([Span(0, 4, "waiting", "░"), Span(1, 2, "blocked", "▓")], 4, 8)
    assert text.plain == "░░▓▓░░░░"
    assert styles(text) == [("░░", "waiting"), ("▓▓", "blocked"), ("░░░░", "waiting")]


def test_a_short_span_still_fills_a_cell() -> None:
    assert lane([Span(1, 1.001, "blocked", "▓")], 4, 8).plain == "  ▓     "


@pytest.mark.parametrize("moment", [3.999, 4, 5])
def test_a_span_at_or_past_the_end_is_in_the_last_cell(moment: float) -> None:
    assert lane([Span(moment, moment, "done", "●")], 4, 8).plain == "       ●"


def test_a_lane_without_spans_is_empty() -> None:
    assert lane([], 4, 8).plain == " " * 8
