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
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator

from demos.support.catalog import DEMOS

COLUMNS, ROWS = 96, 26
DEADLINE = 60.0  # seconds, for a demo that names no DEADLINE of its own
GRACE = 1.0  # seconds to end in after each signal
CHUNK = 65_536  # bytes read at once; the longest event

_TERMINAL = {
    "ASYNCIO_LIVE_PARENT": "1",  # the demo ends when our end of its stdin is closed
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


def command(slug: str) -> str:
    """Return the command line of a demo, as an attendee types it."""
    return f"invoke demo.{slug.replace('_', '-')}"


def source_hash(slug: str) -> str:
    """Return the SHA-256 of a demo's source and of the demos.support it imports."""
    paths = [DEMOS / f"{slug}.py"]
    for path in paths:  # grows while it is walked: what is imported imports too
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                used = DEMOS.parent.joinpath(*node.module.split(".")).with_suffix(".py")
                if used.parent == DEMOS / "support" and used not in paths:
                    paths.append(used)
    texts = [path.read_text(encoding="utf-8") for path in sorted(paths)]
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def deadline(slug: str) -> float:
    """Return the seconds that a demo may take: its DEADLINE, or the default."""
    for node in ast.parse((DEMOS / f"{slug}.py").read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign([ast.Name("DEADLINE")], ast.Constant(int() | float() as s)):
                return float(s)
    return DEADLINE


async def run(slug: str) -> AsyncGenerator[str, None]:
    """Run a demo; yield the header, its output as it comes, and its exit status.

    However this ends (the demo does, the deadline passes, the caller closes the
    generator or is cancelled), the demo and all it started have ended too.

    Raises TimeoutError when the deadline passes.
    """
    yield json.dumps(
        {
            "version": 3,
            "term": {"cols": COLUMNS, "rows": ROWS, "type": "xterm-256color"},
            "timestamp": int(time.time()),
            "command": command(slug),
            "title": command(slug),
            "tags": [
                f"python={platform.python_version()}",
                f"platform={platform.platform(terse=True)}",
                f"source=sha256:{source_hash(slug)}",
            ],
        }
    )
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline(slug)
    last = loop.time()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    process = await _start(slug)
    try:
        while chunk := await _read(process, end):
            # What a terminal driver does: a line feed also returns the carriage.
            if text := decoder.decode(chunk).replace("\n", "\r\n"):
                now = loop.time()
                yield json.dumps([round(now - last, 6), "o", text], ensure_ascii=False)
                last = now
        async with asyncio.timeout_at(end):
            while (status := process.returncode) is None:
                await process.wait()
        yield json.dumps([round(loop.time() - last, 6), "x", str(status)])
    finally:
        await _end(process)


async def _start(slug: str) -> asyncio.subprocess.Process:
    arguments = [sys.executable, "-m", *command(slug).split()]
    spawn = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *arguments,
            cwd=DEMOS.parent,
            env=os.environ | _TERMINAL,
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
        await _end(await spawn)
        raise


async def _read(process: asyncio.subprocess.Process, end: float) -> bytes:
    """Return the next bytes; b"" when the demo has ended.

    The pipe stays open while a child of the demo holds it, so the demo's own end is
    looked for whenever the pipe is quiet.
    """
    assert process.stdout is not None
    loop = asyncio.get_running_loop()
    while True:
        quiet = min(loop.time() + GRACE, end)
        try:
            async with asyncio.timeout_at(quiet):
                return await process.stdout.read(CHUNK)
        except TimeoutError:
            if process.returncode is not None:
                return b""
            if quiet == end:
                raise


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the demo, politely first, reap it, and end whatever it left running."""
    for name in ("SIGINT", "SIGTERM", "SIGKILL"):
        if process.returncode is not None:
            break
        _signal(process, name)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                while await process.stdout.read(CHUNK):  # type: ignore[union-attr]
                    pass  # a demo that cleans up may print; a full pipe would hold it
                await process.wait()
    # The group outlives its leader, and its number is not reused until it is empty.
    _signal(process, "SIGKILL")
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
