"""Ends a demo and all it started: with the program that started it; at a Ctrl-C."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

# The run that a process belongs to. It asks us to end with the program that started us,
# which holds the other end of our standard input.
RUN = "ASYNCIO_LIVE_PARENT"


def start() -> None:
    """Watch over the program that started us, if it asks for that."""
    if os.environ.get(RUN):
        threading.Thread(target=_end_with_parent, daemon=True).start()


def kill_strays(run: str) -> None:
    """Kill all processes of a run, but this one: also those that have left its group.

    They are known by their environment, which they have from whoever started them: one
    that has left the group, and was started with an empty environment, is not found.
    """
    killed = {os.getpid()}
    while found := {*_processes(f"{RUN}={run}")} - killed:  # one may just have forked
        for process in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        killed |= found


def _end_with_parent() -> None:
    """End this process and all of its run when the program that started it is gone."""
    while os.read(0, 1):  # not sys.stdin: its lock would hold up a normal exit
        pass
    if sys.platform == "win32":
        kill = ["taskkill", "/T", "/F", "/PID", str(os.getpid())]
        subprocess.run(kill, capture_output=True)
    else:
        kill_strays(os.environ[RUN])
        os.killpg(0, signal.SIGKILL)


def end_interrupted() -> NoReturn:
    """End this process at a Ctrl-C: now, with 130, and the cursor shown.

    An ordinary exit would wait for threads that nobody can cancel, and another Ctrl-C
    would print where it did.
    """
    import multiprocessing

    from demos.support.console import console

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in multiprocessing.active_children():
        child.kill()
    with contextlib.suppress(OSError):
        console.show_cursor()
        console.file.flush()
    os._exit(130)


def _processes(entry: str) -> Iterator[int]:
    """Yield the processes of this user that have an entry in their environment."""
    if sys.platform == "linux":
        for file in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):  # of another user, or just gone
                if entry.encode() in file.read_bytes().split(b"\0"):
                    yield int(file.parent.name)
    else:
        list_all = ["ps", "-AEww", "-o", "pid=,command="]
        listed = subprocess.run(list_all, capture_output=True, errors="replace").stdout
        for line in listed.splitlines():
            number, *words = line.split()
            if entry in words:
                yield int(number)
