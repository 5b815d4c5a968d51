"""Files that are written whole or not at all."""

from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a text file in place of what is there, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)
