"""The lesson of the event loop trace, and the pictures that tell it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console
from rich.theme import Theme

from demos.event_loop_trace import blocking, in_thread, main, traced
from demos.support.console import STYLES
from demos.support.flags import UsageError
from demos.support.trace.loop_state import LoopState
from demos.support.trace.loop_view import Replay, moments, picture
from demos.support.trace.script import trace_script
from demos.support.trace.timeline import Timeline, lanes, svg

TASKS = ["scenario", "sleep 30 ms", "sleep 100 ms", "read socket", "handler"]


@pytest.fixture(scope="module")
def blocked() -> Timeline:
    return traced("blocked", blocking)[0]


def order_of_exits(timeline: Timeline) -> list[str]:
    exits = [e["name"] for e in timeline.program if e["event"] == "task_exited"]
    return [name for name in exits if name.startswith(("sleep", "handler"))]


def test_while_a_step_blocks_a_timer_that_is_due_is_not_served(
    blocked: Timeline,
) -> None:
    assert order_of_exits(blocked) == ["sleep 30 ms", "handler", "sleep 100 ms"]


def test_while_a_thread_blocks_the_timer_is_served() -> None:
    timeline, _ = traced("freed", in_thread)
    assert order_of_exits(timeline) == ["sleep 30 ms", "sleep 100 ms", "handler"]


def test_lanes_show_who_blocked_and_who_was_late(blocked: Timeline) -> None:
    found = {lane.name: lane for lane in lanes(blocked)}
    assert [*found] == TASKS
    assert found["handler"].during("blocked")
    assert found["sleep 100 ms"].during("late")


def test_the_longest_step_is_named_with_its_line(blocked: Timeline) -> None:
    _, who = blocked.longest_step()
    assert re.fullmatch(r"handler from .*event_loop_trace\.py:\d+", who)


def test_all_five_places_are_seen_filled(blocked: Timeline) -> None:
    seen: set[str] = set()
    state = LoopState()
    for event in blocked.program:
        state.apply(event)
        places = ("ready", "running", "timers", "sockets", "waiting")
        seen |= {place for place in places if getattr(state, place)}
    assert seen == set(places)
    assert not state.waiting
    assert not state.timers


def test_who_will_wake_a_waiting_task(blocked: Timeline) -> None:
    state = LoopState()
    wakers = set()
    for event in blocked.program:
        state.apply(event)
        for task in state.waiting:
            wakers.add((state.names[task], state.waker(task)))
    assert wakers >= {
        ("scenario", "the last of 4 tasks"),
        ("sleep 100 ms", "a timer"),
        ("read socket", "the selector"),
    }


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


def test_the_timeline_is_a_picture_to_embed(blocked: Timeline) -> None:
    root = ElementTree.fromstring(svg([blocked, blocked]))
    assert root[0].tag.endswith("title")
    assert not [node for node in root.iter() if "id" in node.attrib]
    texts = [node.text or "" for node in root.iter() if node.tag.endswith("}text")]
    assert [text for text in texts if text in TASKS] == TASKS * 2
    assert [text for text in texts if text.startswith(("BLOCKED", "LATE"))]


@pytest.mark.parametrize(
    "flags",
    [
        {"args": "an 'open quote"},
        {"script": "no such file.py"},
        {"json": "no such folder/trace.json"},
        {"svg": "."},
    ],
)
def test_bad_input_is_one_line(flags: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        main(**flags)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


SCRIPT = """
import asyncio, sys
print(sys.argv[1:])
async def main():
    await asyncio.sleep(0)
asyncio.run(main())
sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the default loop is a Proactor")
def test_a_script_is_traced_and_keeps_output_and_exit_code(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "their program.py"
    script.write_text(SCRIPT, encoding="utf-8")
    code, events = trace_script(str(script), ["a", "b c"], 1000)
    assert events
    assert (code, capfd.readouterr().out) == (7, "['a', 'b c']\n")
    names = [e["coroutine"] for e in events if e["event"] == "task_spawned"]
    assert names[0] == "main"


def test_a_script_without_a_loop_leaves_no_events(tmp_path: Path) -> None:
    script = tmp_path / "plain.py"
    script.write_text("raise SystemExit(3)", encoding="utf-8")
    assert trace_script(str(script), [], 1000) == (3, [])


def test_a_script_that_is_cut_short_leaves_no_trace(tmp_path: Path) -> None:
    script = tmp_path / "cut.py"
    script.write_text("import os; os._exit(4)", encoding="utf-8")
    assert trace_script(str(script), [], 1000) == (4, None)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_keys_come_one_by_one() -> None:
    keyboard, terminal = os.openpty()
    code = (
        "from demos.support.trace.keys import keyboard\n"
        "with keyboard() as wait:\n"
        "    print('ready', flush=True)\n"
        "    print([wait(10) for _ in range(4)], wait(0))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=terminal,
        stdout=subprocess.PIPE,
        env={**os.environ, "FORCE_COLOR": "1"},
        cwd=Path(__file__).parents[2],
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        os.write(keyboard, b" \x1b[C\x1b[Dq")
        assert process.stdout.read() == "[' ', 'right', 'left', 'q'] \n"
    os.close(keyboard)
    os.close(terminal)
