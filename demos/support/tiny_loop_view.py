"""A small event loop's four places, drawn beside the source that fills them."""

import inspect
import linecache
import re
from collections import deque
from itertools import pairwise
from time import monotonic
from types import FrameType
from typing import Any, NamedTuple, Protocol

from rich.box import HEAVY, ROUNDED
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import Span, lane
from demos.support.source import listing, record, replay

HEIGHTS = {"READY": 3, "RUNNING": 4, "TIMERS": 4, "SELECTOR": 4}  # rows of each box
STYLES = dict(zip(HEIGHTS, ("ready", "running", "asyncio", "asyncio"), strict=True))
BOXES = 30  # cells across


class Loop(Protocol):
    """What a loop needs to be drawn: these four, and ``timeout`` inside ``run``.

    A timer is (when due, …, coroutine), a selector key's data is a coroutine, and a
    comment at the end of a line of ``run`` names the place that the line works on.
    """

    ready: deque[Any]
    running: Any
    timers: list[Any]
    selector: Any

    def run(self) -> None:
        """Run until nothing is ready and nothing waits."""


class Step(NamedTuple):
    """A line of ``run``, just before it ran: when (seconds), and who was where."""

    at: float
    line: int
    place: str
    running: str
    contents: dict[str, str]


def named_lines(loop: Loop) -> dict[int, str]:
    """Return the place that each line of ``run`` names, by the line's number."""
    lines, first = inspect.getsourcelines(loop.run)
    found = (re.search(r"# ([A-Z]+)$", line) for line in lines)
    return {number: tag[1] for number, tag in enumerate(found, first) if tag}


def recorded(loop: Loop) -> list[Step]:
    """Run the loop to its end; return a step for each line that names a place."""
    start = monotonic()
    places = named_lines(loop)

    def look(frame: FrameType) -> Step:
        now = monotonic()
        place = places.get(frame.f_lineno, "")
        contents = {
            "READY": "  ".join(each.__name__ for each in loop.ready),
            "TIMERS": "\n".join(
                f"{each.__name__:9} in {max(0, when - now):.2f} s"
                for when, *_, each in sorted(loop.timers)
            ),
            "SELECTOR": "\n".join(
                f"{key.data.__name__:9} socket {key.fd}"
                for key in loop.selector.get_map().values()
            ),
        }
        if place == "SELECTOR":
            timeout = frame.f_locals["timeout"]
            contents[place] += f"\nselect({timeout:.2f})" if timeout else "\nselect()"
        running = ""
        if place == "RUNNING":
            at = loop.running.cr_frame
            running = loop.running.__name__
            source = linecache.getline(at.f_code.co_filename, at.f_lineno).strip()
            contents[place] = f"▶ {running}\n{source}"
        return Step(now - start, frame.f_lineno, place, running, contents)

    return [step for step in record(loop.run, look, type(loop).run) if step.place]


def sleeps(steps: list[Step]) -> list[Span]:
    """Return the stretches of time in the selector."""
    return [
        Span(step.at, after.at, "waiting", "░")
        for step, after in pairwise(steps)
        if step.place == "SELECTOR"
    ]


def asleep(steps: list[Step]) -> float:
    """Return the share of the time that was spent in the selector."""
    return sum(span.end - span.start for span in sleeps(steps)) / steps[-1].at


def picture(loop: Loop, steps: list[Step], end: float) -> Group:
    """Draw the last of `steps`: source, places; below, who ran when, up to `end`."""
    step = steps[-1]
    marks = {line: (" ", STYLES[place]) for line, place in named_lines(loop).items()}
    marks[step.line] = ("▶", STYLES[step.place])
    source = listing(loop.run, marks, console.width - BOXES - 1)
    boxes = (
        Panel(
            Text(step.contents.get(place, ""), no_wrap=True, overflow="crop"),
            title=place,
            box=HEAVY if place == step.place else ROUNDED,
            border_style=STYLES[place] if place == step.place else "waiting",
            width=BOXES,
            height=height,
            padding=0,
        )
        for place, height in HEIGHTS.items()
    )
    top = Table.grid(padding=(0, 1))
    top.add_row(source, Group(*boxes))
    lanes: dict[str, list[Span]] = {}
    for step in steps:
        if step.running:
            moment = Span(step.at, step.at, "running", "●")
            lanes.setdefault(step.running, []).append(moment)
    lanes["select()"] = sleeps(steps)
    times = Table.grid(padding=(0, 1))
    for name, spans in lanes.items():
        times.add_row(f"{name:9}", lane(spans, end, console.width - 12))
    times.add_row("time", f"{step.at:.2f} s of {end:.2f} s, replayed slowly")
    return Group(top, Text(), times)


def show(loop: Loop, steps: list[Step], pace: float) -> None:
    """Show the steps, each for `pace` seconds."""
    end = steps[-1].at
    replay(
        (picture(loop, steps[:count], end) for count in range(1, len(steps) + 1)), pace
    )
