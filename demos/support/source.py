"""A program's own source: the line that it has reached, while it really runs."""

import inspect
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from textwrap import dedent
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from rich.console import RenderableType
from rich.live import Live
from rich.style import Style
from rich.text import Text

from demos.support.console import console

Seen = TypeVar("Seen")


class Position(NamedTuple):
    """What a function does, on which line of its file, and its variables."""

    state: str
    line: int = 0
    values: Mapping[str, object] = {}

    @classmethod
    def of(cls, frame: FrameType, state: str) -> "Position":
        """Return the position of `frame`, as it is now."""
        return cls(state, frame.f_lineno, {**frame.f_locals})


def record(
    call: Callable[[], object],
    look: Callable[[FrameType], Seen],
    *functions: Callable[..., Any],
) -> list[Seen]:
    """Return what `look` saw at each line of `functions` while `call` ran.

    `look` gets the frame that is about to run its line (``sys.settrace``), so that
    a picture can be drawn afterwards, at a pace for people.
    """
    codes = {inspect.unwrap(function).__code__ for function in functions}
    seen: list[Seen] = []

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code not in codes:
            return None
        resumed = event == "call" and frame.f_lineno != frame.f_code.co_firstlineno
        if resumed or event == "line":
            seen.append(look(frame))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return seen


def replay(pictures: Iterable[RenderableType], pace: float) -> None:
    """Show one picture after another, each for `pace` seconds."""
    with Live(console=console, auto_refresh=False) as live:
        for picture in pictures:
            live.update(picture, refresh=True)
            time.sleep(pace)


def listing(
    function: Callable[..., Any], marks: dict[int, tuple[str, str]], width: int
) -> Text:
    """Return the source of `function`, `width` cells wide, with its line numbers.

    `marks` gives a (glyph, style) for some lines, by their number in the file; a line
    with a glyph stands out in reverse.
    """
    lines, first = inspect.getsourcelines(function)
    text = Text(no_wrap=True)
    for number, line in enumerate(dedent("".join(lines)).splitlines(), first):
        glyph, style = marks.get(number, (" ", ""))
        shown = f"{number:3} {glyph} {line}"[:width].ljust(width)
        text.append(shown, console.get_style(style) + Style(reverse=glyph != " "))
        text.append("\n")
    text.right_crop(1)
    return text
