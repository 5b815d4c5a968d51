"""How an export is handed over: in place of what it wrote itself, and of nothing else.

A list in the target says what that is, in lines as sha256sum writes them.
"""

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from invoke.exceptions import Exit

from demos.support.files import write_text

LIST = ".exported"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")

Written = set[tuple[str, str]]  # SHA-256 and path of what an export has written


def check(target: Path, names: Iterable[str]) -> Written:
    """Return what earlier exports wrote to `target`.

    Raises Exit where to write these files there would replace something else, or
    something that was changed since.
    """
    written = _read(target / LIST)
    if written is None:
        raise _in_the_way(target / LIST)
    for name in names:
        place = target / name
        for folder in _folders(name)[::-1]:
            held = target / folder
            if held.is_symlink() or (held.exists() and not held.is_dir()):
                raise _in_the_way(held)
        is_there = place.is_symlink() or place.exists()
        if is_there and (_digest(place), name) not in written:
            raise _in_the_way(place)
    return written


def hand_over(ready: Path, target: Path) -> None:
    """Move the files in `ready` to `target`.

    Of what is in their folders, that goes which an earlier export wrote and this one
    did not. What somebody else put there stays. Raises Exit as `check` does, before
    anything was replaced, and OSError.
    """
    files = [path for path in sorted(ready.rglob("*")) if path.is_file()]
    new = {path.relative_to(ready).as_posix(): path for path in files}
    before = check(target, new)
    tops = {name.partition("/")[0] for name in new}
    written = {(_digest(path), name) for name, path in new.items()}
    stale = {each for each in before if each[1].partition("/")[0] in tops} - written
    # Should we be killed on the way, both what is old and what is new is ours.
    target.mkdir(parents=True, exist_ok=True)
    _write(target / LIST, before | written)
    for name, path in new.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        path.replace(target / name)
    for digest, name in stale:
        if name not in new and _digest(target / name) == digest:
            _remove(target, name)
    _write(target / LIST, (before - stale) | written)


def _remove(target: Path, name: str) -> None:
    """Remove a file, and its folders where it was the last one in them."""
    (target / name).unlink()
    with suppress(OSError):  # not empty
        for folder in _folders(name):
            (target / folder).rmdir()


def _folders(name: str) -> list[PurePosixPath]:
    """Return the folders that a file is in, from the innermost on."""
    return list(PurePosixPath(name).parents)[:-1]


def _digest(place: Path) -> str:
    """Return the SHA-256 of a file; "" where there is none that could be ours."""
    if place.is_symlink() or not place.is_file():
        return ""
    return hashlib.sha256(place.read_bytes()).hexdigest()


def _read(file: Path) -> Written | None:
    """Return what a list names; None for a file that is no list of ours."""
    if file.is_symlink():
        return None
    try:
        lines = file.read_text("utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except (OSError, ValueError):
        return None
    found = [_LINE.fullmatch(line) for line in lines]
    written = {(each[1], each[2]) for each in found if each}
    inside = all(
        not path.is_absolute() and ".." not in path.parts
        for path in (Path(name) for _, name in written)
    )
    return written if all(found) and inside else None


def _write(file: Path, written: Written) -> None:
    lines = sorted(written, key=lambda each: each[::-1])
    write_text(file, "".join(f"{digest}  {name}\n" for digest, name in lines))


def _in_the_way(place: Path) -> Exit:
    what = "was not written by an export, or was changed since"
    return Exit(f"{place} {what}: move it away, or choose another --to", code=1)
