import pytest
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from demos.support.console import STYLES, WIDTH
from demos.support.trace.loop_state import LoopState
from demos.support.trace.loop_view import at, moments, picture
from demos.support.trace.timeline import Timeline, chart

PLACES = ("READY", "TIMERS", "SELECTOR", "RUNNING", "WAITING")
ROWS = 21  # of 22: the last line break scrolls


def pictures(run: Timeline) -> list[Text]:
    state = LoopState()
    found = []
    for moment in moments(run.program):
        state = at(moment.end, run.program, state)
        found.append(picture(state, 0.1))
    return found


def test_a_replay_can_go_back(blocked: Timeline) -> None:
    every = moments(blocked.program)
    state = LoopState()
    for moment in every:
        state = at(moment.end, blocked.program, state)
    early = every[5]
    again = at(early.end, blocked.program, state)
    assert again == at(early.end, blocked.program, LoopState())


def test_the_places_stand_where_they_stood_and_one_is_lit(blocked: Timeline) -> None:
    every = pictures(blocked)
    found = {tuple(map(each.plain.index, PLACES)) for each in every}
    assert found == {tuple(map(every[0].plain.index, PLACES))}
    for each in every:
        assert [span.style for span in each.spans].count("reverse") == 1


def test_nothing_is_cut_off(blocked: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demos.support.console.console.width", WIDTH)
    console = Console(width=200, theme=Theme(STYLES))
    for each in [*pictures(blocked), chart(blocked, blocked)]:
        lines = console.render_lines(each, pad=False)
        assert max(sum(part.cell_length for part in line) for line in lines) <= WIDTH
        assert len(lines) <= ROWS
        assert "…" not in each.plain
