"""Marks: the figures that speaker notes quote from recordings.

A note is a comment. A mark in it is a link whose text is the figure, and whose title
says where in the recording it stands, as for a figure on a slide (see ``fences``)::

    A thread takes [117 µs](recordings/ten_thousand_tasks.cast "*; an await lost").

The words hold no other figure, which would differ once it is recorded anew.
Who reads a note sees the figure alone: `marks.mjs` shows it so.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from markdown_it import MarkdownIt

FORM = 'a figure is quoted as [figure](recordings/NAME.cast "words with one *")'

_LIKE_A_MARK = re.compile(r"\]\s*\(\s*[^\s()]*(?:recordings/|\.cast\b)")
_MARK = re.compile(
    r"""\[(?P<figure>[^\[\]]*)\]
        \(\s*(?P<cast>recordings/[\w.-]+\.cast)\s+"(?P<words>[^"*]*\*[^"*]*)"\s*\)""",
    re.VERBOSE,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKDOWN = MarkdownIt("commonmark")


class Mark(NamedTuple):
    """The figure of a mark, where in the text it stands, and its source.

    `source` is None when this is not how a figure is quoted.
    """

    figure: str
    start: int
    end: int
    line: int
    source: str | None


def marks(text: str) -> Iterator[Mark]:
    """Yield the marks in the notes of a Markdown text, and what looks like one."""
    for note in _notes(text):
        for like in _LIKE_A_MARK.finditer(text, *note.span()):
            opening = text.rfind("[", note.start(), like.start())
            found = _MARK.match(text, max(opening, note.start()), note.end())
            line = text.count("\n", 0, (found or like).start()) + 1
            if found:
                source = " ".join(f"{found['cast']} {found['words']}".split())
                figure = " ".join(found["figure"].split())
                yield Mark(figure, *found.span("figure"), line, source)
            else:
                yield Mark("", *like.span(), line, None)


def _notes(text: str) -> Iterator[re.Match[str]]:
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    for token in _MARKDOWN.parse(text):
        parts = token.children or [token]
        html = [each.content for each in parts if each.type.startswith("html_")]
        if token.map and any(each.lstrip().startswith("<!--") for each in html):
            first, end = (starts[line] for line in token.map)
            yield from _COMMENT.finditer(text, first, end)
