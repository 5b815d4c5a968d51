"""Runs a demo as an attendee does, and yields what it prints as asciicast v3 lines.

A live run and a recording are the same thing, a stream of such lines
(https://docs.asciinema.org/manual/asciicast/v3/). There is no pseudo-terminal: the
demo writes to a pipe and is told that its other end can draw, so that it is the same
on Linux, macOS and Windows.
"""

import ast
import asyncio
import codecs
import contextlib
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from itertools import cycle
from secrets import token_hex

from demos.support import watchdog
from demos.support.console import MARK, MARK_END
from demos.support.machine import python
from slides.stage import recordings
from slides.stage.names import command, slug
from slides.stage.paths import Paths
from slides.stage.sources import parse, source_hash

COLUMNS, ROWS = 80, 22
DEADLINE = 60.0  # seconds, where neither the demo nor its recording says how many
SLOWER, SPARE = 3, 2  # times as long as its recording, and seconds more
GRACE = 1.0  # seconds to end in after each signal
CHUNK = 65_536  # bytes read at once; the longest event
LABEL = 1_000  # characters of a mark; what is longer is output

_LABEL = rf"[^\x00-\x1f]{{0,{LABEL}}}"
_MARK = re.compile(f"{re.escape(MARK)}({_LABEL}){MARK_END}")
_MARK_BEGUN = re.compile(f"{re.escape(MARK)}{_LABEL}")
_TERMINAL = {
    "COLORTERM": "truecolor",
    "COLUMNS": str(COLUMNS),
    "FORCE_COLOR": "1",
    "LINES": str(ROWS),
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "TERM": "xterm-256color",
    "TTY_COMPATIBLE": "1",
    "TTY_INTERACTIVE": "1",
}


def deadline(paths: Paths, demo: str) -> float:
    """Return the seconds that a demo may take on stage.

    They are its own DEADLINE; or, as an audience sees that it is slow, SLOWER times the
    length of its recording and some SPARE; or, where it has none, DEADLINE.
    """
    if (named := named_deadline(paths, demo)) is not None:
        return named
    try:
        return SLOWER * recordings.length(paths.recordings / f"{demo}.cast") + SPARE
    except LookupError:
        return DEADLINE


def named_deadline(paths: Paths, demo: str) -> float | None:
    """Return the DEADLINE in seconds that a demo names, if it does.

    What is no number of seconds that may pass is none.
    """
    for node in parse(paths.demos / f"{slug(demo)}.py").body:
        match node:
            case ast.Assign([ast.Name("DEADLINE")], ast.Constant(int() | float() as s)):
                if type(s) is not bool and 0 < s <= sys.float_info.max:
                    return float(s)
    return None


async def run(
    paths: Paths, demo: str, *, deadline: float = DEADLINE, grace: float = GRACE
) -> AsyncGenerator[str, None]:
    """Run a demo; yield the header, its output as it comes, and its exit status.

    The mark of its lesson becomes a marker event. `deadline` is what it may take, and
    `grace` what it has to end in after each signal, in seconds.

    However this ends (the demo does, the deadline passes, the caller closes the
    generator or is cancelled), the demo and all it started have ended too.

    Raises TimeoutError when the deadline passes.
    """
    yield json.dumps(
        {
            "version": 3,
            "term": {"cols": COLUMNS, "rows": ROWS, "type": "xterm-256color"},
            "timestamp": int(time.time()),
            "command": command(demo),
            "title": command(demo),
            "tags": [
                f"python={python()}",
                f"platform={platform.platform(terse=True)}",
                f"source=sha256:{source_hash(paths, demo)}",
            ],
        }
    )
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline
    last = loop.time()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    held = ""
    run = token_hex(8)
    process = await _start(paths, demo, run, grace)
    try:
        while chunk := await _read(process, end, grace):
            events, held = split_marks(held + decoder.decode(chunk))
            for code, data in events:
                now = loop.time()
                yield _event(now - last, code, data)
                last = now
        if held:
            yield _event(0, "o", held)
        async with asyncio.timeout_at(end):
            while (status := process.returncode) is None:
                await process.wait()
        yield _event(loop.time() - last, "x", str(status))
    finally:
        await _end(process, run, grace)


def split_marks(text: str) -> tuple[list[tuple[str, str]], str]:
    """Return the output and marker events in a text, and a rest to hold.

    The rest may be the beginning of a mark, of which more is still to come.
    """
    *pieces, last = _MARK.split(text)  # output and labels in turn
    held = last[last.rfind("\x1b") :] if "\x1b" in last else ""
    if not (MARK.startswith(held) or _MARK_BEGUN.fullmatch(held)):
        held = ""
    pieces.append(last.removesuffix(held))
    return [event for event in zip(cycle("om"), pieces) if event[1]], held


def _event(interval: float, code: str, data: str) -> str:
    if code == "o":  # as a terminal driver does: a line feed returns the carriage
        data = data.replace("\n", "\r\n")
    return json.dumps([round(interval, 6), code, data], ensure_ascii=False)


async def _start(
    paths: Paths, demo: str, run: str, grace: float
) -> asyncio.subprocess.Process:
    arguments = [sys.executable, "-m", *command(demo).split()]
    spawn = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *arguments,
            cwd=paths.root,
            env=os.environ | _TERMINAL | {watchdog.RUN: run},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    )
    try:
        return await asyncio.shield(spawn)
    except asyncio.CancelledError:
        # A cancelled spawn would leave the child behind (cpython #103847).
        await _end(await spawn, run, grace)
        raise


async def _read(process: asyncio.subprocess.Process, end: float, grace: float) -> bytes:
    """Return the next bytes; b"" when the demo has ended.

    The pipe stays open while a child of the demo holds it, so the demo's own end is
    looked for whenever the pipe is quiet.
    """
    assert process.stdout is not None
    loop = asyncio.get_running_loop()
    while True:
        quiet = min(loop.time() + grace, end)
        try:
            async with asyncio.timeout_at(quiet):
                return await process.stdout.read(CHUNK)
        except TimeoutError:
            if process.returncode is not None:
                return b""
            if quiet == end:
                raise


async def _end(process: asyncio.subprocess.Process, run: str, grace: float) -> None:
    """End the demo, politely first, reap it, and end whatever it left running."""
    try:
        for name in ("SIGINT", "SIGTERM", "SIGKILL"):
            if process.returncode is not None:
                break
            _signal(process, name)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    while await process.stdout.read(CHUNK):  # type: ignore[union-attr]
                        pass  # a demo that cleans up may print: a full pipe holds it
                    await process.wait()
    finally:  # also when we are cancelled once more
        # The group outlives its leader; its number is not reused until it is empty.
        _signal(process, "SIGKILL")
        if sys.platform != "win32":
            watchdog.kill_strays(run)
        if process.stdin is not None:
            process.stdin.close()


def _signal(process: asyncio.subprocess.Process, name: str) -> None:
    """Send a signal to the demo and to all it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform != "win32":
            os.killpg(process.pid, getattr(signal, name))
        elif name == "SIGKILL":
            kill = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(kill, capture_output=True)
        else:
            process.send_signal(signal.CTRL_BREAK_EVENT)
