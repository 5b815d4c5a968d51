"""Which recordings there must be, whether or not the deck can be built."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt

from demos.support.catalog import slugs
from slides.stage import names
from slides.stage.deck import fences
from slides.stage.deck.sections import Section
from slides.stage.paths import Paths

_CAST = re.compile(r"recordings/([\w-]+)\.cast(?= |$)")
_MARKDOWN = MarkdownIt("commonmark")


def recorded(paths: Paths, sections: Sequence[Section]) -> list[str]:
    """Return the demos that are recorded: all, and those that slides name with flags.

    A slide names one by a picture with its command, or as the source of a figure: of a
    fence, or of a mark in its note.
    """
    known = slugs(paths.demos)
    named = {demo for section in sections for demo in _named(section.text)}
    return sorted({*known, *(each for each in named if names.slug(each) in known)})


def _named(text: str) -> Iterator[str]:
    """Yield the demos that a Markdown text names."""
    for source in fences.sources_in(text):
        if found := _CAST.match(source):
            yield found[1]
    for token in _MARKDOWN.parse(text):
        for inline in token.children or ():
            if inline.type == "image" and (demo := names.demo_of(inline.content)):
                yield demo
