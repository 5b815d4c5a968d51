import asyncio
import functools

import pytest

from demos.support.heartbeats import PERIOD, Picture, Strip, heartbeats, worst_lag
from demos.support.machine import python
from demos.support.samples import TooBusy
from demos.support.thread_costs import GivenUp, Pool, pool_size

QUIET = 0.002  # seconds that a beat is late on a machine that does nothing else

nothing = functools.partial(asyncio.sleep, 0)


def beaten(strip: Strip, lag: float, took: float = 0.5) -> Strip:
    """Let one of a strip's beats come so late, beside what took so long."""
    strip.beats += [1.0, 1.0 + PERIOD]
    late = 1.0 + 2 * PERIOD + lag
    strip.beats += [late + beat * PERIOD for beat in range(20)]
    strip.took = took
    return strip


def picture(idle: float, in_loop: float, elsewhere: float) -> Picture:
    """Return a picture of three strips with such lags."""
    made = Picture(0.5)
    beaten(made.idle, idle)
    beaten(made.add("time.sleep", "in the loop", nothing), in_loop)
    beaten(made.add("time.sleep", "in a thread", nothing), elsewhere)
    return made


def drawn(made: Picture) -> dict[str, str]:
    """Return what stands behind each label, and the strip below."""
    _, label, beats, _, *others = made.draw().plain.split("\n")
    lines = [label, beats, *others]
    strips = range(2 * len(made.strips))[::2]
    return {lines[at][:22].strip(): lines[at][22:] + lines[at + 1] for at in strips}


def test_the_worst_lag_is_of_the_latest_beat() -> None:
    assert worst_lag([0, 1, 2.25, 3.25], period=1) == 0.25
    assert worst_lag([], period=1) == worst_lag([7], period=1) == 0


def test_beats_are_dots_and_a_late_one_has_its_wait_in_red() -> None:
    text = heartbeats([10, 11, 15, 16], 1, 0.5, now=16.2, end=8, width=16)
    assert text.plain == "● ● ██████● ●   "
    stretches = [(text.plain[at.start : at.end], at.style) for at in text.spans]
    assert ("██████", "blocked") in stretches


def test_a_beat_that_is_still_due_is_red_up_to_now() -> None:
    text = heartbeats([10, 11], 1, 0.5, now=14, end=8, width=16)
    assert text.plain == "● ● ████        "


def test_a_gap_that_is_not_longer_than_one_may_blame_work_for_is_not_red() -> None:
    text = heartbeats([10, 11, 15, 16], 1, 3, now=16.2, end=8, width=16)
    assert text.plain == "● ●       ● ●   "


async def test_a_strip_measures_its_work() -> None:
    strip = Strip("computing", "in the loop", nothing)
    assert strip.took == 0
    await strip.work_measured()
    assert strip.took > 0
    assert strip.label == "computing in the loop"


def test_how_late_a_strip_is() -> None:
    strip = beaten(Strip("time.sleep", "in the loop", nothing), 0.45)
    assert strip.lag() == pytest.approx(0.45)
    assert strip.late() == "450 ms"


def test_work_is_to_blame_from_twice_the_idle_lag_and_half_a_period_on() -> None:
    assert picture(QUIET, 0, 0).red() == PERIOD / 2
    assert picture(PERIOD, 0, 0).red() == pytest.approx(2 * PERIOD)


def test_what_is_late_is_red_and_says_so_and_the_others_do_not() -> None:
    rows = drawn(picture(idle=QUIET, in_loop=0.5, elsewhere=0.02))
    assert [*rows] == [strip.label for strip in picture(0, 0, 0).strips]
    idle, blocked, freed = rows.values()
    assert ("500 ms late" in blocked, "█" in blocked) == (True, True)
    for row, lag in ((idle, "2 ms"), (freed, "20 ms")):
        assert row.split("●")[0].strip() == lag
        assert "█" not in row


def test_a_thread_that_is_less_than_twice_as_late_as_nothing_is_not_blocked() -> None:
    idle, _, freed = drawn(picture(idle=0.04, in_loop=0.5, elsewhere=0.07)).values()
    assert "late" not in freed
    assert "█" not in freed
    assert "40 ms late" in idle, "the machine stumbles: this is seen"


@pytest.mark.parametrize(
    ("idle", "in_loop", "elsewhere"),
    [
        pytest.param(QUIET, 0.5, QUIET, id="quiet"),
        pytest.param(0.02, 0.52, 0.03, id="jitter of a virtual machine"),
    ],
)
def test_what_can_be_is_not_refused(
    idle: float, in_loop: float, elsewhere: float
) -> None:
    picture(idle, in_loop, elsewhere).refuse_impossible()


