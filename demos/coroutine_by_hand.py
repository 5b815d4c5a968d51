"""A coroutine is a function that can be suspended: send() drives it, with no loop.

Run:       invoke demo.coroutine-by-hand
Look for:  ▶ runs, ■ is suspended there, and has kept its line and its variables.
Try next:  invoke demo.coroutine-by-hand --pace 1, then change add() and run it again
"""

import inspect
import types
from collections.abc import Coroutine, Generator
from functools import partial
from types import FrameType
from typing import Annotated, Any

from rich.table import Table
from rich.text import Text

from demos.support.console import finish
from demos.support.flags import Flag
from demos.support.source import Position, listing, record, replay

Adding = Coroutine[str, int | None, int]
SOURCE = 58  # cells
LOOKS = {  # the glyph and the style of each state
    "created": ("○", "ready"),
    "running": ("▶", "running"),
    "calling": ("□", "waiting"),
    "suspended": ("■", "asyncio"),
    "closed": ("●", "done"),
}


def by_hand(coroutine: Adding) -> list[object]:
    """Drive a coroutine with no event loop."""
    one = coroutine.send(None)
    two = coroutine.send(42)
    try:
        coroutine.send(8)
    except StopIteration as stop:
        result = stop.value
    return [one, two, result]


async def add() -> int:
    """Ask twice: an await goes down to a yield."""
    first = await ask("first?")
    second = await ask("second?")
    return first + second


@types.coroutine
def ask(question: str) -> Generator[str, int, int]:
    """Hand the question to whoever drives us."""
    answer = yield question
    return answer


def look(coroutine: Any, frame: FrameType | None) -> dict[str, Position]:
    """Return where each function is, as `frame` is about to run its line."""
    state = inspect.getcoroutinestate(coroutine).removeprefix("CORO_").lower()
    places = {"add": Position(state)}
    if state == "suspended":
        places["add"] = Position.of(coroutine.cr_frame, state)
        places["ask"] = Position.of(coroutine.cr_await.gi_frame, state)
    doing = "running"
    while frame and frame.f_code.co_filename == __file__:  # it, then its callers
        places[frame.f_code.co_name] = Position.of(frame, doing)
        frame, doing = frame.f_back, "calling"
    return places


def stops(steps: list[dict[str, Position]]) -> list[int]:
    """Return the lines on which functions were suspended."""
    places = (place for step in steps for place in step.values())
    return sorted({place.line for place in places if place.state == "suspended"})


def picture(steps: list[dict[str, Position]]) -> Table:
    """Draw each function: its source, its line, its state, its variables."""
    table = Table.grid(padding=(0, 2, 1, 0), collapse_padding=False)
    for function in (by_hand, add, ask):
        place = steps[-1].get(function.__name__, Position("no frame"))
        glyph, style = LOOKS.get(place.state, ("·", "waiting"))
        known = [(n, v) for n, v in place.values.items() if isinstance(v, int | str)]
        values = "".join(f"\n{name} = {value!r}" for name, value in known)
        facts = Text.assemble((f"{glyph} {place.state}", style), values)
        marks = dict.fromkeys(stops(steps), (" ", "asyncio"))
        marks[place.line] = (glyph, style)
        table.add_row(listing(function, marks, SOURCE), facts)
    return table


def main(pace: Annotated[float, Flag("seconds a line", 0, 10)] = 0.35) -> None:
    """Run it once, recorded line by line, then show the lines."""
    coroutine = add()
    see = partial(look, coroutine)
    steps = record(partial(by_hand, coroutine), see, by_hand, add, ask)
    replay((picture(steps[:count]) for count in range(1, len(steps) + 1)), pace)
    lesson = f"No loop: send() resumed a coroutine in lines {str(stops(steps))[1:-1]}."
    finish(lesson, "invoke demo.coroutine-by-hand --pace 1")
