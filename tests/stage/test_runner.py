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

from slides.stage import runner
from tests.talks import gone


@pytest.fixture(autouse=True)
def demos(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "DEMOS", recorded / "demos")
    monkeypatch.setattr(runner, "GRACE", 0.2)
    return recorded / "demos"


async def collect(slug: str) -> list[list[object]]:
    async with aclosing(runner.run(slug)) as lines:
        return [json.loads(line) async for line in lines]


async def pid_of(slug: str, *, close: bool = True) -> int:
    """Run a demo until it has said a process id, then close the run."""
    said = ""
    async with aclosing(runner.run(slug)) as lines:
        async for line in lines:
            event = json.loads(line)
            said += event[2] if isinstance(event, list) and event[1] == "o" else ""
            if close and re.search(r"pid \d+\s", said):
                break
    found = re.search(r"pid (\d+)", said)
    assert found, said
    return int(found[1])


async def test_a_run_is_an_asciicast() -> None:
    header, *events = await collect("ticker")
    assert isinstance(header, dict)
    assert header["version"] == 3
    assert header["term"]["cols"] == 96
    assert header["term"]["rows"] == 26
    assert header["command"] == "invoke demo.ticker"
    printed = "".join(str(data) for _, code, data in events if code == "o")
    assert re.sub(r"\x1b\[[\d;]*m", "", printed).split("\r\n") == [
        "tick 0",
        "tick 1",
        "tick 2",
        "There were 3 ticks.",
        "try next: invoke demo.ticker --ticks 5",
        "",
    ]
    assert events[-1][1:] == ["x", "0"]


async def test_the_exit_status_is_the_demos_own() -> None:
    assert (await collect("exits"))[-1][1:] == ["x", "3"]


@pytest.mark.parametrize("slug", ["waits", "stubborn", "half"])
async def test_a_closed_run_leaves_no_process(slug: str) -> None:
    assert gone(await pid_of(slug))


async def test_a_demo_that_leaves_a_child_ends_with_it() -> None:
    assert gone(await pid_of("parent", close=False))


async def test_a_cancelled_run_leaves_no_process() -> None:
    said = asyncio.get_running_loop().create_future()

    async def watch() -> None:
        async with aclosing(runner.run("waits")) as lines:
            async for line in lines:
                if found := re.search(r"pid (\d+)", line):
                    said.set_result(int(found[1]))

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(watch())
        pid = await said
        task.cancel()
    assert gone(pid)


async def test_a_demo_past_its_deadline_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "DEADLINE", 1.0)
    with pytest.raises(TimeoutError):
        await collect("waits")


def test_a_demo_may_name_its_deadline(
    demos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runner.deadline("ticker") == runner.DEADLINE
    text = (demos / "ticker.py").read_text(encoding="utf-8")
    (tmp_path / "slow.py").write_text(f"{text}\nDEADLINE = 90\n", encoding="utf-8")
    monkeypatch.setattr(runner, "DEMOS", tmp_path)
    assert runner.deadline("slow") == 90


async def test_a_million_lines_all_come_in_bounded_pieces() -> None:
    lines = longest = 0
    async with aclosing(runner.run("floods")) as run:
        async for line in run:
            longest = max(longest, len(line))
            lines += line.count(r"\n")
    assert lines == 1_000_000
    assert longest < 8 * runner.CHUNK


async def test_a_character_that_comes_in_pieces_stays_whole() -> None:
    _, *events = await collect("pieces")
    printed = "".join(str(data) for _, code, data in events if code == "o")
    assert printed == "€" * 1000


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL to try it with")
async def test_a_demo_ends_with_a_stage_that_was_killed(recorded: Path) -> None:
    script = (
        "import asyncio, json\nfrom slides.stage import runner\n"
        "async def main():\n"
        "    async for line in runner.run('waits'):\n"
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
    assert gone(int(said.removeprefix("pid ")))


def test_the_hash_changes_with_the_demo_and_with_what_it_imports(
    demos: Path, talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = runner.source_hash("ticker")
    monkeypatch.setattr(runner, "DEMOS", talk / "demos")
    assert runner.source_hash("ticker") == before
    for file in ("ticker.py", "support/console.py"):
        path = talk / "demos" / file
        path.write_text(path.read_text("utf-8") + "# changed\n", encoding="utf-8")
        assert runner.source_hash("ticker") != before
        before = runner.source_hash("ticker")
    unused = talk / "demos" / "support" / "drawing.py"
    unused.write_text(unused.read_text("utf-8") + "# changed\n", encoding="utf-8")
    assert runner.source_hash("ticker") == before
