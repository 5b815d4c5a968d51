"""The section files: front matter, slides, and the line where each begins."""

import re
from dataclasses import dataclass
from pathlib import Path

from invoke.exceptions import Exit

from slides.stage.paths import Paths

_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n", re.MULTILINE | re.DOTALL)


class BuildError(Exit):
    """The deck cannot be built: one line that says where and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why, code=1)


@dataclass(frozen=True)
class Section:
    """A section file: its front matter (a flat mapping) and its Markdown."""

    path: Path
    front_matter: str
    text: str

    @property
    def body(self) -> str:
        """The Markdown without the front matter."""
        return _FRONT_MATTER.sub("", self.text).strip("\n") + "\n"

    @property
    def minutes(self) -> float:
        """The time budget in minutes; 0 when the section has none."""
        found = re.search(r"^minutes: *([\d.]+)", self.front_matter, re.MULTILINE)
        return float(found[1]) if found else 0.0

    @property
    def title(self) -> str:
        """The first heading."""
        found = re.search(r"^#+ (.+)", self.body, re.MULTILINE)
        return found[1] if found else self.path.stem

    @property
    def slides(self) -> list[str]:
        """The Markdown of each slide."""
        return split(self.body)

    @property
    def name(self) -> str:
        """The path from the project's folder on, for people to read."""
        return self.path.relative_to(self.path.parents[1]).as_posix()


def sections(paths: Paths) -> list[Section]:
    """Return the section files, in the order of their names.

    Raises BuildError when there is none.
    """
    found = []
    for path in sorted(paths.slides.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        front_matter = _FRONT_MATTER.match(text)
        found.append(Section(path, front_matter[1] if front_matter else "", text))
    if not found:
        raise BuildError(f"{paths.slides}: there is no slide file (*.md)")
    return found


def split(body: str) -> list[str]:
    """Split Markdown at its rulers (``---``), but not at those inside a fence."""
    slides = [""]
    fenced = False
    for line in body.splitlines(keepends=True):
        fenced ^= line.startswith("```")
        if line.rstrip() == "---" and not fenced:
            slides.append("")
        else:
            slides[-1] += line
    return slides


def places(parts: list[Section]) -> list[str]:
    """Return where each slide of the deck begins: its file and line."""
    found = []
    for part in parts:
        line = part.text.count("\n", 0, part.text.index(part.body.strip())) + 1
        for slide in part.slides:
            blank = len(slide) - len(slide.lstrip("\n"))
            found.append(f"{part.name}:{line + blank}")
            line += slide.count("\n") + 1
    return found
