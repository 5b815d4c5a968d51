"""What two made-up runs have shown, and what no run can show."""

import re
import threading
from functools import partial
from socket import socket

import pytest

from demos.event_loop_trace import scenario, sleep_in_loop
from demos.support.console import WIDTH, console
from demos.support.samples import TooBusy
from demos.support.trace.loop_state import Life, Stretch
from demos.support.trace.seen import DRAWN, SENT, Moments, Seen, traced
from demos.support.trace.timeline import Timeline

MS = 0.001
ROWS = 18  # of 22: then come two lines, what to try next, and the cursor


def run(
    step: tuple[int, int], timer: tuple[int, int], sent: int, read: int
) -> Timeline:
    """Return a made-up run; all times are in ms.

    `timer` is when the 100 ms timer was due and when it was served.
    """
    due, served = (time * MS for time in timer)
    made = Timeline("made up", [{"time": sent * MS, "event": "note", "text": SENT}])
    start, end = (time * MS for time in step)
    ran = Stretch(start, end, "blocked" if end - start > 0.05 else "running")
    late = [Stretch(due, served, "late")] if served - due > 0.01 else []
    made.state.lives += [
        Life("time.sleep", None, "", 0, 0.0, exited=end, stretches=[ran]),
        Life("sleep 100 ms", None, "", 0, 0.0, exited=served, stretches=late),
        Life("read socket", None, "", 0, 0.0, exited=read * MS),
    ]
    return made


BLOCKED = run((51, 171), (100, 172), sent=80, read=172)
FREED = run((51, 52), (100, 101), sent=80, read=81)


def test_a_run_that_is_interrupted_leaves_no_thread() -> None:
    async def interrupted(sock: socket) -> None:
        raise KeyboardInterrupt

    before = threading.enumerate()
    with pytest.raises(KeyboardInterrupt):
        traced("interrupted", interrupted)
    assert threading.enumerate() == before


def test_what_is_said_of_two_runs() -> None:
    seen = Seen(BLOCKED, FREED)
    seen.refuse_impossible()
    assert seen.lesson() == (
        "time.sleep(0.12) held the loop for 120 ms; then came the 100 ms timer, at 172"
    )
    assert seen.others() == (
        "Bytes sent at 80 ms were read at 172; with to_thread 80 and 81, "
        "the timer at 101"
    )
    assert max(len(seen.lesson()), len(seen.others())) <= 80


def test_the_picture_has_the_places_while_a_step_blocks_and_who_is_late(
    blocked: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", WIDTH)
    rows = Seen(blocked, blocked).picture().plain.splitlines()
    assert len(rows) == ROWS
    assert max(map(len, rows)) <= WIDTH
    assert "…" not in "".join(rows)
    first, *below = rows[1:10]
    places = [row[:8].rstrip() for row in (first, *below)]
    assert places == [
        "READY",
        "RUNNING",
        "",
        "",
        "TIMERS",
        "SELECTOR",
        "WAITING",
        "",
        "",
    ]
    held = [row[9:].rstrip() for row in (first, *below)]
    assert held[0] == "nothing"
    assert re.fullmatch(r"time\.sleep   \d+ ms: no other task can run", held[1])
    assert re.search(r"\d+ time\.sleep\(0\.12\)", held[3])
    assert re.fullmatch(r"▲ sleep 100 ms, due at \d+ ms: LATE", held[4])
    assert re.fullmatch(r"not asked for \d+ ms  socket \d+ → read socket", held[5])
    wakers = [row.rpartition("← ")[2] for row in held[6:]]
    assert wakers == ["last of 3 tasks", "a timer", "the selector"]
    lanes = [row[:12].rstrip() for row in rows[11:]]
    assert lanes == [*DRAWN, "blocked", *DRAWN]
    for shout in ("LATE", "BLOCKED"):  # once in each run: a slide quotes it
        assert len(re.findall(rf"{shout} \d+ ms", "\n".join(rows))) == 2


def test_a_step_that_takes_longer_than_it_should_explains_more() -> None:
    slow = run((51, 900), (100, 901), sent=80, read=901)
    seen = Seen(slow, FREED)
    seen.refuse_impossible()
    assert "for 849 ms; then came the 100 ms timer, at 901" in seen.lesson()


@pytest.mark.parametrize(
    ("blocked", "freed", "seen"),
    [
        pytest.param(
            run((51, 171), (100, 372), 80, 172),
            FREED,
            "a timer was served 201 ms late",
            id="the timer long after the step",
        ),
        pytest.param(
            run((51, 171), (100, 172), 80, 372),
            FREED,
            "bytes were read 201 ms late",
            id="the bytes long after the step",
        ),
        pytest.param(
            run((110, 230), (100, 102), 120, 231),
            FREED,
            "was not under way when the timer fell due",
            id="the timer before the step",
        ),
        pytest.param(
            run((51, 171), (100, 172), 30, 31),
            FREED,
            "was not under way when the bytes were sent",
            id="the bytes before the step",
        ),
        pytest.param(
            BLOCKED,
            run((51, 52), (100, 160), 80, 81),
            "a timer was served 60 ms late",
            id="the timer late though nothing blocks",
        ),
        pytest.param(
            BLOCKED,
            run((51, 52), (100, 101), 80, 150),
            "bytes were read 70 ms late",
            id="the bytes late though nothing blocks",
        ),
        pytest.param(
            BLOCKED,
            run((51, 151), (100, 152), 80, 152),
            "a step that only calls a thread took 100 ms",
            id="blocked though it calls a thread",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    blocked: Timeline, freed: Timeline, seen: str
) -> None:
    with pytest.raises(TooBusy, match=seen):
        Seen(blocked, freed).refuse_impossible()


@pytest.mark.parametrize(
    ("wait", "unexplained"),
    [((60, 70), 0), ((0, 40), 40), ((180, 200), 20), ((41, 181), 20), ((151, 181), 10)],
)
def test_what_a_step_does_not_explain(wait: tuple[int, int], unexplained: int) -> None:
    start, end = (time * MS for time in wait)
    waited = Moments(BLOCKED).unexplained(Stretch(start, end, "late"))
    assert waited == pytest.approx(unexplained * MS)


def test_a_real_run_has_all_moments_in_order() -> None:
    real = Moments(traced("real", partial(scenario, sleep_in_loop)))
    assert 0 < real.step.start < real.step.end < real.timer
    assert 0 < real.sent < real.read
