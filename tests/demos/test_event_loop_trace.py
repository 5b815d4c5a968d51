"""The lesson of the event loop trace, and the files that tell it."""

import asyncio
import contextlib
import json
import re
import sys
import threading
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest
from invoke.exceptions import Exit

from demos.event_loop_trace import main, scenario, sleep_in_loop, sleep_in_thread
from demos.support.console import console
from demos.support.flags import UsageError
from demos.support.samples import TooBusy
from demos.support.trace import loop_view, seen
from demos.support.trace.events import EVENTS
from demos.support.trace.seen import traced
from demos.support.trace.timeline import Timeline

TASKS = ["scenario", "sleep 30 ms", "sleep 100 ms", "read socket", "time.sleep"]
NAME = Path(__file__).name
BLOCKED = ["sleep 30 ms", "time.sleep", "sleep 100 ms"]  # in the order of their ends
FREED = ["sleep 30 ms", "sleep 100 ms", "time.sleep"]
SENTENCE = (
    r"time.sleep\(0.12\) held the loop for \d+ ms; then came the 100 ms timer, at \d+"
)
SCRIPT = """
import asyncio, sys
asyncio.run(asyncio.sleep(0))
sys.exit(int(sys.argv[1]))
"""


def order_of_exits(timeline: Timeline) -> list[str]:
    done = sorted(timeline.lives(), key=lambda life: life.exited or 0)
    names = [life.name for life in done]
    return [name for name in names if name.startswith(("sleep", "time.sleep"))]


def test_while_a_step_blocks_a_timer_that_is_due_is_not_served() -> None:
    timeline = traced("blocked", partial(scenario, sleep_in_loop))
    assert order_of_exits(timeline) == BLOCKED


def test_while_a_thread_blocks_the_timer_is_served() -> None:
    served = threading.Event()

    async def sleep_until_served() -> None:
        (timer,) = (t for t in asyncio.all_tasks() if t.get_name() == "sleep 100 ms")
        timer.add_done_callback(lambda _: served.set())
        assert await asyncio.to_thread(served.wait, 60)

    timeline = traced("freed", partial(scenario, sleep_until_served))
    assert order_of_exits(timeline) == FREED


async def test_to_sleep_in_a_thread_lets_other_tasks_run() -> None:
    async with asyncio.TaskGroup() as group:
        sleeping = group.create_task(sleep_in_thread())
        await asyncio.sleep(0)
        assert not sleeping.done()


@pytest.mark.parametrize(
    "flags",
    [
        {"script": __file__, "args": "an 'open quote"},
        {"script": "no such file.py"},
        {"json": "no such folder/trace.json"},
        {"svg": "."},
        {"script": __file__, "svg": __file__},
        {"script": __file__, "json": f"{Path(__file__).parent}/../demos/{NAME}"},
        {"svg": "no such file", "json": "no such file"},
    ],
)
def test_bad_input_is_one_line(flags: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        main(**flags)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_the_events_and_the_timeline_of_both_runs_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_view, "FRAMES", 100)  # a second: the replay is over soon
    events, timeline = tmp_path / "events.json", tmp_path / "timeline.svg"
    timeline.write_text("an older one", encoding="utf-8")
    with contextlib.suppress(TooBusy):
        lesson = main(json=str(events), svg=str(timeline), slow=1)
        assert re.fullmatch(SENTENCE, lesson or "")
    assert {*tmp_path.iterdir()} == {events, timeline}
    written = json.loads(events.read_text(encoding="utf-8"))
    titles = ["time.sleep(0.12)", "to_thread(time.sleep, 0.12)"]
    assert [run["title"] for run in written] == titles
    for run in written:
        assert run.keys() == {"title", "events"}
        assert {event["event"] for event in run["events"]} <= EVENTS.keys()
        assert {*order_of_exits(Timeline(**run))} == {*BLOCKED}
    texts = ElementTree.parse(timeline).iter("{http://www.w3.org/2000/svg}text")
    named = [(text.text or "").strip() for text in texts]
    shown = [text for text in named if text in (*TASKS, *titles)]
    assert shown == [titles[0], *TASKS, titles[1], *TASKS]


def test_on_a_busy_machine_there_is_a_chart_and_no_lesson(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop_view, "FRAMES", 100)
    monkeypatch.setattr(seen, "SLACK", -1.0)  # so that anything is late
    with console.capture() as captured, pytest.raises(TooBusy, match="late, and"):
        main(slow=1)
    drawn = captured.get()
    assert "BLOCKED" in drawn
    assert re.search(r"Bytes sent at \d+ ms were read at \d+; with to_thread", drawn)


@pytest.mark.skipif(sys.platform == "win32", reason="the default loop is a Proactor")
def test_a_script_s_exit_code_is_the_command_s(tmp_path: Path) -> None:
    script, events = tmp_path / "theirs.py", tmp_path / "events.json"
    script.write_text(SCRIPT, encoding="utf-8")
    assert main(script=str(script), args="0") is None
    with pytest.raises(Exit) as caught:
        main(script=str(script), args="7", json=str(events))
    assert (caught.value.code, caught.value.message) == (7, None)
    (written,) = json.loads(events.read_text(encoding="utf-8"))
    assert written["title"] == "theirs.py"
    assert "task_exited" in {event["event"] for event in written["events"]}
