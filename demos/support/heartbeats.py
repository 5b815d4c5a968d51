"""Heartbeats as strips: a dot for each, red where one is missing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.debug_mode import debug_message
from demos.support.drawing import Span, lane
from demos.support.machine import python
from demos.support.samples import TooBusy
from demos.support.thread_costs import (
    GivenUp,
    Job,
    Pool,
    pool_measured,
    timeout_measured,
)

PERIOD = 0.05  # seconds from one beat to the next
SEEN = PERIOD / 2  # seconds: a lag that one sees in a strip
SLACK = 0.005  # seconds by which any timer may be late
MARGIN = 4 * PERIOD  # of beats before and after the job

IN_LOOP = "in the loop"
STYLES = {IN_LOOP: "sync", "in a thread": "threads", "in a process": "processes"}
# A beat waits for its turn with the GIL: 5 ms (sys.getswitchinterval), a few times.
TAKES_TURNS = "computing in a thread"
TURNS = 2 * PERIOD  # seconds: more than all of them

Coro = Coroutine[Any, Any, object]
Work = Callable[[], Awaitable[object]]


class Strip:
    """Some work, and when the heart beat beside it (time.monotonic, seconds)."""

    def __init__(self, what: str, where: str, work: Work) -> None:
        """`where` is one of STYLES, or empty for nothing to do."""
        self.label = f"{what} {where}".rstrip()
        self.where = where
        self.work = work
        self.took = 0.0  # seconds, when the work is done
        self.beats: list[float] = []

    async def work_measured(self) -> None:
        """Do the work; keep how long it took."""
        began = time.monotonic()
        await self.work()
        self.took = time.monotonic() - began

    def lag(self) -> float:
        """Return how late the latest beat came, in seconds."""
        return worst_lag(self.beats, PERIOD)

    def late(self) -> str:
        """Return how late the latest beat came: "502 ms"."""
        return f"{self.lag() * 1000:.0f} ms"


def worst_lag(beats: Iterable[float], period: float) -> float:
    """Return how late the latest of some beats came, in seconds."""
    lags = (after - before - period for before, after in pairwise(beats))
    return max(lags, default=0.0)


def heartbeats(
    beats: Sequence[float],
    period: float,
    red: float,
    now: float,
    end: float,
    width: int,
) -> Text:
    """Return a lane with a dot for each beat, and red where one was late.

    It is red from when the beat was due until it came, if that is more than `red`.
    `beats` and `now` are moments (seconds) of one clock; the first beat is at 0 s.
    """
    gaps = [
        Span(before + period - beats[0], after - beats[0], "blocked")
        for before, after in pairwise([*beats, now])
    ]
    late = [gap for gap in gaps if gap.end - gap.start > red]
    dots = [Span(beat - beats[0], beat - beats[0], "running", "●") for beat in beats]
    return lane([*late, *dots], end, width)


class Picture:
    """The strips, for a job of some seconds; and, in the end, what threads cost."""

    def __init__(self, seconds: float) -> None:
        """The first strip is the heart beside nothing."""
        self.seconds = seconds
        self.idle = Strip("nothing to do", "", partial(asyncio.sleep, seconds))
        self.strips = [self.idle]
        self.pool: Pool | None = None
        self.given_up: GivenUp | None = None
        self.debug_message = ""

    def add(self, what: str, where: str, work: Work) -> Strip:
        """Return another strip, below those that there are."""
        self.strips.append(Strip(what, where, work))
        return self.strips[-1]

    def measure_pool(self, in_threads: Callable[[int, Job], Coro]) -> None:
        """Have many jobs done in threads at once: see how many."""
        self.pool = pool_measured(in_threads)

    def measure_timeout(self, in_time: Callable[[float, Job], Coro]) -> None:
        """Have a job done in a thread, longer than a timeout: see what ends when."""
        self.given_up = timeout_measured(in_time)

    def ask_debug_mode(self, main: Coro) -> None:
        """Run a coroutine in debug mode: see what that says."""
        self.debug_message = debug_message(main)

    def red(self) -> float:
        """Return the lag (seconds) from which on work, not the machine, is to blame."""
        return max(SEEN, 2 * self.idle.lag())

    def to_watch(self) -> Iterator[Strip]:
        """Yield each strip, and once more where something stopped its heart by chance.

        Any machine stumbles for a moment now and then: twice at one place is too often.
        """
        for strip in self.strips:
            yield strip
            if self.impossible(strip):
                strip.beats = []
                yield strip

    def impossible(self, strip: Strip) -> str:
        """Say what something else than the work did to the heart: empty for nothing."""
        least = 0.0
        if strip is self.idle:
            most = SEEN
        elif strip.where == IN_LOOP:  # the next beat was due within a period
            least = strip.took - PERIOD - SLACK
            most = strip.took + max(SLACK, self.idle.lag())
        elif strip.label == TAKES_TURNS:
            most = TURNS
        else:
            most = self.red()
        if least <= strip.lag() <= most:
            return ""
        work = f"{strip.label}, which took {strip.took * 1000:.0f} ms"
        beside = "with nothing to do" if strip is self.idle else f"beside {work}"
        return f"{beside}, a heartbeat came {strip.late()} late"

    def lesson(self, blocked: Strip, freed: Strip) -> str:
        """Say how late beats came beside `time.sleep` in the loop, and in a thread."""
        sleep, idle = f"time.sleep({self.seconds:g})", self.idle.late()
        if blocked.lag() <= 2 * self.idle.lag():
            return f"{sleep} made no heartbeat much later than idle: {idle}"
        late = f"{sleep} made a heartbeat {blocked.late()} late"
        return f"{late}; in a thread {freed.late()}, idle {idle}"

    def refuse_impossible(self) -> None:
        """Raise TooBusy where something else than the work stopped the heart."""
        for strip in self.strips:
            if seen := self.impossible(strip):
                raise TooBusy(seen)
        for measured in (self.pool, self.given_up):
            if measured:
                measured.refuse_impossible()

    def draw(self) -> Text:
        """Draw each strip under its label."""
        end, width = self.seconds + 2 * MARGIN, console.width - 2
        job = lane([Span(MARGIN, MARGIN + self.seconds, "lesson", "▃")], end, width)
        lines = [
            Text.assemble(
                ("● ", "running"), "heartbeat, due every 50 ms    ",
                ("██", "blocked"), " a heartbeat is late    ",
                ("▃▃", "lesson"), f" job of {self.seconds:g} s",
            ),
        ]  # fmt: skip
        for strip in self.strips:
            beats = [*strip.beats]  # as they are now: the loop goes on meanwhile
            red = SEEN if strip is self.idle else self.red()
            late = strip.late() if beats else ""
            late += " late" if strip.lag() > red else "     "
            label = Text(strip.label, STYLES.get(strip.where, "note"))
            lines.append(label.append(late.rjust(width - len(label)), "none"))
            now = min(time.monotonic(), beats[0] + end) if beats else 0.0
            lines.append(heartbeats(beats, PERIOD, red, now, end, width))
            if strip is self.idle:
                lines.append(job)
        lines.append(Text())
        for measured in (self.pool, self.given_up):
            if measured:
                lines.append(Text(measured.words()))
        lines.append(Text(python(), "note"))
        if self.debug_message:
            lines.append(Text(f"debug mode: {self.debug_message}"))
        return Text("\n", no_wrap=True).join(lines)

    def live(self) -> Live:
        """Return what draws the picture for as long as one is in it (``with``)."""
        return Live(console=console, get_renderable=self.draw)
