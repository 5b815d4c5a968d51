"""Talks to test with: a small one of our own, and the commands run in a folder."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any, NamedTuple

import psutil
from aiohttp import web

from slides.stage.paths import Paths
from slides.stage.show.built import Built
from slides.stage.show.present import listen
from slides.stage.show.saved import Saved
from slides.stage.show.server import HOST, Stage
from slides.stage.show.state import Show

ROOT = Path(__file__).parents[1]
PATHS = Paths(ROOT)
# The demos of this talk; what others add beside them is none of the tests' business.
OWN_DEMOS = sorted(path.stem for path in ROOT.glob("tests/demos/at_home/*.py"))
PATIENCE = 60  # seconds: what is not there by then, on a busy machine too, never comes

# Its run is longer than BOUNCE: a next that comes after it is meant.
TICKER = '''"""A tick, and another.

Try next:  invoke demo.ticker --ticks 5
"""

import time
from typing import Annotated

from demos.support.catalog import run
from demos.support.console import console
from demos.support.flags import Flag

DEADLINE = 600


def main(
    ticks: Annotated[int, Flag("how many", 1, 99)] = 3,
    pause: Annotated[float, Flag("seconds between two", 0, 60)] = 0.15,
    twice: Annotated[bool, Flag("twice as many")] = False,
    name: Annotated[list[str], Flag("of a tick; may be repeated")] = [],
) -> str:
    ticks *= 1 + twice
    for tick in range(ticks):
        console.print(f"tick {tick}", style="asyncio")
        time.sleep(pause)
    return f"There were {ticks} ticks."


if __name__ == "__main__":
    run(__file__)
'''

STRAY = (
    "code = 'import time; time.sleep(600)';"
    "child = subprocess.Popen([sys.executable, '-c', code], start_new_session=True)"
)
ODD = {
    # Waits until it is stopped; says who it is.
    "waits": "os.write(1, b'pid %d\\n' % os.getpid()); time.sleep(600)",
    "stubborn": (
        "signal.signal(signal.SIGINT, signal.SIG_IGN);"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "os.write(1, b'pid %d\\n' % os.getpid()); time.sleep(600)"
    ),
    # Its child would live on, and holds the pipe open.
    "parent": (
        "code = 'import time; time.sleep(600)';"
        "child = subprocess.Popen([sys.executable, '-c', code]);"
        "os.write(1, b'pid %d\\n' % child.pid)"
    ),
    # The child is in a session of its own; whoever started it ends, or waits.
    "orphan": f"{STRAY}; os.write(1, b'pid %d\\n' % child.pid)",
    "family": (
        f"{STRAY}; os.write(1, b'pid %d %d\\n' % (child.pid, os.getpid()));"
        "time.sleep(600)"
    ),
    # A character in three pieces, the last one never.
    "half": "os.write(1, b'pid %d \\xe2\\x82' % os.getpid()); time.sleep(600)",
    "pieces": "[os.write(1, bytes([b])) for b in ('€' * 1000).encode()]",
    "exits": "os._exit(3)",
    "floods": "sys.stdout.write(''.join(f'{n}\\n' for n in range(1_000_000)))",
    "fails": "raise RuntimeError('nobody planned this')",
}

SECTIONS = {
    "00-opening.md": """---
marp: true
theme: asyncio-live
lang: en
title: A talk
minutes: 2
---

# A talk

<!-- Say hello. -->

---

## Second

![invoke demo.ticker](recordings/ticker.svg)

<!-- Demo: the first. -->
""",
    "10-more.md": """---
marp: true
minutes: 4
---

## Third

```python demos/ticker.py::main
stale
```

<!-- Say more. -->

---

## Fourth

![invoke demo.waits](recordings/waits.svg)

<!-- Demo: it waits. -->

---

## Fifth

![invoke demo.fails](recordings/fails.svg)

<!-- Demo: it fails. -->

---

## Last

