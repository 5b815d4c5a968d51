import re

import pytest

from demos.support.trace.timeline import Timeline, chart, spelt, ticks

TASKS = ["scenario", "sleep 30 ms", "sleep 100 ms", "read socket", "time.sleep"]


def test_lives_show_who_blocked_and_who_was_late(blocked: Timeline) -> None:
    found = {life.name: life for life in blocked.lives()}
    assert [*found] == TASKS
    assert found["time.sleep"].during("blocked")
    assert found["sleep 100 ms"].during("late")


def test_the_longest_step_is_named_with_its_line(blocked: Timeline) -> None:
    _, who = blocked.state.longest
    assert re.fullmatch(r"time\.sleep from .*event_loop_trace\.py:\d+", who)


def test_a_chart_says_who_blocked_who_was_late_and_when_each_was_done(
    blocked: Timeline,
) -> None:
    title, *lines = chart(blocked).plain.splitlines()
    assert title == "blocked"
    rows = dict(zip(TASKS, lines, strict=False))
    for name, row in rows.items():
        assert re.fullmatch(rf"{name} .* \d+ ms", row)
    assert re.search(r"█ BLOCKED \d+ ms █", rows["time.sleep"])
    assert re.search(r"░ LATE \d+ ms ░", rows["sleep 100 ms"])


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (0.173, ["0 ms", "50 ms", "100 ms", "150 ms"]),
        (0.000_03, ["0 ms", "0.01 ms", "0.02 ms", "0.03 ms"]),
        (30, ["0 ms", "5000 ms", "10.0 s", "15.0 s", "20.0 s", "25.0 s", "30.0 s"]),
    ],
)
def test_an_axis_has_a_few_round_times(end: float, words: list[str]) -> None:
    assert [spelt(tick) for tick in ticks(end)] == words


@pytest.mark.parametrize("last", range(1, 6))
def test_a_run_of_which_only_the_end_was_kept_can_be_drawn(
    blocked: Timeline, last: int
) -> None:
    ended = Timeline("the end", blocked.events[-last:])
    assert chart(ended).plain.startswith("the end\n")
