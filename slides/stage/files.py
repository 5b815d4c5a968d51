"""Files that are written whole or not at all."""

import shutil
from pathlib import Path


def write_bytes(path: Path, written: bytes) -> None:
    """Write a file in place of what is there, with its mode, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
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