<!-- Say good-bye. -->
""",
}


# The first line of a recording.
HEAD = (
    '{"version": 3, "term": {"cols": 60, "rows": 5}, "timestamp": 1764115200, "tags": '
    '["python=CPython 3.14.0", "platform=Linux-6.1-x86_64", "source=sha256:0"]}\n'
)


def write_demo(talk: Path, slug: str, lines: str) -> None:
    """Write a demo of one line of code."""
    imports = "import os, signal, subprocess, sys, time"
    code = (
        f'"""Odd."""\n{imports}\nDEADLINE = 600\n\n\ndef main() -> None:\n    {lines}\n'
    )
    (talk / "demos" / f"{slug}.py").write_text(code, encoding="utf-8")


def invoke(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an invoke command in `folder` as a person does, without a terminal."""
    return python(folder, "invoke", *arguments)


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of this Python in `folder`, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=5 * PATIENCE,
    )


class DemoRuns(NamedTuple):
    """Runs of demos with their defaults, by slug, in a folder of their own."""

    folder: Path
    of: dict[str, Future[subprocess.CompletedProcess[str]]]


class Served:
    """The addresses of a show: those that its speaker opens, and what they are of."""

    def __init__(self, audience: str) -> None:
        """Take the address that brings the token."""
        self.audience = audience
        self.address, _, self.token = audience.partition("?token=")
        self.presenter = f"{self.address}presenter.html?token={self.token}"
        self.port = int(self.address.rstrip("/").rpartition(":")[2])
        self.cookie = f"asyncio-live-{self.port}={self.token}"


class Present(Served):
    """A running `invoke present`."""

    def __init__(self, process: subprocess.Popen[str], lines: list[str]) -> None:
        """Take what it said when it was ready."""
        super().__init__(lines[-2].split()[-1])
        assert lines[-1].split() == ["presenter", self.presenter]
        self.process = process
        self.said = lines

    @property
    def output(self) -> IO[str]:
        """What it prints from now on."""
        assert self.process.stdout is not None
        return self.process.stdout

    def end(self) -> int:
        """Ask it to end, as Ctrl-C does; return its exit code."""
        if sys.platform == "win32":
            self.process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextlib.asynccontextmanager
async def serving(
    paths: Paths, built: Built, show: Show, folder: Path, **options: Any
) -> AsyncIterator[tuple[Stage, Served]]:
    """Serve a deck without a process of its own; give the stage and its addresses."""
    async with asyncio.TaskGroup() as tasks:
        listener = listen(None)
        port = listener.getsockname()[1]
        stage = Stage(paths, built, show, Saved(folder, port), grace=0.2, **options)
        running = tasks.create_task(stage.run())
        site = web.AppRunner(stage.app())
        await site.setup()
        await web.SockSite(site, listener).start()
        try:
            yield stage, Served(f"http://{HOST}:{port}/?token={stage.token}")
        finally:
            running.cancel()
            await site.cleanup()


def free_port() -> str:
    """Return a port of the system's choice: nobody takes it between two shows."""
    with socket.create_server((HOST, 0)) as listener:
        return f"{listener.getsockname()[1]}"


@contextlib.contextmanager
def present(
    talk: Path, *arguments: str, browser: str = "--no-browser"
) -> Iterator[Present]:
    """Run `invoke present` in `talk` until the end of the block."""
    words = ["present", browser, *arguments]
    process = subprocess.Popen(
        [sys.executable, "-m", "invoke", *filter(None, words)],
        cwd=talk,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    with process:
        try:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line.rstrip())
                if line.startswith("presenter"):
                    break
            else:
                raise AssertionError(f"present ended: {lines}")
            show = Present(process, lines)
            yield show
            if process.poll() is None:
                show.end()
        finally:
            process.kill()


def gone(pid: int, seconds: float = PATIENCE) -> bool:
    """Return whether a process has ended, or does so in time; a zombie has."""
    end = time.monotonic() + seconds
    try:
        process = psutil.Process(pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() >= end:
                return False
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(0.1)
                break
    except psutil.NoSuchProcess:
        pass
    return True
