"""The README's table of what runs where, as the slides are."""

import re
from collections.abc import Iterator, Sequence

from slides.stage.deck.sections import Section

_TABLE = re.compile(
    r"^\| section \| slides \| demo \| command \|(?:\n\|.*)*", re.MULTILINE
)
_DEMO = re.compile(r"!\[(invoke demo\.[\w-]+)\]\(recordings/(\w+)\.svg\)")


def fill(text: str, sections: Sequence[Section]) -> str:
    """Return `text` with its table of the sections and demos as they are now.

    A text without such a table is returned as it is.
    """
    table = "\n".join(_rows(sections))
    return _TABLE.sub(lambda _: table, text)


def _rows(sections: Sequence[Section]) -> Iterator[str]:
    yield _row("section", "slides", "demo", "command")
    yield "|---|---|---|---|"
    last = 0
    for section in sections:
        first, last = last + 1, last + len(section.slides)
        title = section.title.partition(":")[0].replace("|", r"\|")
        span = f"{first}–{last}" if first < last else f"{first}"
        demos = [
            (f"[{slug}](demos/{slug}.py)", f"`{command}`")
            for command, slug in _DEMO.findall(section.body)
        ]
        yield _row(title, span, *(demos[0] if demos else ("", "")))
        for demo in demos[1:]:
            yield _row("", "", *demo)


def _row(*cells: str) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)
