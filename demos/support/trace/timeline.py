"""Who ran, was ready and waited when: a lane per task on one time axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest

from rich.text import Text

from demos.support.console import console
from demos.support.drawing import Span, lane
from demos.support.machine import python
from demos.support.trace.events import Event
from demos.support.trace.loop_state import Life, LoopState

LOOKS = {  # in the order in which they are drawn: a short step is not lost in a wait
    "waiting": ("waiting", "─"),
    "ready": ("ready", "▒"),
    "late": ("blocked", "░"),
    "running": ("running", "█"),
    "blocked": ("blocked", "█"),
}
MOST = 12  # lanes in one picture
DONE = 9  # cells for when a task was done
CLEARING_UP = "BaseEventLoop.shutdown_"  # what the coroutines of asyncio.run begin with


@dataclass(frozen=True)
class Timeline:
    """A traced run and what to call it."""

    title: str
    events: Sequence[Event]

    @cached_property
    def program(self) -> list[Event]:
        """The events without the two tasks with which asyncio.run clears up."""
        events = list(self.events)
        spawned = [i for i, e in enumerate(events) if e["event"] == "task_spawned"]
        while spawned and events[spawned[-1]]["coroutine"].startswith(CLEARING_UP):
            del events[spawned.pop() :]
        return events

    @cached_property
    def state(self) -> LoopState:
        """What the loop holds at the end: the lives of all tasks, the longest step."""
        state = LoopState()
        for event in self.program:
            state.apply(event)
        for life in state.tasks.values():
            life.turn(state.time, life.state)
        return state

    @property
    def end(self) -> float:
        """When the last of those events was, in seconds."""
        return max(self.state.time, 1e-6)

    def all_lives(self) -> list[Life]:
        """Return the lives of all tasks that lived for a while, as they came."""
        return [life for life in self.state.lives if life.stretches]

    def lives(self) -> list[Life]:
        """Return those that fit a picture: the first, and those that ran longest."""
        lives = self.all_lives()
        longest = nlargest(MOST - 1, lives[1:], key=Life.ran)
        return [life for life in lives if life in [*lives[:1], *longest]]


def spelt(seconds: float) -> str:
    """Return a time as people say it: "171 ms", "0.25 ms", "12.5 s"."""
    if seconds >= 10:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.{0 if seconds >= 0.01 or not seconds else 2}f} ms"


def ticks(end: float) -> list[float]:
    """Return some round times from 0 s to `end` (seconds), seven at most."""
    steps = (unit * 10.0**power for power in range(-6, 9) for unit in (1, 2, 5))
    step = next(step for step in steps if end / step <= 6)
    return [step * count for count in range(int(end / step) + 1)]


@dataclass(frozen=True)
class Axis:
    """Where times stand in a row: behind a name, and before when that task was done."""

    end: float  # seconds
    left: int  # cells

    @classmethod
    def of(cls, timelines: Sequence[Timeline]) -> "Axis":
        """Return the axis on which some runs can be drawn."""
        names = [len(life.name) for each in timelines for life in each.lives()]
        end = max(timeline.end for timeline in timelines)
        return cls(end, min(20, max(names, default=0)) + 1)

    @property
    def width(self) -> int:
        """The cells from 0 s to the end."""
        return console.width - self.left - DONE

    def ticks(self) -> Text:
        """Return the row that names some times."""
        row = " " * self.left
        for tick in ticks(self.end):
            word = f"{tick:g} s" if self.end >= 10 else f"{tick * 1000:g} ms"
            row = row.ljust(self.left + int(tick / self.end * self.width)) + word
        return Text(row, "note")

    def lane(self, life: Life) -> Text:
        """Draw a task; what blocked or was late says for how long, if there is room."""
        spans = [
            Span(max(start, 0.0), stop, *look)  # made before anything was ready
            for state, look in LOOKS.items()
            for start, stop, _ in life.during(state)
        ]
        strip = lane(spans, self.end, self.width)
        shouts = life.during("late", "blocked")
        for start, stop, state in shouts:
            word = f" {state.upper()} {spelt(stop - start)} "
            at = int(start / self.end * self.width) + 2
            if at + len(word) < int(stop / self.end * self.width):
                strip.plain = strip.plain[:at] + word + strip.plain[at + len(word) :]
                if state == "blocked":
                    strip.stylize("reverse", at, at + len(word))
        row = Text(life.name)
        row.truncate(self.left - 1, overflow="ellipsis", pad=True)
        row = row + Text(" ") + strip
        done = "" if life.exited is None else spelt(life.exited)
        return row.append(f"{done:>{DONE}}", "blocked" if shouts else "")


def chart(*timelines: Timeline) -> Text:
    """Draw some runs, one below the other, on one time axis."""
    axis = Axis.of(timelines)
    rows = []
    for timeline in timelines:
        lives = timeline.lives()
        rows.append(Text(timeline.title, "lesson"))
        rows += map(axis.lane, lives)
        if more := len(timeline.all_lives()) - len(lives):
            rows.append(Text(f"… and {more} more, which ran for less", "note"))
        rows.append(Text())
    rows[-1] = axis.ticks()
    legend = Text("   ").join(
        Text(f"{glyph * 2} {state}", style) for state, (style, glyph) in LOOKS.items()
    )
    rows += [Text(), Text(" " * axis.left) + legend, Text(), Text(python(), "note")]
    return Text("\n").join(rows)
