import contextlib
import json
import re
import sys
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from demos.support.trace.files import Files
from demos.support.trace.script import (
    ENDED,
    NO_TASK,
    UNTRACED,
    show_script,
    trace_script,
)

SCRIPT = """
import asyncio, sys
print(sys.argv[1:])
print("their error", file=sys.stderr)
async def main():
    for _ in range(20):
        await asyncio.sleep(0)
asyncio.run(main())
sys.exit(7)
"""

IN_THREAD = """
import asyncio, threading
thread = threading.Thread(target=asyncio.run, args=[asyncio.sleep(0)], name="[own]")
thread.start()
thread.join()
"""

NOWHERE = Files(None, None)
Captured = pytest.CaptureFixture[str]
selector = pytest.mark.skipif(
    sys.platform == "win32", reason="the default loop is a Proactor"
)


def program(folder: Path, source: str) -> str:
    """Write a program; return its path."""
    path = folder / "their program.py"
    path.write_text(source, encoding="utf-8")
    return str(path)


@selector
def test_a_script_is_traced_and_keeps_output_and_exit_code(
    tmp_path: Path, capfd: Captured
) -> None:
    script = program(tmp_path, SCRIPT)
    code, events, untraced = trace_script(script, ["a", "b c"], 1000)
    assert events
    assert not untraced
    assert (code, *capfd.readouterr()) == (7, "['a', 'b c']\n", "their error\n")
    names = [e["coroutine"] for e in events if e["event"] == "task_spawned"]
    assert names[0] == "main"


def test_a_script_without_a_loop_leaves_no_events(tmp_path: Path) -> None:
    traced = trace_script(program(tmp_path, "raise SystemExit(3)"), [], 1000)
    assert traced == (3, [], [])


def test_a_script_that_is_cut_short_leaves_no_trace(tmp_path: Path) -> None:
    cut = program(tmp_path, "import os; os._exit(4)")
    assert trace_script(cut, [], 1000) == (4, None, [])


@selector
def test_what_was_seen_goes_to_stderr_and_the_output_stays_the_script_s(
    tmp_path: Path, capfd: Captured
) -> None:
    with pytest.raises(Exit) as caught:
        show_script(program(tmp_path, SCRIPT), "a 'b c'", NOWHERE, 1000, 10)
    out, err = capfd.readouterr()
    assert (caught.value.code, out) == (7, "['a', 'b c']\n")
    assert err.startswith("their error\n")
    assert "their program.py" in err
    assert "longest step: " in err
    assert "(--last)" not in err


@selector
def test_it_says_when_only_the_last_events_were_kept(
    tmp_path: Path, capfd: Captured
) -> None:
    kept = tmp_path / "events.json"
    with pytest.raises(Exit):
        show_script(program(tmp_path, SCRIPT), "", Files(str(kept), None), 20, 10)
    assert "only the last 20 events were kept (--last)" in capfd.readouterr().err
    (run,) = json.loads(kept.read_text(encoding="utf-8"))
    assert len([e for e in run["events"] if e["event"] != "task_spawned"]) <= 20


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ("raise SystemExit(3)", 3, NO_TASK),
        ("import os; os._exit(4)", 4, ENDED),
        ("import asyncio; asyncio.new_event_loop().close()", 0, NO_TASK),
        (IN_THREAD, 0, UNTRACED.format(r".*EventLoop in \[own\]")),
    ],
)
def test_it_says_why_there_is_no_trace(
    tmp_path: Path, capfd: Captured, source: str, code: int, said: str
) -> None:
    ended = pytest.raises(Exit) if code else contextlib.nullcontext()
    with ended as caught:
        show_script(program(tmp_path, source), "", NOWHERE, 1000, 10)
    assert (caught.value.code if caught else 0) == code
    assert re.fullmatch(f"{said}\n", capfd.readouterr().err)
