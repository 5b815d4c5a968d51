import pytest

from demos.support.heartbeats import PERIOD, Strip, heartbeats, picture, worst_lag


async def nothing() -> None:
    pass


def test_the_worst_lag_is_of_the_latest_beat() -> None:
    assert worst_lag([0, 1, 2.25, 3.25], period=1) == 0.25
    assert worst_lag([], period=1) == worst_lag([7], period=1) == 0


def test_beats_are_dots_and_a_late_one_has_its_wait_in_red() -> None:
    text = heartbeats([10, 11, 15, 16], 1, now=16.2, end=8, width=16)
    assert text.plain == "● ● ██████● ●   "
    stretches = [(text.plain[at.start : at.end], at.style) for at in text.spans]
    assert ("██████", "blocked") in stretches


def test_a_beat_that_is_still_due_is_red_up_to_now() -> None:
    assert heartbeats([10, 11], 1, now=14, end=8, width=16).plain == "● ● ████        "


def test_how_late_a_strip_is_and_that_it_says_so() -> None:
    strip = Strip("a way", "sync", nothing, [1.0, 1.0 + PERIOD, 1.5 + 2 * PERIOD])
    assert strip.late() == "500 ms"
    label = picture([strip], 0.5, []).plain.split("\n")[2]
    assert label.split() == ["a", "way", "500", "ms", "late"]


@pytest.mark.parametrize("beats", [[], [0.0]])
def test_five_strips_leave_two_of_21_lines_and_fit_in_80_columns(
    beats: list[float],
) -> None:
    strips = [Strip("a way to do it", "sync", nothing, beats) for _ in range(5)]
    lines = picture(strips, 0.5, ["something"]).plain.split("\n")
    assert len(lines) == 19
    assert max(map(len, lines)) <= 80
