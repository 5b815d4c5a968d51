"""A built deck, held in memory: its folder may go while it is shown."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from slides.stage.deck.build import INDEX
from slides.stage.deck.contents import in_spite
from slides.stage.show.lines import say
from slides.stage.show.state import Slide


class Built(NamedTuple):
    """A built deck: the name of its version, its files by path, and its slides."""

    version: str
    files: dict[str, bytes]
    slides: list[Slide]
    script_hashes: str  # of marp's own scripts, for the Content-Security-Policy
    places: Sequence[str] = ()  # of the slides: file and line


def load(folder: Path) -> Built:
    """Read the deck in `folder`, as `deck.build` leaves it; say what is wrong in it."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    held, problems = in_spite(folder)
    for problem in problems:
        say(problem)
    scripts = re.findall(rb"<script>(.*?)</script>", files[INDEX], re.DOTALL)
    hashes = (b64encode(hashlib.sha256(each).digest()).decode() for each in scripts)
    return Built(
        folder.name,
        files,
        [each.rules for each in held.slides],
        " ".join(f"'sha256-{each}'" for each in hashes),
        [each.place for each in held.slides],
    )
