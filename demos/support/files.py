"""Files that are written whole or not at all."""

import os
import secrets
import shutil
from pathlib import Path


def write_bytes(path: Path, written: bytes) -> None:
    """Write a file in place of what is there, with its mode, whole or not at all.

    A link is followed. A pipe or a device stays what it is: it is written to.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(written)
        return
    path = Path(os.path.realpath(path))
    draft = path.with_name(f".{secrets.token_hex(8)}.draft")  # nobody else's file
    try:
        draft.write_bytes(written)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)  # of a disk that is full, say


def write_text(path: Path, text: str) -> None:
    """Do the same with a text."""
    write_bytes(path, text.encode())
