"""The five places of an event loop, drawn; and a slow replay of a traced run."""

import linecache
import math
from collections.abc import Callable, Collection, Sequence
from itertools import islice, takewhile
from typing import NamedTuple, TypeVar

from rich.box import HEAVY, ROUNDED
from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import bar
from demos.support.trace.keys import has_keyboard, keyboard
from demos.support.trace.loop_state import LATE, LoopState, Place
from demos.support.trace.tracer import Event

ROWS = 5  # inside each place
FRAMES = 10  # a second
LEAST = 0.01  # seconds; what is over sooner is shown for as long as this, slowed
KEYS = " space: stop, go on · ← →: one step · q: end "

Item = TypeVar("Item")


class Moment(NamedTuple):
    """From when to when (seconds) something goes on, and the event that ends it."""

    start: float
    end: float
    until: int  # the index of that event


class Replay:
    """A run that can be looked at, at any time of it."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.done = 0
        self.state = LoopState()

    def at(self, time: float, until: int) -> LoopState:
        """Return the state at `time` (seconds), or just before event `until`."""
        if time < self.state.time:
            self.done = 0
            self.state = LoopState()
        while self.done < until and self.events[self.done]["time"] <= time:
            self.state.apply(self.events[self.done])
            self.done += 1
        self.state.time = time
        return self.state


def moments(events: Sequence[Event]) -> list[Moment]:
    """Return what is worth a look, from 0 s on.

    That is each step, each callback, each time in the selector, and what the loop
    has to do after it slept there.
    """
    found: list[Moment] = []
    start: float | None = None
    for index, event in enumerate(events):
        name, time = event["event"], event["time"]
        if not name.startswith(("before_", "after_")):
            continue
        if start is not None:
            found.append(Moment(start, time, index))
        slept = (
            name == "after_io_wait"
            and found
            and found[-1].end > found[-1].start + 0.001
        )
        start = time if name.startswith("before_") or slept else None
    return [moment for moment in found if moment.start >= 0]


def play(events: Sequence[Event], slow: float, playing: bool = True) -> None:
    """Show a run moment by moment, `slow` times slower than it was, or by key."""
    every = moments(events)
    worst = max((moment.end - moment.start for moment in every), default=0.0)
    replay = Replay(events)
    number, frame = 0, 1
    with keyboard() as wait, Live(console=console, auto_refresh=False) as live:
        while number < len(every):
            start, end, until = every[number]
            frames = math.ceil(max(LEAST, end - start) * slow * FRAMES)
            share = frame / frames if playing else 1
            state = replay.at(start + (end - start) * share, until)
            live.update(picture(state, worst), refresh=True)
            key = wait(1 / FRAMES if playing else 3600)
            if key == "q":
                break
            if key == " ":
                playing = not playing
            if key in ("left", "right"):
                playing = False
                number = max(0, number + (1 if key == "right" else -1))
            elif playing and frame < frames:
                frame += 1
            elif playing:
                number, frame = number + 1, 1
        live.update(Text(), refresh=True)


def picture(state: LoopState, worst: float) -> Group:
    """Draw the places of `state`; the lag gauge is full at `worst` seconds."""
    left = 34
    right = console.width - left - 1
    active = "SELECTOR" if state.polling else "RUNNING" if state.running else "READY"
    blocked = state.blocked()

    def place(name: str, title: str, rows: list[Text], style: str, width: int) -> Panel:
        here = name == active
        style = "blocked" if here and blocked else style if here else "waiting"
        for row in rows:
            row.truncate(width - 4, overflow="ellipsis")
        return Panel(
            Text("\n").join(rows),
            title=Text(f" {title} ", "reverse" if here else "bold default"),
            title_align="left",
            subtitle=KEYS if name == "WAITING" and has_keyboard() else None,
            box=HEAVY if here else ROUNDED,
            border_style=style,
            width=width,
            height=ROWS + 2,
        )

    grid = Table.grid(padding=(0, 1, 0, 0))
    running = "RUNNING  BLOCKED" if blocked else "RUNNING"
    grid.add_row(
        place("READY", "READY queue", _ready(state), "ready", left),
        place("RUNNING", running, _running(state), "running", right),
    )
    grid.add_row(
        place("TIMERS", "TIMERS heap", _timers(state), "asyncio", left),
        place("SELECTOR", "SELECTOR", _selector(state), "asyncio", right),
    )
    waiting = place("WAITING", "WAITING", _waiting(state), "waiting", console.width)
    return Group(_gauge(state, worst), _said(state), grid, waiting)


def _gauge(state: LoopState, worst: float) -> Text:
    lag = state.lag()
    style = "blocked" if state.blocked() else "running"
    text = Text(f" iteration {state.iteration:3}   {state.time * 1000:5.0f} ms   lag ")
    text.append(bar(lag, worst, console.width - 54, style))
    text.append(f" {lag * 1000:4.0f} ms ", style)
    return text.append("BLOCKED" if state.blocked() else "", style)


def _said(state: LoopState) -> Text:
    """Say in a line what the loop does now."""
    name = state.name(state.running)
    if state.blocked():
        said = f" {name} does not give back control: no other task can run"
    elif state.running in state.places:
        said = f" {name} takes a step: it runs until it must wait"
    elif state.running:
        said = f" a callback runs: {name}"
    elif not state.polling:
        said = " the loop takes what is ready, first in first out"
    elif state.timeout == 0:
        said = " the loop asks the selector and does not wait: something is ready"
    else:
        said = " nothing is ready: the loop sleeps in the selector"
    return Text(said, "blocked" if state.blocked() else "", no_wrap=True)


def _rows(items: Collection[Item], draw: Callable[[Item], Text]) -> list[Text]:
    """Draw as many items as there is room for, and say how many more there are."""
    if len(items) <= ROWS:
        return [draw(item) for item in items]
    first = [draw(item) for item in islice(items, ROWS - 1)]
    return [*first, Text(f"… {len(items) - ROWS + 1} more", "note")]


def _ready(state: LoopState) -> list[Text]:
    top = next(iter(state.ready), None)
    return _rows(
        state.ready,
        lambda key: Text(f"{'▶' if key == top else ' '} {state.name(key)}", "ready"),
    )


def _running(state: LoopState) -> list[Text]:
    if not state.running:
        return []
    style = "blocked" if state.blocked() else "running"
    ran = f"{(state.time - state.since) * 1000:.0f} ms"
    rows = [Text(f"▶ {state.name(state.running)}   {ran}", style)]
    if state.running in state.places:
        place = state.places[state.running]
        for number, line in enumerate(_source(place), place.line):
            rows.append(Text(f"{number:4} {line}"))
    return rows


def _source(place: Place) -> list[str]:
    """Return the lines from `place` on to the end of their block, without indent."""
    lines = linecache.getlines(place.file)[place.line - 1 : place.line + ROWS - 2]
    if not lines:
        return []
    indent = len(lines[0]) - len(lines[0].lstrip())
    inside = (" " * indent, "\t" * indent)
    block = takewhile(lambda line: line.strip() and line.startswith(inside), lines)
    return [line[indent:].rstrip() for line in block]


def _timers(state: LoopState) -> list[Text]:
    timers = sorted(state.timers.items(), key=lambda timer: timer[1])

    def draw(timer: tuple[int, float]) -> Text:
        handle, due = timer
        left = (due - state.time) * 1000
        when = f"in {left:3.0f} ms" if left >= 0 else f"{-left:.0f} ms LATE"
        name = state.name(handle).removeprefix("wake ")
        style = "blocked" if -left > LATE * 1000 else ""
        return Text(f"{'▲' if timer == timers[0] else ' '} {when} {name}", style)

    return _rows(timers, draw)


def _selector(state: LoopState) -> list[Text]:
    if not state.polling:
        said = f"not asked for {state.lag() * 1000:.0f} ms"
    elif state.timeout is None:
        said = "no timeout: it may wait forever"
    elif state.timeout > 0:
        said = f"timeout {state.timeout * 1000:.0f} ms: the top timer"
    else:
        said = "timeout 0: something is ready"
    style = "asyncio" if state.polling else "blocked" if state.blocked() else "note"
    sockets = _rows(
        state.sockets,
        lambda fd: Text(
            f"socket {fd} → {state.name(state.sockets[fd]).removeprefix('wake ')}"
        ),
    )
    return [Text(said, style), *sockets[: ROWS - 1]]


def _waiting(state: LoopState) -> list[Text]:
    room = console.width - 50

    def draw(task: int) -> Text:
        row = Text(f"{state.names.get(task, '?'):13.13} ")
        if task in state.places:
            line = linecache.getline(*state.places[task]).strip()
            row.append(f"{line:{room}.{room}}", "asyncio")
        return row.append(f" ← {state.waker(task)}", "ready")

    return _rows(state.waiting, draw)
