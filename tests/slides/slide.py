"""A slide as the tests of the words look at it."""

import re
from pathlib import Path
from typing import NamedTuple

from slides.stage.deck.sections import Section

MARK = re.compile(r"\[([^\]]*)\]\((recordings/[\w-]+\.cast)\s+\"[^\"]*\"\)")
SILENT = "Demo|If asked|If late|Corrected|Source"  # labels of what is not spoken
LABEL = rf"(?:Say|Ask|Step \d+|{SILENT}):(?!\S)"
FENCE = re.compile(r"^```(.*?)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]+\)")
_HEADING = re.compile(r"^#+ .+$", re.MULTILINE)


class Paragraph(NamedTuple):
    """A paragraph of a note: its label, as it is written, or "", and its text."""

    label: str
    text: str

    @property
    def is_spoken(self) -> bool:
        return not re.match(SILENT, self.label)

    @property
    def words(self) -> list[str]:
        return MARK.sub(r"\1", self.text).split()


class Slide(NamedTuple):
    """A slide, and where it stands."""

    path: Path
    number: int
    text: str

    @property
    def markdown(self) -> str:
        return _COMMENT.sub("", self.text)

    @property
    def kind(self) -> str:
        found = re.search(r"<!-- _class: (\w+) -->", self.text)
        return found[1] if found else ""

    @property
    def note(self) -> str:
        comments = _COMMENT.findall(self.text)
        return "\n\n".join(each for each in comments if "_class:" not in each)

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs of the note; one begins at a blank line, or at a label."""
        parts = re.split(rf"\n\s*\n|\n(?={LABEL})", self.note.strip())
        labels = [re.match(rf"({LABEL})\s+", part) for part in parts]
        return [
            Paragraph(label[1], part[label.end() :]) if label else Paragraph("", part)
            for label, part in zip(labels, parts, strict=True)
        ]

    @property
    def headings(self) -> list[str]:
        return _HEADING.findall(FENCE.sub("", self.markdown))

    @property
    def fences(self) -> list[tuple[str, str]]:
        """The opening line and the body of each fence."""
        return FENCE.findall(self.markdown)

    @property
    def images(self) -> list[tuple[str, str]]:
        """The alt text and the target of each image."""
        return _IMAGE.findall(self.markdown)

    @property
    def prose(self) -> str:
        """What stands beside the title, the code and the pictures."""
        text = _HEADING.sub("", FENCE.sub("", self.markdown))
        return _LINK.sub(r"\1", _IMAGE.sub("", text))

    def __str__(self) -> str:
        return f"{self.path.name}:{self.number}"


def slides(sections: list[Section]) -> list[Slide]:
    """Return all slides of some sections, in order."""
    return [
        Slide(section.path, number, text)
        for section in sections
        for number, text in enumerate(split(section.text), 1)
    ]


def split(text: str) -> list[str]:
    """Return the Markdown of each slide of a section as this talk writes them.

    By hand, to hold the engine against: rulers are ``---``, fences three backticks.
    """
    slides = [""]
    fenced = False
    for line in front_matter(text)[1].splitlines(keepends=True):
        fenced ^= line.startswith("```")
        if line == "---\n" and not fenced:
            slides.append("")
        else:
            slides[-1] += line
    return slides


def front_matter(text: str) -> tuple[list[str], str]:
    """Return the lines of a section's front matter, and the rest."""
    _, front, rest = text.split("---\n", 2)
    return front.splitlines(), rest
