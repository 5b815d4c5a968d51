"""A coroutine and whoever drives it: the source of each, and the line it is on."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from itertools import groupby
from types import CodeType, FrameType
from typing import Any, NamedTuple

from rich.table import Table
from rich.text import Text

from demos.support.source import ROWS, code_lines, listing, recording, replay

LOOKS = {  # the glyph and the style of each state
    "created": ("○", "waiting"),
    "running": ("▶", "running"),
    "calling": ("□", "waiting"),
    "suspended": ("■", "asyncio"),
    "closed": ("●", "done"),
    "returned": ("●", "done"),
    "no frame": ("·", "waiting"),
}
SOURCE, FACTS = 57, 22  # cells


class Position(NamedTuple):
    """What a function does, on which line of its file, and its variables."""

    state: str
    line: int = 0
    values: Mapping[str, object] = {}

    @classmethod
    def of(cls, frame: FrameType, state: str) -> "Position":
        """Return the position of `frame`, as it is now."""
        return cls(state, frame.f_lineno, {**frame.f_locals})


Step = dict[CodeType, Position]  # of each function that has begun


class Drive(NamedTuple):
    """What a driver did with a coroutine, and what came of it."""

    steps: list[Step]  # one for each line, and a last one: how all were left
    sends: int  # how often the coroutine was made to run
    result: object  # of the driver
    left_in: int  # the line in which the coroutine is suspended for ever, or 0


def recorded(driver: Callable[..., Any], coroutine: Any, *sent: object) -> Drive:
    """Call `driver` with a coroutine and what to send; close the coroutine in the end.

    What is recorded are the functions of the coroutine's file.
    """
    watch, wanted = partial(look, coroutine), partial(is_ours, coroutine)
    with closing(coroutine), recording(watch, wanted) as steps:
        result = driver(coroutine, *sent)
        end = look(coroutine, None)
    end[driver.__code__] = Position("returned", values={"result": result})
    steps.append(end)
    places = [step[coroutine.cr_code] for step in steps]
    return Drive(steps, times_run(places), result, places[-1].line)


def times_run(places: list[Position]) -> int:
    """Return how often a function was made to run, from its start or from a pause."""
    runs = groupby(place.state in ("running", "calling") for place in places)
    return sum(running for running, _ in runs)


def is_ours(coroutine: Any, code: CodeType) -> bool:
    """Whether this is a function, not an expression, of the coroutine's file."""
    return code.co_filename == coroutine.cr_code.co_filename and code.co_name[0] != "<"


def look(coroutine: Any, frame: FrameType | None) -> Step:
    """Return where each function is, as `frame` is about to run its line."""
    step: Step = {}
    state = "running"
    for each in callers(frame):
        if is_ours(coroutine, each.f_code):
            step.setdefault(each.f_code, Position.of(each, state))
            state = "calling"
    for each in suspended(coroutine):
        if is_ours(coroutine, each.f_code):
            step[each.f_code] = Position.of(each, "suspended")
    state = inspect.getcoroutinestate(coroutine).removeprefix("CORO_").lower()
    step.setdefault(coroutine.cr_code, Position(state))
    return step


def callers(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield `frame`, its caller, and so on, up to the driver."""
    while frame and frame.f_code is not recorded.__code__:
        yield frame
        frame = frame.f_back


def suspended(coroutine: Any) -> Iterator[FrameType]:
    """Yield the frames in which a coroutine is suspended, from the outermost on."""
    awaited = coroutine
    while getattr(awaited, "cr_suspended", False):
        yield awaited.cr_frame
        awaited = awaited.cr_await
    while getattr(awaited, "gi_suspended", False):
        yield awaited.gi_frame
        awaited = awaited.gi_yieldfrom


def show(steps: list[Step], pace: float) -> None:
    """Show the steps, each for `pace` seconds."""
    replay((picture(steps, now) for now in range(len(steps))), pace)


def picture(steps: list[Step], now: int) -> Table:
    """Draw step `now`: the source of each function, its line, state and variables."""
    functions = {code for step in steps for code in step}
    in_order = sorted(functions, key=lambda code: code.co_firstlineno)
    lines = sum(len(code_lines(code)) for code in in_order)
    gap = int(lines + len(in_order) - 1 <= ROWS)  # between two of them
    stops = {
        place.line: (" ", "asyncio")
        for step in steps[: now + 1]
        for place in step.values()
        if place.state == "suspended"
    }
    table = Table.grid(padding=(0, 1, gap, 0), collapse_padding=False)
    table.add_column(width=SOURCE)
    table.add_column(width=FACTS, overflow="fold")
    for code in in_order:
        place = steps[now].get(code, Position("no frame"))
        marks = stops | {place.line: LOOKS[place.state]}
        table.add_row(listing(code, marks, SOURCE), facts(place))
    return table


def facts(place: Position) -> Text:
    """Return what a function does, and its variables that are numbers or text."""
    glyph, style = LOOKS[place.state]
    text = Text.assemble((f"{glyph} {place.state}", style))
    for name, value in place.values.items():
        if isinstance(value, int | float | str):
            text.append(f"\n{name} = {value!r}")
    return text
