"""The runner: what a demo prints as asciicast lines, and nothing left behind."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from demos.support.console import MARK, MARK_END
from slides.stage import runner
from slides.stage.paths import Paths
from tests.talks import HEAD, gone, write_demo

GRACE = 0.2


@pytest.fixture
def paths(recorded: Path) -> Paths:
    return Paths(recorded)


async def collect(paths: Paths, slug: str, **durations: float) -> list[list[object]]:
    async with aclosing(runner.run(paths, slug, **durations)) as lines:
        return [json.loads(line) async for line in lines]


def printed(events: list[list[object]]) -> str:
    return "".join(str(data) for _, code, data in events if code == "o")


async def pid_of(paths: Paths, slug: str, *, close: bool = True) -> int:
    """Run a demo until it has said a process id, then close the run."""
    said = ""
    async with aclosing(runner.run(paths, slug, grace=GRACE)) as lines:
        async for line in lines:
            event = json.loads(line)
            said += event[2] if isinstance(event, list) and event[1] == "o" else ""
            if close and re.search(r"pid \d+\s", said):
                break
    found = re.search(r"pid (\d+)", said)
    assert found, said
    return int(found[1])


async def test_a_run_is_an_asciicast(paths: Paths) -> None:
    header, *events = await collect(paths, "ticker")
    assert isinstance(header, dict)
    assert header["version"] == 3
    assert header["term"]["cols"] == 80
    assert header["term"]["rows"] == 22
    assert header["command"] == "invoke demo.ticker"
    assert re.sub(r"\x1b\[[\d;]*m", "", printed(events)).split("\r\n") == [
        "tick 0",
        "tick 1",
        "tick 2",
        "There were 3 ticks.",
        "try next: invoke demo.ticker --ticks 5",
        "",
    ]
    assert events[-1][1:] == ["x", "0"]


async def test_a_demo_runs_with_the_flags_that_its_name_has(paths: Paths) -> None:
    header, *events = await collect(paths, "ticker-twice")
    assert isinstance(header, dict)
    assert header["command"] == "invoke demo.ticker --twice"
    assert "There were 6 ticks." in printed(events)


async def test_the_exit_status_is_the_demos_own(paths: Paths) -> None:
    assert (await collect(paths, "exits"))[-1][1:] == ["x", "3"]


@pytest.mark.parametrize("slug", ["waits", "stubborn", "half"])
async def test_a_closed_run_leaves_no_process(paths: Paths, slug: str) -> None:
    assert gone(await pid_of(paths, slug))


@pytest.mark.parametrize("slug", ["parent", "orphan"])
async def test_a_demo_that_leaves_a_child_ends_with_it(paths: Paths, slug: str) -> None:
    if slug == "orphan" and sys.platform == "win32":
        pytest.skip("Windows knows no sessions")
    assert gone(await pid_of(paths, slug, close=False))


async def test_a_cancelled_run_leaves_no_process(paths: Paths) -> None:
    said = asyncio.get_running_loop().create_future()

    async def watch() -> None:
        async with aclosing(runner.run(paths, "waits", grace=GRACE)) as lines:
            async for line in lines:
                if found := re.search(r"pid (\d+)", line):
                    said.set_result(int(found[1]))

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(watch())
        pid = await said
        task.cancel()
    assert gone(pid)


async def test_a_demo_past_its_deadline_is_ended(paths: Paths) -> None:
    with pytest.raises(TimeoutError):
        await collect(paths, "waits", deadline=1.0, grace=GRACE)


RECORDED = f'{HEAD}[2, "o", "x"]\n[0.5, "m", "x"]\n[1.5, "x", "0"]\n'


@pytest.mark.parametrize(
    ("demo", "cast", "seconds"),
    [
        ("DEADLINE = 90", None, 90),
        ("DEADLINE = 90", RECORDED, 90),
        ("x = 1", RECORDED, 3 * 4 + 2),
        (f"DEADLINE = {10**400}", RECORDED, 3 * 4 + 2),
        ("DEADLINE = 1e999", RECORDED, 3 * 4 + 2),
        ("DEADLINE = True", RECORDED, 3 * 4 + 2),
        ("DEADLINE = 0", RECORDED, 3 * 4 + 2),
        ("def half(", RECORDED, 3 * 4 + 2),
        ("x = 1", RECORDED[:-9], runner.DEADLINE),  # damaged
        ("x = 1", None, runner.DEADLINE),
        ("def half(", None, runner.DEADLINE),
    ],
)
def test_a_demo_may_take_what_it_says_or_three_times_its_recording(
    tmp_path: Path, demo: str, cast: str | None, seconds: float
) -> None:
    paths = Paths(tmp_path)
    paths.demos.mkdir()
    paths.recordings.mkdir(parents=True)
    (paths.demos / "slow.py").write_text(demo, encoding="utf-8")
    for name in ("slow", "slow-down"):
        if cast:
            (paths.recordings / f"{name}.cast").write_text(cast, encoding="utf-8")
        assert runner.deadline(paths, name) == seconds


async def test_a_half_written_demo_fails_as_any_other(talk: Path) -> None:
    write_demo(talk, "odd", "half(")
    assert (await collect(Paths(talk), "odd"))[-1][1:] == ["x", "1"]


async def test_a_lesson_is_a_marker_and_no_output(paths: Paths) -> None:
    _, *events = await collect(paths, "ticker")
    (label,) = [data for _, code, data in events if code == "m"]
    assert label == "There were 3 ticks."
    marked = [code for _, code, _ in events].index("m")
    assert "tick 2" in printed(events[:marked])
    assert "There were" not in printed(events[:marked])
    assert "There were 3 ticks." in printed(events[marked:])
    assert "SetMark" not in printed(events)


LESSON = f"before{MARK}3 ≈ 3{MARK_END}\x1b[1mafter"


@pytest.mark.parametrize("cut", range(len(LESSON) + 1))
def test_a_mark_is_found_in_whatever_pieces_it_comes(cut: int) -> None:
    events: list[tuple[str, str]] = []
    held = ""
    for piece in (LESSON[:cut], LESSON[cut:]):
        found, held = runner.split_marks(held + piece)
        events += found
    assert held == ""
    marked = events.index(("m", "3 ≈ 3"))
    assert "".join(text for _, text in events[:marked]) == "before"
    assert "".join(text for _, text in events[marked + 1 :]) == "\x1b[1mafter"


@pytest.mark.parametrize("text", ["\x1b[3", "\x1b]0;title", f"{MARK}two\nlines"])
def test_what_cannot_become_a_mark_is_not_held(text: str) -> None:
    assert runner.split_marks(text) == ([("o", text)], "")


def test_a_mark_without_an_end_is_held_only_so_long() -> None:
    longest = MARK + "x" * runner.LABEL
    assert runner.split_marks(longest) == ([], longest)
    assert runner.split_marks(f"{longest}x") == ([("o", f"{longest}x")], "")


async def test_a_mark_without_an_end_is_output(talk: Path) -> None:
    write_demo(talk, "odd", f"os.write(1, {MARK.encode()!r} + b'never')")
    _, *events = await collect(Paths(talk), "odd")
    assert printed(events) == f"{MARK}never"
    assert events[-1][1:] == ["x", "0"]


async def test_a_million_lines_all_come_in_bounded_pieces(paths: Paths) -> None:
    lines = longest = 0
    async with aclosing(runner.run(paths, "floods")) as run:
        async for line in run:
            longest = max(longest, len(line))
            lines += line.count(r"\n")
    assert lines == 1_000_000
    assert longest < 8 * runner.CHUNK


async def test_a_character_that_comes_in_pieces_stays_whole(paths: Paths) -> None:
    _, *events = await collect(paths, "pieces")
    assert printed(events) == "€" * 1000


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL to try it with")
async def test_a_demo_ends_with_a_stage_that_was_killed(recorded: Path) -> None:
    script = (
        "import asyncio, json, pathlib\n"
        "from slides.stage import paths, runner\n"
        "async def main():\n"
        "    async for line in runner.run(paths.Paths(pathlib.Path.cwd()), 'family'):\n"
        "        event = json.loads(line)\n"
        "        if type(event) is list: print(event[2], end='', flush=True)\n"
        "asyncio.run(main())\n"
    )
    stage = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=recorded, stdout=subprocess.PIPE
    )
    assert stage.stdout is not None
    said = (await stage.stdout.readline()).decode()
    stage.send_signal(signal.SIGKILL)
    await stage.communicate()
    _, child, demo = said.split()
    assert gone(int(demo))
    assert gone(int(child))
