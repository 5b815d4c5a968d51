"""Folders to make something in, which nobody shall find half made."""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

_NAME = "draft-"
_OURS = _NAME + "[0-9a-f]" * 16  # others may have drafts, too


@contextlib.contextmanager
def draft(home: Path) -> Iterator[Path]:
    """Yield a new folder in `home`, which is gone in the end.

    So are those whose makers were killed.
    """
    clear(home)
    folder = home / f"{_NAME}{secrets.token_hex(8)}"
    with _held(folder, FileLock(_lock(folder))):  # first: it is none that was left
        folder.mkdir()
        yield folder


def clear(home: Path) -> None:
    """Remove the drafts in `home` whose makers were killed.

    Of each that is at work, there is a lock beside the folder.
    """
    for left in {path.with_suffix("") for path in home.glob(f"{_OURS}*")}:
        lock = FileLock(_lock(left), blocking=False)
        with contextlib.suppress(Timeout, OSError), _held(left, lock):
            pass


def _lock(folder: Path) -> Path:
    return folder.with_suffix(".lock")


@contextlib.contextmanager
def _held(folder: Path, lock: FileLock) -> Iterator[None]:
    """Hold the lock of a folder; in the end both are gone."""
    with lock:
        try:
            yield
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()  # Windows removes no file that is open
            with contextlib.suppress(OSError):
                _lock(folder).unlink(missing_ok=True)
