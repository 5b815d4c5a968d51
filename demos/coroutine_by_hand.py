"""A coroutine is a function that can be suspended: send() drives it, with no loop.

Run:       invoke demo.coroutine-by-hand
Look for:  ▶ is the line that runs, ■ the line where it is suspended (f_lineno of its
           frame); the variables are still there when send() resumes it.
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

from demos.support.commands import Flag
from demos.support.console import finish
from demos.support.source import Place, listing, record, replay

Adding = Coroutine[str, int | None, int]
SOURCE = 58  # cells for the source
LOOKS = {  # the glyph and the style of each state
    "created": ("○", "ready"),
    "running": ("▶", "running"),
    "calling": ("□", "waiting"),
    "suspended": ("■", "asyncio"),
    "closed": ("●", "done"),
    "not called": ("·", "waiting"),
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


def look(coroutine: Any, frame: FrameType | None) -> dict[str, Place]:
    """Return where each function is, as `frame` is about to run its line."""
    state = inspect.getcoroutinestate(coroutine).removeprefix("CORO_").lower()
    places = {"add": Place(state)}
    if state == "suspended":
        places["add"] = Place.of(coroutine.cr_frame, state)
        places["ask"] = Place.of(coroutine.cr_await.gi_frame, state)
    doing = "running"
    while frame and frame.f_code.co_filename == __file__:  # it, then its callers
        places[frame.f_code.co_name] = Place.of(frame, doing)
        frame, doing = frame.f_back, "calling"
    return places


def picture(places: dict[str, Place]) -> Table:
    """Draw each function: its source, its line, its state, its variables."""
    table = Table.grid(padding=(0, 2, 1, 0), collapse_padding=False)
    for function in (by_hand, add, ask):
        place = places.get(function.__name__, Place("not called"))
        glyph, style = LOOKS[place.state]
        facts = Text(f"{glyph} {place.state}", style)
        for name, value in place.values.items():
            if isinstance(value, int | str):
                facts.append(f"\n{name} = {value!r}", "default")
        mark = {place.line: (glyph, style)}
        table.add_row(listing(function, mark, SOURCE), facts)
    return table


def main(pace: Annotated[float, Flag("seconds a line", 0, 10)] = 0.35) -> None:
    """Run it once, recorded line by line, then show the lines."""
    coroutine = add()
    see = partial(look, coroutine)
    steps = record(partial(by_hand, coroutine), see, by_hand, add, ask)
    replay(map(picture, steps), pace)
    stops = {step["add"].line for step in steps if step["add"].state == "suspended"}
    finish(
        f"No loop: add() was suspended at lines {sorted(stops)}, send() resumed it.",
        "invoke demo.coroutine-by-hand --pace 1",
    )
