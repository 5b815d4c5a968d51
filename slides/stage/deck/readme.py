"""The README's table of what runs where, as the slides are."""

import re
from collections.abc import Iterator

from slides.stage.deck.contents import Contents
from slides.stage.names import command, slug

_TABLE = re.compile(
    r"^\| section \| slides \| demo \| command \|(?:\n\|.*)*", re.MULTILINE
)


def fill(text: str, held: Contents) -> str:
    """Return `text` with its table of the sections and demos as they are now.

    A text without such a table is returned as it is.
    """
    table = "\n".join(_rows(held))
    return _TABLE.sub(lambda _: table, text)


def _rows(held: Contents) -> Iterator[str]:
    yield _row("section", "slides", "demo", "command")
    yield "|---|---|---|---|"
    last = 0
    for number, section in enumerate(held.sections):
        slides = held.of(number)
        first, last = last + 1, last + len(slides)
        title = section.title.replace("|", r"\|")
        span = f"{first}–{last}" if first < last else f"{first}"
        demos = [
            (f"[{slug(demo)}](demos/{slug(demo)}.py)", f"`{command(demo)}`")
            for demo in (slide.demo for slide in slides)
            if demo
        ]
        yield _row(title, span, *(demos[0] if demos else ("", "")))
        for demo in demos[1:]:
            yield _row("", "", *demo)


def _row(*cells: str) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)
