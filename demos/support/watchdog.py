"""Ends a demo: with the program that started it, should that be killed; at a Ctrl-C."""

import contextlib
import os
import signal
import threading
from typing import NoReturn


def start() -> None:
    """Watch over the program that started us, if it asks for that.

    It sets ASYNCIO_LIVE_PARENT and holds the other end of our standard input.
    """
    if os.environ.get("ASYNCIO_LIVE_PARENT"):
        threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process and its children when the program that started it is gone."""
    while os.read(0, 1):  # not sys.stdin: its lock would hold up a normal exit
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


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
