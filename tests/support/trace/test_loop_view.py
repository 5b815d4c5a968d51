import pytest
from rich.console import Console
from rich.theme import Theme

from demos.support.console import STYLES
from demos.support.trace.loop_view import Replay, moments, picture
from demos.support.trace.timeline import Timeline


def test_a_replay_can_go_back(blocked: Timeline) -> None:
    every = moments(blocked.program)
    replay = Replay(blocked.program)
    for moment in every:
        replay.at(moment.end, moment.until)
    early = every[5]
    again = replay.at(early.end, early.until)
    assert again == Replay(blocked.program).at(early.end, early.until)


@pytest.mark.parametrize("width", [96, 80])
def test_each_picture_fits_the_screen(
    width: int, blocked: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demos.support.console.console.width", width)
    console = Console(width=width, theme=Theme(STYLES))
    replay = Replay(blocked.program)
    heights = set()
    for moment in moments(blocked.program):
        shown = picture(replay.at(moment.end, moment.until), 0.1)
        lines = console.render_lines(shown, pad=False)
        assert max(sum(part.cell_length for part in line) for line in lines) <= width
        heights.add(len(lines))
    assert heights == {23}
