"""One key at a time, without waiting for Enter, where there is a keyboard."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from demos.support.console import console

ARROWS = {"\x1b[D": "left", "\x1b[C": "right", "\xe0K": "left", "\xe0M": "right"}
Wait = Callable[[float], str | None]


def has_keyboard() -> bool:
    """Return whether a person can press keys and see what they do."""
    return sys.stdin.isatty() and console.is_terminal


@contextmanager
def keyboard() -> Iterator[Wait]:
    """Yield a function that waits some seconds at most, and returns the key pressed.

    It returns None or "" for none, "left" and "right" for the arrows; without a
    keyboard it just waits.
    """
    if not has_keyboard():
        yield time.sleep
    elif sys.platform == "win32":
        yield _windows_key
    else:
        import termios
        import tty

        before = termios.tcgetattr(0)
        tty.setcbreak(0)
        try:
            yield _posix_key
        finally:
            termios.tcsetattr(0, termios.TCSADRAIN, before)


def _posix_key(seconds: float) -> str:
    import select

    if not select.select([0], [], [], seconds)[0]:
        return ""
    text = os.read(0, 1).decode(errors="replace")
    if text == "\x1b" and select.select([0], [], [], 0.01)[0]:
        text += os.read(0, 2).decode(errors="replace")
    return ARROWS.get(text, text)


def _windows_key(seconds: float) -> str:
    if sys.platform != "win32":  # for the type checker
        return ""
    import msvcrt

    end = time.monotonic() + seconds
    while not msvcrt.kbhit():
        if time.monotonic() >= end:
            return ""
        time.sleep(0.01)
    text = msvcrt.getwch()
    if text == "\xe0":
        text += msvcrt.getwch()
    return ARROWS.get(text, text)
