"""A program's own source: the line that it has reached, while it really runs."""

import inspect
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from textwrap import dedent
from types import CodeType, FrameType
from typing import Any, TypeVar

from rich.console import RenderableType
from rich.live import Live
from rich.style import Style
from rich.text import Text

from demos.support.console import console

Seen = TypeVar("Seen")
ROWS = 19  # for a picture: 22, less the lesson, what to try next, and the cursor


@contextmanager
def recording(
    look: Callable[[FrameType], Seen], wanted: Callable[[CodeType], bool]
) -> Iterator[list[Seen]]:
    """Keep what `look` sees at each line that runs in functions with `wanted` code.

    `look` gets the frame that is about to run its line (``sys.settrace``), so that
    a picture can be drawn afterwards, at a pace for people.
    """
    seen: list[Seen] = []

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not wanted(frame.f_code):
            return None
        resumed = event == "call" and frame.f_lineno != frame.f_code.co_firstlineno
        if resumed or event == "line":
            seen.append(look(frame))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield seen
    finally:
        sys.settrace(before)


def replay(pictures: Iterable[RenderableType], pace: float) -> None:
    """Show one picture after another, each for `pace` seconds."""
    with Live(console=console, auto_refresh=False) as live:
        for picture in pictures:
            live.update(picture, refresh=True)
            time.sleep(pace)


def code_lines(code: CodeType) -> dict[int, str]:
    """Return the lines of a function, by their number in the file.

    They are dedented, and a docstring of one line is left out.
    """
    lines, first = inspect.getsourcelines(code)
    numbered = enumerate(dedent("".join(lines)).splitlines(), first)
    return {n: line for n, line in numbered if not line.lstrip().startswith('"""')}


def listing(code: CodeType, marks: dict[int, tuple[str, str]], width: int) -> Text:
    """Return the source of a function, `width` cells wide, with its line numbers.

    `marks` gives a (glyph, style) for some lines, by their number in the file; a line
    with a glyph stands out in reverse.
    """
    rows = Text("\n", no_wrap=True)
    shown = []
    for number, line in code_lines(code).items():
        glyph, style = marks.get(number, (" ", ""))
        lit = console.get_style(style) + Style(reverse=glyph != " ")
        row = Text(f"{number:2} {glyph} {line}", lit)
        row.truncate(width, overflow="ellipsis", pad=True)
        shown.append(row)
    return rows.join(shown)