@pytest.mark.parametrize(
    ("idle", "in_loop", "elsewhere", "seen"),
    [
        (0.03, 0.5, 0.03, "with nothing to do, a heartbeat came 30 ms late"),
        (QUIET, 0.6, QUIET, "beside time.sleep in the loop, which took 500 ms"),
        (QUIET, 0.4, QUIET, "in the loop, .* a heartbeat came 400 ms late"),
        (QUIET, 0.5, 0.03, "in a thread, .* a heartbeat came 30 ms late"),
    ],
)
def test_what_cannot_be_is_refused(
    idle: float, in_loop: float, elsewhere: float, seen: str
) -> None:
    with pytest.raises(TooBusy, match=seen):
        picture(idle, in_loop, elsewhere).refuse_impossible()


def test_a_strip_that_something_else_has_disturbed_is_watched_once_more() -> None:
    made = picture(QUIET, in_loop=0.5, elsewhere=QUIET)
    for strip in made.strips:
        strip.beats.clear()
    watched = []
    for strip in made.to_watch():
        watched.append(strip.label)
        assert strip.beats == []
        beaten(strip, 0.3)
    assert watched == [
        *("nothing to do", "nothing to do"),
        *("time.sleep in the loop", "time.sleep in the loop"),  # too early
        "time.sleep in a thread",  # not red, as nothing to do is as late
    ]
    with pytest.raises(TooBusy, match="with nothing to do"):
        made.refuse_impossible()


def test_a_beat_may_wait_for_a_thread_that_computes_but_not_for_long() -> None:
    made = picture(QUIET, in_loop=0.5, elsewhere=QUIET)
    strip = beaten(made.add("computing", "in a thread", nothing), 0.06)
    made.refuse_impossible()
    beaten(strip, 0.3)
    with pytest.raises(TooBusy, match="beside computing in a thread"):
        made.refuse_impossible()


def test_a_beat_may_be_as_late_as_a_job_has_really_taken() -> None:
    made = picture(QUIET, in_loop=0.5, elsewhere=QUIET)
    beaten(made.add("computing", "in the loop", nothing), 1.2, took=1.2)
    made.refuse_impossible()


@pytest.mark.parametrize(
    ("pool", "given_up"),
    [
        (Pool(pool_size() - 1, 0.3), GivenUp(0.1, 0.3, 0.3)),
        (Pool(pool_size(), 0.3), GivenUp(0.0, 0.3, 0.3)),
    ],
)
def test_what_threads_cannot_cost_is_refused(pool: Pool, given_up: GivenUp) -> None:
    made = picture(QUIET, 0.5, QUIET)
    made.pool, made.given_up = pool, given_up
    with pytest.raises(TooBusy):
        made.refuse_impossible()


def test_a_picture_says_what_was_measured() -> None:
    made = Picture(0.5)
    assert made.draw().plain.split("\n")[-1] == python()
    made.ask_debug_mode(asyncio.sleep(0))
    made.pool, made.given_up = Pool(6, 0.302), GivenUp(0.101, 0.301, 0.302)
    assert made.draw().plain.split("\n")[-4:] == [
        made.pool.words(),
        made.given_up.words(),
        python(),
        f"debug mode: {made.debug_message}",
    ]


@pytest.mark.parametrize("beats", [[], [0.0]])
def test_six_strips_leave_two_of_21_lines_and_fit_in_80_columns(
    beats: list[float],
) -> None:
    made = Picture(0.5)
    for _ in range(5):
        made.add("time.sleep", "in a thread", nothing)
    for strip in made.strips:
        strip.beats += beats
    made.pool, made.given_up = Pool(32, 1.0), GivenUp(0.101, 0.301, 0.302)
    made.debug_message = "Executing <Task finished coro=<in_loop() done>> took 0.501 s"
    lines = made.draw().plain.split("\n")
    assert len(lines) == 19
    assert max(map(len, lines)) <= 80


def test_the_lesson_is_how_late_beats_came() -> None:
    made = picture(QUIET, in_loop=0.5, elsewhere=0.004)
    _, blocked, freed = made.strips
    assert made.lesson(blocked, freed) == (
        "time.sleep(0.5) made a heartbeat 500 ms late; in a thread 4 ms, idle 2 ms"
    )


def test_what_is_not_later_than_idle_was_not_made_late() -> None:
    made = picture(0.009, in_loop=0.015, elsewhere=0.004)
    _, blocked, freed = made.strips
    assert made.lesson(blocked, freed) == (
        "time.sleep(0.5) made no heartbeat much later than idle: 9 ms"
    )
