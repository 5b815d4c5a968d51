"""Folders to make something in, which nobody shall find half made."""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

_NAME = "draft-"


@contextlib.contextmanager
def draft(home: Path) -> Iterator[Path]:
    """Yield a new folder in `home`, which is gone in the end.

    So are those whose makers were killed: of each that is at work, there is a lock
    beside the folder.
    """
    for left in home.glob(f"{_NAME}*/"):
        with contextlib.suppress(Timeout, OSError), _held(left):
            pass
    folder = home / f"{_NAME}{secrets.token_hex(8)}"
    with _held(folder):  # first, so that nobody takes it for one that was left
        folder.mkdir()
        yield folder


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; in the end both are gone."""
    file = folder.with_suffix(".lock")
    lock = FileLock(file, blocking=False)
    with lock:
        try:
            yield
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()  # Windows removes no file that is open
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
