"""What a built deck holds: the engine, which parses it, says so in deck.json."""

import json
from dataclasses import dataclass
from pathlib import Path

from slides.stage.deck.sections import BuildError
from slides.stage.show.state import Slide

FILE = "deck.json"


@dataclass(frozen=True)
class SectionEntry:
    """A section: its file, its title, and its budget in minutes (0: it has none).

    The title is what its front matter names, or its first heading.

    `pictures` holds the address of each, and the line where it is written.
    """

    file: str
    title: str
    minutes: float
    pictures: list[tuple[str, int]]


@dataclass(frozen=True)
class SlideEntry:
    """A slide: where it begins, its heading, and what there is on it.

    `section` counts from 0, `line` from 1; `steps` is how often "next" stays on it,
    but for its demo; `demo` is the demo that it shows, as stage/names.py has it.
    """

    section: int
    file: str
    line: int
    title: str
    steps: int
    demo: str | None
    notes: str

    @property
    def rules(self) -> Slide:
        """What the rules of the show must know of it, server and page alike."""
        return Slide(self.title, self.steps, self.demo)

    @property
    def place(self) -> str:
        """Where it begins, for people to read: "slides/10-x.md:12"."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Contents:
    """The sections and the slides of a deck, in order; its address, if it has one.

    `undrawn` names what Marp or others draw and this deck shows as it is written.
    """

    sections: list[SectionEntry]
    slides: list[SlideEntry]
    url: str = ""
    undrawn: tuple[str, ...] = ()

    def of(self, section: int) -> list[SlideEntry]:
        """Return the slides of a section."""
        return [slide for slide in self.slides if slide.section == section]


def contents(built: Path) -> Contents:
    """Return what the deck in the folder `built` holds.

    Raises BuildError when it is good for a show only, see `in_spite`.
    """
    held, problems = in_spite(built)
    if problems:
        raise BuildError("\n".join(problems))
    return held


def in_spite(built: Path) -> tuple[Contents, list[str]]:
    """Return what a deck holds, and what is wrong: a line each.

    That is a recording, or its picture, that is left out as it is damaged, and a source
    that cannot be read of code or a figure, which is shown as it is written.
    """
    told = json.loads((built / FILE).read_text(encoding="utf-8"))
    held = Contents(
        [SectionEntry(**each) for each in told["sections"]],
        [SlideEntry(**each) for each in told["slides"]],
        told["url"],
        tuple(told["undrawn"]),
    )
    return held, told["problems"]
