"""Ends a demo with the program that started it, should that be killed."""

import os
import signal
import threading


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
