"""How an export is handed over: in place of what it wrote itself, and of nothing else.

A list in the target says what that is: SHA-256 and path, a line of JSON for each.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from invoke.exceptions import Exit

from demos.support.files import write_text

LIST = ".exported"
AWAY = "move it away, or choose another --to"

Written = set[tuple[str, str]]  # SHA-256 and path of what an export has written


def check(target: Path, names: Iterable[str]) -> Written:
    """Return what earlier exports wrote to `target`.

    Raises Exit where to write these files there would replace something else, or
    something that was changed since.
    """
    written = _read(target / LIST)
    if written is None:
        raise Exit(f"{target / LIST} is no list that an export wrote: {AWAY}", code=1)
    for name in names:
        for folder in _folders(name)[::-1]:
            held = target / folder
            is_folder = held.is_dir() and not held.is_symlink()
            if not is_folder and _is_there(held):
                _refuse_others(target, held, written)
        if _is_there(target / name):
            _refuse_others(target, target / name, written)
    return written


def hand_over(ready: Path, target: Path) -> None:
    """Move the files in `ready` to `target`, all of them or none.

    Of what is in their folders, that goes which an earlier export wrote and this one
    did not. What somebody else put there stays. Raises Exit as `check` does, before
    anything was replaced, and OSError.
    """
    files = [path for path in sorted(ready.rglob("*")) if path.is_file()]
    new = [path.relative_to(ready).as_posix() for path in files]
    before = check(target, new)
    tops = {name.partition("/")[0] for name in new}
    others = {each for each in before if each[1].partition("/")[0] not in tops}
    written = {(_digest(ready, name), name) for name in new}
    ours = sorted(before - others)
    old = [name for sha, name in ours if _digest(target, name) == sha]
    needed = {folder for name in new for folder in _folders(name)}
    standing = {folder for folder in needed if (target / folder).is_dir()}
    target.mkdir(parents=True, exist_ok=True)
    aside: list[str] = []
    came: list[str] = []
    with TemporaryDirectory(dir=ready.parent) as place:
        try:
            # Should we be killed on the way, both what is old and what is new is ours.
            _write(target / LIST, before | written)
            for name in old:
                _move(name, target, Path(place))
                aside.append(name)
            _remove_empty(target, [name for _, name in ours], needed)
            for name in new:
                _move(name, ready, target)
                came.append(name)
            _write(target / LIST, others | written)
        except BaseException:  # Ctrl-C too
            for name in came:
                _move(name, target, ready)
            _remove_empty(target, new, standing)
            for name in aside:
                _move(name, Path(place), target)
            _write(target / LIST, before)
            raise


def _move(name: str, source: Path, target: Path) -> None:
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    (source / name).replace(target / name)


def _remove_empty(
    target: Path, names: Iterable[str], kept: Collection[PurePosixPath]
) -> None:
    """Remove the folders of these files where nothing is left in them."""
    for name in names:
        if _is_behind_link(target, name):
            continue
        with suppress(OSError):  # not empty
            for folder in _folders(name):
                if folder not in kept:
                    (target / folder).rmdir()


def _is_there(place: Path) -> bool:
    return place.is_symlink() or place.exists()


def _refuse_others(target: Path, place: Path, written: Written) -> None:
    """Raise Exit where this file, or this folder and all in it, is not ours."""
    folders = {str(folder) for _, name in written for folder in _folders(name)}
    for each in [place] if place.is_symlink() else [place, *place.rglob("*")]:
        name = each.relative_to(target).as_posix()
        is_folder = each.is_dir() and not each.is_symlink() and name in folders
        if not is_folder and (_digest(target, name), name) not in written:
            what = f"not in the list of what exports wrote here ({LIST}), or changed"
            raise Exit(f"{each} is {what}: {AWAY}", code=1)


def _folders(name: str) -> list[PurePosixPath]:
    """Return the folders that a file is in, from the innermost on."""
    return list(PurePosixPath(name).parents)[:-1]


def _is_behind_link(target: Path, name: str) -> bool:
    return any((target / folder).is_symlink() for folder in _folders(name))


def _digest(target: Path, name: str) -> str:
    """Return the SHA-256 of a file; "" where there is none that could be ours."""
    place = target / name
    is_elsewhere = place.is_symlink() or _is_behind_link(target, name)
    if is_elsewhere or not place.is_file():
        return ""
    return hashlib.sha256(place.read_bytes()).hexdigest()


def _read(file: Path) -> Written | None:
    """Return what a list names; None for a file that is no list of ours."""
    if file.is_symlink():
        return None
    try:
        lines = file.read_text("utf-8").split("\n")
        loaded = [json.loads(line) for line in lines if line]
        written = {(str(sha), str(name)) for sha, name in loaded}
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    inside = all(
        not path.is_absolute() and ".." not in path.parts
        for path in (Path(name) for _, name in written)
    )
    return written if inside else None


def _write(file: Path, written: Written) -> None:
    lines = sorted(written, key=lambda each: each[::-1])
    write_text(file, "".join(f"{json.dumps(line)}\n" for line in lines))
