"""The five places of an event loop, drawn; and a slow replay of a traced run."""

import linecache
import math
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, takewhile
from operator import itemgetter

from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import bar
from demos.support.trace.keys import has_keyboard, keyboard
from demos.support.trace.loop_state import LATE, LoopState, Stretch
from demos.support.trace.timeline import Timeline
from demos.support.trace.tracer import Event

LINES = 4  # of the source of what runs
FRAMES = 10  # a second
LEAST = 0.01  # seconds; what is over sooner is shown for as long as this, slowed
KEYS = " space: stop, go on · ← →: one step · q: end"


def moments(events: Sequence[Event]) -> list[Stretch]:
    """Return what is worth a look.

    That is each step, each callback, each time in the selector, and what the loop
    has to do after it slept there.
    """
    turns = [e for e in events if e["event"].startswith(("before_", "after_"))]
    found = []
    slept = False
    for event, following in pairwise(turns):
        stretch = Stretch(event["time"], following["time"], event["event"])
        if slept or stretch.state.startswith("before_"):
            found.append(stretch)
        long = stretch.end - stretch.start > 0.001
        slept = long and stretch.state == "before_io_wait"
    return found


def at(time: float, events: Sequence[Event], state: LoopState) -> LoopState:
    """Return the loop's state just before `time` (seconds).

    It goes on from `state`, or, where that is later, from the start.
    """
    if time < state.time:
        state = LoopState()
    while state.applied < len(events) and events[state.applied]["time"] < time:
        state.apply(events[state.applied])
    state.time = time
    return state


def play(run: Timeline, slow: float, playing: bool = True) -> None:
    """Show a run moment by moment, `slow` times slower than it was, or by key."""
    every = moments(run.program)
    worst = max((moment.end - moment.start for moment in every), default=0.0)
    state = LoopState()
    number, frame = 0, 1
    live = Live(console=console, auto_refresh=False, transient=True)
    with keyboard() as wait, live:
        while number < len(every):
            start, end, _ = every[number]
            frames = math.ceil(max(LEAST, end - start) * slow * FRAMES)
            share = frame / frames if playing else 1
            time = start + (end - start) * share
            state = at(time, run.program, state)
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


def picture(state: LoopState, worst: float) -> Text:
    """Draw the places of `state` in 21 rows; the lag is full at `worst` seconds."""
    loud = "blocked" if state.blocked() else "running"
    lag = f"   lag {state.lag() * 1000:4.0f} ms  "
    head = Text(f" iteration {state.iteration:3}   {state.time * 1000:5.0f} ms{lag}")
    head += bar(state.lag(), worst, console.width - len(head), loud)
    here = "SELECTOR" if state.polling else "RUNNING" if state.running else "READY"
    ready = _place("READY", here, "ready", _ready(state), (22, 4))
    timers = _place("TIMERS", here, "asyncio", _timers(state), (27, 4))
    selector = _place("SELECTOR", here, "asyncio", _selector(state), (31, 4))
    running = _place("RUNNING", here, loud, _running(state), (console.width, 5))
    waiting = _place("WAITING", here, "note", _waiting(state), (console.width, 5))
    upper = [Text().join(row) for row in zip(ready, timers, selector, strict=True)]
    keys = Text(KEYS if has_keyboard() else "", "note")
    return Text("\n").join([head, Text(), *upper, Text(), *running, keys, *waiting])


def _place(
    name: str, here: str, style: str, rows: Iterator[Text], size: tuple[int, int]
) -> list[Text]:
    """Return a place: its name, lit if it is `here`, and below it what is in it.

    Its size is in cells and rows, without the name.
    """
    wide, high = size
    title = Text(f" {name} ", style)
    title.stylize("reverse" if name == here else "bold")
    shown = [*islice(rows, high + 1)]
    if len(shown) > high:
        shown[high - 1 :] = [Text(" … and more", "note")]
    place = [title, *shown, *[Text()] * (high - len(shown))]
    for row in place:
        row.truncate(wide, overflow="ellipsis", pad=True)
    return place


def _ready(state: LoopState) -> Iterator[Text]:
    for event in state.ready.values():
        yield Text(f" {state.name(event)}")


def _running(state: LoopState) -> Iterator[Text]:
    if not state.running:
        return
    style, more = "running", ""
    if state.blocked():
        style, more = "blocked", ": no other task can run"
    ran = f"{(state.time - state.since) * 1000:.0f} ms"
    yield Text(f" {state.name(state.running)}   {ran}{more}", style)
    if "task" in state.running:
        life = state.tasks[state.running["task"]]
        lines = linecache.getlines(life.file)[life.line - 1 : life.line - 1 + LINES]
        indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
        block = takewhile(
            lambda line: line.strip() and not line[:indent].strip(), lines
        )
        for number, line in enumerate(block, life.line):
            yield Text(f"{number:4} {line[indent:].rstrip()}")


def _timers(state: LoopState) -> Iterator[Text]:
    top = "▲"
    for timer in sorted(state.timers.values(), key=itemgetter("due")):
        name = state.name(timer).removeprefix("wake ")
        left = (timer["due"] - state.time) * 1000
        if left < -LATE * 1000:
            yield Text(f" {top} {-left:.0f} ms LATE {name}", "blocked")
        else:
            yield Text(f" {top} in {max(0, left):3.0f} ms {name}")
        top = " "


def _selector(state: LoopState) -> Iterator[Text]:
    if not state.polling:
        yield Text(f" not asked for {state.lag() * 1000:.0f} ms", "note")
    elif state.timeout is None:
        yield Text(" no timeout: it may wait forever", "asyncio")
    elif state.timeout > 0:
        yield Text(f" timeout {state.timeout * 1000:.0f} ms: the top timer", "asyncio")
    else:
        yield Text(" timeout 0: something is ready", "asyncio")
    for socket in state.sockets.values():
        name = state.name(socket).removeprefix("wake ")
        yield Text(f" socket {socket['fd']} → {name}")


def _waiting(state: LoopState) -> Iterator[Text]:
    for life in state.waiting():
        source = linecache.getline(life.file, life.line).strip()
        row = Text(f" {life.name:13.13} ").append(f"{source:42.42} ", "asyncio")
        yield row.append(f"← {state.waker(life)}", "ready")
