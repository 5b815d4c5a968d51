"""Heartbeats as strips: a dot for each, red where one is missing."""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import Span, lane
from demos.support.machine import python

PERIOD = 0.05  # seconds from one beat to the next
MARGIN = 8 * PERIOD  # of beats before and after the job

Job = Callable[[], object]


@dataclass
class Strip:
    """A way to do a job, and when the heart beat meanwhile (time.monotonic, s)."""

    label: str
    style: str
    way: Callable[[Job], Awaitable[object]]
    job: Job
    beats: list[float] = field(default_factory=list)

    def late(self) -> str:
        """Return how late the latest beat came: "502 ms"."""
        return f"{worst_lag(self.beats, PERIOD) * 1000:.0f} ms"


def worst_lag(beats: Iterable[float], period: float) -> float:
    """Return how late the latest of some beats came, in seconds."""
    lags = (after - before - period for before, after in pairwise(beats))
    return max(lags, default=0.0)


def heartbeats(
    beats: Sequence[float], period: float, now: float, end: float, width: int
) -> Text:
    """Return a lane with a dot for each beat, red from when one is due until it comes.

    `beats` and `now` are moments (seconds) of one clock; the first beat is at 0 s.
    """
    gaps = [
        Span(before + period - beats[0], after - beats[0], "blocked")
        for before, after in pairwise([*beats, now])
    ]
    late = [gap for gap in gaps if gap.end - gap.start > period / 2]
    dots = [Span(beat - beats[0], beat - beats[0], "running", "●") for beat in beats]
    return lane([*late, *dots], end, width)


@dataclass
class Picture:
    """The strips, for a job of `seconds`, and what debug mode says in the end."""

    strips: Sequence[Strip]
    seconds: float
    debug_message: str = ""

    def draw(self) -> Text:
        """Draw each strip under its label."""
        end, width = self.seconds + 2 * MARGIN, console.width - 2
        job = lane([Span(MARGIN, MARGIN + self.seconds, "lesson", "▃")], end, width)
        lines = [
            Text.assemble(
                ("● ", "running"), "heartbeat, due every 50 ms    ",
                ("██", "blocked"), " the loop stands still    ",
                ("▃▃", "lesson"), f" job of {self.seconds:g} s",
            ),
            job,
        ]  # fmt: skip
        for strip in self.strips:
            late = f"{strip.late()} late" if strip.beats else ""
            label = Text(strip.label, strip.style)
            lines.append(label.append(late.rjust(width - len(label)), "none"))
            now = min(time.monotonic(), strip.beats[0] + end) if strip.beats else 0.0
            lines.append(heartbeats(strip.beats, PERIOD, now, end, width))
            lines.append(Text())
        lines.append(Text(python(), "note"))
        if self.debug_message:
            lines.append(Text(f"debug mode: {self.debug_message}"))
        return Text("\n", no_wrap=True).join(lines)

    def live(self) -> Live:
        """Return what draws the picture for as long as one is in it (``with``)."""
        return Live(console=console, get_renderable=self.draw)
