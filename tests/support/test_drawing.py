import pytest
from rich.text import Text

from demos.support.drawing import (
    Span,
    bar,
    heartbeats,
    lane,
    worst_lag,
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


def test_the_worst_lag_is_of_the_latest_beat() -> None:
    assert worst_lag([0, 1, 2.25, 3.25], period=1) == 0.25
    assert worst_lag([], period=1) == worst_lag([7], period=1) == 0


def test_beats_are_dots_and_a_late_one_has_its_wait_in_red() -> None:
    text = heartbeats([10, 11, 15, 16], 1, now=16.2, end=8, width=16)
    assert text.plain == "● ● ▓▓▓▓▓▓● ●   "
    assert ("▓▓▓▓▓▓", "blocked") in styles(text)


def test_a_beat_that_is_still_due_is_red_up_to_now() -> None:
    assert heartbeats([10, 11], 1, now=14, end=8, width=16).plain == "● ● ▓▓▓▓        "
