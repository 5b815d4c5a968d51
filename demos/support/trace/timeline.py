"""Who ran, was ready and waited when: a lane per task, in cells and as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from xml.sax.saxutils import escape

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demos.support.drawing import Span, lane
from demos.support.trace.loop_state import BLOCKED, LATE, LoopState
from demos.support.trace.tracer import Event

LOOKS = {
    "waiting": ("waiting", "─"),
    "ready": ("ready", "▒"),
    "late": ("blocked", "░"),
    "running": ("running", "█"),
    "blocked": ("blocked", "█"),
}
COLOURS = {
    "waiting": "var(--muted, #aab6c3)",
    "ready": "var(--ready, #6cb6ff)",
    "late": "var(--failed, #ff8a8a)",
    "running": "var(--running, #7bd88f)",
    "blocked": "var(--failed, #ff8a8a)",
}
TEXT, GROUND = "var(--ink, #e6edf3)", "var(--panel, #182029)"
MOST = 12  # lanes in one picture


class Stretch(NamedTuple):
    """From when to when (seconds) a task was in a state, one of LOOKS."""

    start: float
    end: float
    state: str


class Lane(NamedTuple):
    """The life of a task."""

    name: str
    stretches: list[Stretch]

    def during(self, *states: str) -> list[Stretch]:
        """Return the stretches in these states."""
        return [each for each in self.stretches if each.state in states]


@dataclass(frozen=True)
class Timeline:
    """A traced run and what to call it."""

    title: str
    events: Sequence[Event]

    @cached_property
    def program(self) -> list[Event]:
        """The events from 0 s to the end of the program's own tasks.

        After them come the two tasks with which asyncio.run clears up.
        """
        own = {
            event["task"]
            for event in self.events
            if event["event"] == "task_spawned"
            and not event["coroutine"].startswith("BaseEventLoop.shutdown_")
        }
        part = [i for i, event in enumerate(self.events) if event.get("task") in own]
        if not part:
            return list(self.events)
        # A task_spawned may be older than the events that were kept.
        began = (i for i in part if self.events[i]["event"] != "task_spawned")
        zero = self.events[next(began, part[0])]["time"]
        return [
            event | {key: event[key] - zero for key in ("time", "due") if key in event}
            for event in self.events[: part[-1] + 1]
        ]

    @property
    def end(self) -> float:
        """When the last of those was, in seconds."""
        return max(float(self.program[-1]["time"]), 1e-6)

    def longest_step(self) -> tuple[float, str]:
        """Return how long the longest step took (seconds), and who took it where."""
        state = LoopState()
        steps = [(0.0, "")]
        for event in self.program:
            if state.running and event["event"].startswith("after_"):
                name = state.name(state.running)
                place = state.places.get(state.running)
                where = f" from {place.file}:{place.line}" if place else ""
                steps.append((event["time"] - state.since, name + where))
            state.apply(event)
        return max(steps)


def lanes(timeline: Timeline) -> list[Lane]:
    """Return a lane for each task, in the order in which they were spawned."""
    state = LoopState()
    found: dict[int, Lane] = {}
    now: dict[int, tuple[float, str]] = {}

    def turn(task: int, time: float, new: str) -> None:
        start, old = now.get(task, (time, new))
        if old == "running" and time - start > BLOCKED:
            old = "blocked"
        if time > start:
            found.setdefault(task, Lane("", [])).stretches.append(
                Stretch(start, time, old)
            )
        now[task] = (time, new)

    dues: dict[int, float] = {}
    for event in timeline.program:
        time: float = event["time"]
        task: int = event.get("task", 0)
        if event["event"] == "before_callback":
            owner = state.owner(event["handle"])
            due = dues.get(event["handle"], time)
            if owner is not None and time - due > LATE:
                turn(owner, due, "late")
        state.apply(event)
        match event["event"]:
            case "timer_set":
                dues[event["handle"]] = event["due"]
            case "task_spawned":
                found[task] = Lane(state.names[task], [])
                if time < 0:  # before the events that were kept; it waits, no doubt
                    now[task] = (0.0, "waiting")
            case "task_scheduled" if now.get(task, (0, ""))[1] not in (
                "late",
                "running",
            ):
                turn(task, time, "ready")
            case "before_task_step":
                turn(task, time, "running")
            case "after_task_step":
                turn(task, time, "waiting" if task in state.waiting else "ready")
            case "task_exited":
                del now[task]
    for task, (_, old) in [*now.items()]:
        turn(task, timeline.end, old)
    return [each for each in found.values() if each.stretches]


def shown(timeline: Timeline) -> list[Lane]:
    """Return the lanes that fit a picture: the tasks that ran longest, in order."""

    def ran(each: Lane) -> float:
        return sum(stop - start for start, stop, _ in each.during("running", "blocked"))

    every = lanes(timeline)
    longest = sorted(every, key=ran, reverse=True)[:MOST]
    return [each for each in every if each in longest]


def chart(timeline: Timeline, width: int, end: float, note: str) -> Panel:
    """Draw a run in `width` cells, `end` seconds long; each lane is two cells high."""
    names = min(20, max(12, width // 4))
    table = Table.grid(padding=(0, 1, 0, 0))
    for each in shown(timeline):
        # In the order of LOOKS, so that a short step is not lost under a long wait.
        spans = [
            Span(start, stop, *look)
            for state, look in LOOKS.items()
            for start, stop, _ in each.during(state)
        ]
        strip = lane(spans, end, width - names - 5)
        table.add_row(Text(f"{each.name:{names}.{names}}"), strip)
        table.add_row("", strip)
    grid = Table.grid()
    grid.add_row(table)
    grid.add_row(Text(note, "lesson"))
    return Panel(grid, title=timeline.title, width=width)


def legend() -> Text:
    """Return what the lanes of a chart are made of."""
    return Text("   ").join(
        Text(f"{glyph * 2} {state}", style) for state, (style, glyph) in LOOKS.items()
    )


# The picture is drawn 1180 units wide: on a slide 24 units are then 24 px.
WIDE, LEFT, RIGHT = 1180, 216, 1156
TITLE, ROW, FOOT = 46, 32, 84
BOX = {"waiting": 6, "ready": 14, "late": 24, "running": 24, "blocked": 28}
LEGEND = {"running": 216, "ready": 396, "waiting": 546, "blocked": 726}


def svg(timelines: Sequence[Timeline]) -> str:
    """Return a picture of some runs on one time axis, a lane per task."""
    end = max(timeline.end for timeline in timelines)
    drawn: list[str] = []
    y = 0.0
    for timeline in timelines:
        y += TITLE
        drawn.append(_text(24, y - 12, timeline.title, TEXT, "bold"))
        strips = shown(timeline)
        high = ROW * len(strips)
        for each in strips:
            for stretch in each.during("blocked"):
                drawn.append(_box(stretch, end, y, high, 'fill-opacity="0.12"'))
        for each in strips:
            drawn.append(_text(24, y + 24, each.name[:13], TEXT))
            drawn += [_stretch(stretch, end, y) for stretch in each.stretches]
            y += ROW
    drawn += _axis(end, y + 30)
    for word, x in LEGEND.items():
        place = f'x="{x}" y="{y + 60 - BOX[word] / 2}" width="24"'
        look = f'height="{BOX[word]}" rx="2" fill="{COLOURS[word]}"'
        drawn.append(f"<rect {place} {look}/>")
        drawn.append(_text(x + 34, y + 68, word, TEXT))
    whole = y + FOOT
    title = escape(" and ".join(timeline.title for timeline in timelines))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {whole:g}" '
            'font-family="Fira Code, monospace" font-size="24">',
            f"<title>Timeline of the event loop: {title}</title>",
            f'<rect width="{WIDE}" height="{whole:g}" rx="16" fill="{GROUND}"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _x(time: float, end: float) -> float:
    return LEFT + (RIGHT - LEFT) * time / end


def _text(x: float, y: float, text: str, fill: str, weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-weight="{weight}"'
    return f"<text {place}>{escape(text)}</text>"


def _box(stretch: Stretch, end: float, y: float, high: float, more: str = "") -> str:
    x = _x(stretch.start, end)
    wide = max(5.0, _x(stretch.end, end) - x)
    size = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high}"'
    return f'<rect {size} fill="{COLOURS[stretch.state]}" {more}/>'


def _stretch(stretch: Stretch, end: float, y: float) -> str:
    """Draw one state of a lane; what blocked and what came late says for how long."""
    high = BOX[stretch.state]
    look = 'fill-opacity="0.2"' if stretch.state == "late" else 'rx="2"'
    drawn = _box(stretch, end, y + (ROW - high) / 2, high, look)
    if stretch.state not in ("blocked", "late"):
        return drawn
    text = f"{stretch.state.upper()} {(stretch.end - stretch.start) * 1000:.0f} ms"
    if _x(stretch.end, end) - _x(stretch.start, end) > 16 * len(text):
        fill = GROUND if stretch.state == "blocked" else TEXT
        drawn += _text(_x(stretch.start, end) + 10, y + 25, text, fill, "bold")
    return drawn


def _axis(end: float, y: float) -> list[str]:
    step = next(
        unit * power
        for power in (10.0**exponent for exponent in range(-5, 9))
        for unit in (1, 2, 5)
        if end / (unit * power) <= 6
    )
    ticks = [step * count for count in range(int(end / step) + 1)]
    return [
        _text(_x(tick, end) - 14.4, y, f"{tick * 1000:g} ms", TEXT) for tick in ticks
    ]
