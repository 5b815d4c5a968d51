from collections.abc import Iterator
from socket import socketpair

import pytest

from demos.support.console import WIDTH, console
from demos.support.samples import TooBusy
from demos.support.source import ROWS
from demos.support.tiny_loop_view import (
    CALLS,
    SleepingSelector,
    Step,
    latest,
    picture,
    recorded,
    refuse_late,
    runs,
    sleeps,
)
from demos.tiny_event_loop import Loop, receiver, sender, ticker


@pytest.fixture
def loop() -> Iterator[Loop]:
    with SleepingSelector() as selector:
        yield Loop(selector)


def run(loop: Loop, block: float = 0.0) -> list[Step]:
    near, far = socketpair()
    with near, far:
        loop.ready += [ticker(loop), sender(loop, near, block), receiver(loop, far)]
        return recorded(loop, loop.run)


def drawn(loop: Loop, steps: list[Step], now: int) -> list[str]:
    with console.capture() as captured:
        console.print(picture(loop, steps, now))
    return captured.get().splitlines()


def where(step: Step) -> dict[str, str]:
    return {coro.__name__: spot.place for coro, spot in step.spots.items()}


def test_it_goes_through_every_place(loop: Loop) -> None:
    steps = run(loop)
    assert {step.place for step in steps} == {*CALLS, ""}
    (first, second) = (step for step in steps[:6] if step.place)
    assert where(first) == dict.fromkeys(["ticker", "sender", "receiver"], "READY")
    assert where(second) == {
        "ticker": "RUNNING",
        "sender": "READY",
        "receiver": "READY",
    }
    (asleep, *_) = (step for step in steps if step.place == "SELECTOR")
    assert where(asleep) == {
        "ticker": "TIMERS",
        "sender": "TIMERS",
        "receiver": "SELECTOR",
    }
    assert steps[-1].spots == {}


def test_who_was_woken_by_a_socket_is_ready(loop: Loop) -> None:
    steps = run(loop)
    ready = [s for s in steps if s.place == "READY" and "READY" in where(s).values()]
    woken = [where(step) for step in ready if "sender" not in where(step)]
    assert woken[0]["receiver"] == "READY"


def test_each_runs_as_often_as_it_was_woken(loop: Loop) -> None:
    steps = run(loop)
    coros = [*steps[0].spots]
    assert [len(runs(steps, coro)) for coro in coros] == [4, 2, 2]
    assert {span.style for coro in coros for span in runs(steps, coro)} == {"running"}


def test_who_blocks_is_drawn_for_as_long_and_makes_others_late(loop: Loop) -> None:
    steps = run(loop, block=0.2)
    _, coro, _ = steps[0].spots
    blocked, _ = runs(steps, coro)
    assert blocked.style == "blocked"
    assert blocked.end - blocked.start >= 0.2
    (now, *_) = (
        at
        for at, step in enumerate(steps)
        if step.place == "SELECTOR" and step.at >= blocked.end
    )
    (row,) = [row for row in drawn(loop, steps, now) if row.startswith("ticker")]
    assert row.split()[2] == "late"


def test_it_sleeps_in_select_only(loop: Loop) -> None:
    steps = run(loop)
    selects = [step.at for step in steps if step.place == "SELECTOR"]
    assert [span.start for span in sleeps(steps)] == selects


def timer_served(late: float) -> Step:
    return Step(0.1 + late, 1, "TIMERS", 0.1, {})


def test_the_latest_timer_counts() -> None:
    steps = [timer_served(0.002), timer_served(0.25), timer_served(0.001)]
    other = Step(9.0, 1, "READY", 0.1, {})
    assert latest([*steps, other]) == pytest.approx(0.25)
    assert latest([other]) == 0


def test_a_timer_that_a_step_has_made_late_is_not_refused() -> None:
    refuse_late(0.002, block=0)
    refuse_late(0.31, block=0.3)


def test_a_timer_that_is_later_than_a_step_explains_is_refused() -> None:
    with pytest.raises(TooBusy, match="a timer was 60 ms late, and no step was to"):
        refuse_late(0.06, block=0)
    with pytest.raises(TooBusy, match=r"500 ms late, .* for more than 300"):
        refuse_late(0.5, block=0.3)


def test_a_picture_lights_the_line_and_the_place_it_works_on(loop: Loop) -> None:
    steps = run(loop)
    for now, step in enumerate(steps[:-1]):
        segments = console.render(picture(loop, steps, now))
        lit = [each.text for each in segments if each.style and each.style.reverse]
        line, *titles = lit
        assert line.startswith(f"{step.line:2} ▶")
        assert CALLS.get(step.place, "") in line
        assert titles == ([step.place] if step.place else [])


def test_a_picture_fits(loop: Loop) -> None:
    steps = run(loop)
    for now in range(len(steps)):
        rows = drawn(loop, steps, now)
        assert max(map(len, rows)) <= WIDTH
        assert len(rows) <= ROWS
        assert not any("…" in row for row in rows)


def test_the_last_picture_is_that_of_the_end(loop: Loop) -> None:
    steps = run(loop)
    *_, ticks, sent, received, _ = drawn(loop, steps, len(steps) - 1)
    for row in (ticks, sent, received):
        assert row.split()[1] == "ended"


def test_a_selector_sleeps_without_a_socket() -> None:
    with SleepingSelector() as selector:
        assert selector.select(0.001) == []
