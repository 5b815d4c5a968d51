"""The five places of an event loop, drawn; and a slow replay of a traced run."""

import linecache
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise, takewhile
from operator import itemgetter

from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import bar
from demos.support.trace.events import Event
from demos.support.trace.keys import has_keyboard, keyboard
from demos.support.trace.loop_state import LATE, LoopState, Stretch
from demos.support.trace.timeline import Timeline

STYLES = {  # of the places; RUNNING has that of what runs
    "READY": "ready",
    "TIMERS": "asyncio",
    "SELECTOR": "asyncio",
    "WAITING": "note",
}
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


def during(step: Stretch, run: Timeline) -> LoopState:
    """Return the loop's state at the end of a step, but for what the step has done."""
    state = at(math.nextafter(step.start, step.end), run.program, LoopState())
    state.time = step.end
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
    lag = f"   lag {state.lag() * 1000:4.0f} ms  "
    head = Text(f" iteration {state.iteration:3}   {state.time * 1000:5.0f} ms{lag}")
    head += bar(state.lag(), worst, console.width - len(head), _loud(state))
    selects = chain([_timeout(state)], _sockets(state))
    ready = _place("READY", state, _ready(state), (22, 4))
    timers = _place("TIMERS", state, _timers(state), (27, 4))
    selector = _place("SELECTOR", state, selects, (31, 4))
    running = _place("RUNNING", state, _running(state), (console.width, 5))
    waiting = _place("WAITING", state, _waiting(state), (console.width, 5))
    upper = [Text().join(row) for row in zip(ready, timers, selector, strict=True)]
    keys = Text(KEYS if has_keyboard() else "", "note")
    return Text("\n").join([head, Text(), *upper, Text(), *running, keys, *waiting])


def summary(state: LoopState) -> list[Text]:
    """Return the places of `state` one below the other, each beside what is in it.

    Of the sockets there are those of tasks: not the one by which threads call the loop.
    """
    selects = Text(" ").join([_timeout(state), *_sockets(state, of_tasks=True)])
    places: dict[str, Iterable[Text]] = {
        "READY": _ready(state),
        "RUNNING": _running(state),
        "TIMERS": _due(state),
        "SELECTOR": [selects],
        "WAITING": _waiting(state),
    }
    rows = []
    for place, filled in places.items():
        name = _name(place, state)
        for row in [*filled] or [Text(" nothing", "note")]:
            name.truncate(len("SELECTOR"), pad=True)
            rows.append(Text.assemble(name, row))
            name = Text()
    return rows


def _place(
    place: str, state: LoopState, rows: Iterable[Text], size: tuple[int, int]
) -> list[Text]:
    """Return a place: its name, and below it what is in it.

    Its size is in cells and rows, without the name.
    """
    wide, high = size
    shown = [*islice(rows, high + 1)]
    if len(shown) > high:
        shown[high - 1 :] = [Text(" … and more", "note")]
    drawn = [_name(place, state, " "), *shown, *[Text()] * (high - len(shown))]
    for row in drawn:
        row.truncate(wide, overflow="ellipsis", pad=True)
    return drawn


def _name(place: str, state: LoopState, margin: str = "") -> Text:
    """Return the name of a place, lit if the loop is there."""
    here = "SELECTOR" if state.polling else "RUNNING" if state.running else "READY"
    name = Text(f"{margin}{place}{margin}", STYLES.get(place) or _loud(state))
    name.stylize("reverse" if place == here else "bold")
    return name


def _loud(state: LoopState) -> str:
    """Return the style of what runs."""
    return "blocked" if state.blocked() else "running"


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
    for timer in _in_heap(state):
        name = state.name(timer).removeprefix("wake ")
        left = (timer["due"] - state.time) * 1000
        if left < -LATE * 1000:
            yield Text(f" {top} {-left:.0f} ms LATE {name}", "blocked")
        else:
            yield Text(f" {top} in {max(0, left):3.0f} ms {name}")
        top = " "


def _due(state: LoopState) -> Iterator[Text]:
    top = "▲"
    for timer in _in_heap(state):
        name = state.name(timer).removeprefix("wake ")
        row = Text(f" {top} {name}, due at {timer['due'] * 1000:.0f} ms")
        if state.time - timer["due"] > LATE:
            row.append(": LATE")
            row.stylize("blocked")
        yield row
        top = " "


def _in_heap(state: LoopState) -> list[Event]:
    return sorted(state.timers.values(), key=itemgetter("due"))


def _timeout(state: LoopState) -> Text:
    if not state.polling:
        style = "blocked" if state.blocked() else "note"
        return Text(f" not asked for {state.lag() * 1000:.0f} ms", style)
    if state.timeout is None:
        return Text(" no timeout: it may wait forever", "asyncio")
    if state.timeout > 0:
        return Text(f" timeout {state.timeout * 1000:.0f} ms: the top timer", "asyncio")
    return Text(" timeout 0: something is ready", "asyncio")


def _sockets(state: LoopState, of_tasks: bool = False) -> Iterator[Text]:
    for socket in state.sockets.values():
        if state.owner(socket) or not of_tasks:
            name = state.name(socket).removeprefix("wake ")
            yield Text(f" socket {socket['fd']} → {name}")


def _waiting(state: LoopState) -> Iterator[Text]:
    for life in state.waiting():
        source = linecache.getline(life.file, life.line).strip()
        row = Text(f" {life.name:12.12} ").append(f"{source:40.40} ", "asyncio")
        yield row.append(f"← {state.waker(life)}", "ready")
