"""A small event loop's source, and where each coroutine is, step by step."""

import math
import selectors
import time
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from types import CodeType, FrameType
from typing import Any, NamedTuple, Protocol

from rich.console import Group
from rich.table import Table
from rich.text import Text

from demos.support.console import WIDTH
from demos.support.drawing import Span, lane
from demos.support.samples import TooBusy
from demos.support.source import ROWS, code_lines, listing, recording, replay

CALLS = {  # how a line takes a coroutine out of each place
    "READY": ".popleft(",
    "RUNNING": ".send(",
    "TIMERS": "heappop(",
    "SELECTOR": ".select(",
}
WIDTHS = {"READY": 6, "RUNNING": 7, "TIMERS": 9, "SELECTOR": 10}  # cells
NAME, LANE = 9, 34  # cells
LONG = 0.05  # seconds; who runs for longer blocks the loop
MARGIN = 0.05  # seconds by which a timer may be later than a step explains


class Loop(Protocol):
    """What a loop needs to be drawn.

    A timer is (when due, …, coroutine), and a selector key's data is a coroutine.
    """

    ready: deque[Any]
    current: Any  # the coroutine that runs
    timers: list[Any]
    selector: selectors.BaseSelector

    def run(self) -> None:
        """Run until nothing is ready and nothing waits."""


class SleepingSelector(selectors.DefaultSelector):
    """The system's selector, which can sleep without a socket on Windows, too."""

    def select(self, timeout: float | None = None) -> list[Any]:
        """Wait for `timeout` seconds at most; return what is ready."""
        if timeout is not None and not self.get_map():
            time.sleep(timeout)
            return []
        return super().select(timeout)


class Spot(NamedTuple):
    """The place where a coroutine is, and what to say of it there."""

    place: str
    note: str


RUNS = Spot("RUNNING", "▶")
ENDED = Spot("RUNNING", "ended")


class Step(NamedTuple):
    """A line of ``run``, just before it ran. Times are seconds since the start."""

    at: float
    line: int
    place: str  # that the line works on; or none
    due: float  # when the top timer is due; or never
    spots: dict[Any, Spot]  # of each coroutine that has not ended


def played(
    loop: Loop, run: Callable[[], object], pace: float, block: float
) -> tuple[int, float, int]:
    """Call `run`, of a loop, recorded; then show it, each step for `pace` seconds.

    Return how many coroutines there were, the share of the time that the loop was
    asleep, and by how many milliseconds the latest timer was late. Raises TooBusy where
    that is clearly more than `block`, the seconds for which a step blocks the loop.
    """
    steps = recorded(loop, run)
    last = len(steps) - 1
    shown = [now for now, step in enumerate(steps) if step.place or now == last]
    replay((picture(loop, steps, now) for now in shown), pace)
    asleep = sum(span.end - span.start for span in sleeps(steps))
    late = latest(steps)
    refuse_late(late, block)
    return len(names(steps)), asleep / steps[-1].at, round(late * 1000)


def latest(steps: list[Step]) -> float:
    """Return by how many seconds the latest timer was late."""
    lags = (step.at - step.due for step in steps if step.place == "TIMERS")
    return max(lags, default=0.0)


def refuse_late(late: float, block: float) -> None:
    """Raise TooBusy where a timer was later than a step of `block` seconds explains."""
    if late > block + MARGIN:
        raise TooBusy(
            f"a timer was {late * 1000:.0f} ms late, "
            f"and no step was to block for more than {block * 1000:.0f} ms"
        )


def recorded(loop: Loop, run: Callable[[], object]) -> list[Step]:
    """Call `run`, of a loop; return its steps."""
    code = type(loop).run.__code__
    watch = partial(look, loop, places(code), time.monotonic())
    with recording(watch, lambda each: each is code) as steps:
        run()
    return steps


def places(code: CodeType) -> dict[int, str]:
    """Return the places that the lines of a function work on, by the line's number."""
    lines = code_lines(code).items()
    return {n: at for at, call in CALLS.items() for n, line in lines if call in line}


def look(loop: Loop, lines: dict[int, str], start: float, frame: FrameType) -> Step:
    """Return what `loop` is about to do; `start` is when it began."""
    now = time.monotonic()
    place = lines.get(frame.f_lineno, "")
    spots: dict[Any, Spot] = {}
    for key in loop.selector.get_map().values():
        spots[key.data] = Spot("SELECTOR", f"socket {key.fd}")
    for when, *_, coro in loop.timers:
        spots[coro] = Spot("TIMERS", time_left(when - now))
    for number, coro in enumerate(loop.ready, 1):
        spots[coro] = Spot("READY", f"{number}.")
    if place == "RUNNING":
        spots[loop.current] = RUNS
    due = min((when for when, *_ in loop.timers), default=math.inf)
    return Step(now - start, frame.f_lineno, place, due - start, spots)


def time_left(seconds: float) -> str:
    """Say when a timer is due."""
    return f"{-seconds:.2f} late" if seconds < -LONG else f"{max(0, seconds):.2f} s"


def names(steps: list[Step]) -> dict[Any, str]:
    """Return what to call each coroutine, in the order in which they appear."""
    found: dict[Any, str] = {}
    count: Counter[str] = Counter()
    for coro in dict.fromkeys(coro for step in steps for coro in step.spots):
        name = coro.__name__
        count[name] += 1
        found[coro] = name if count[name] == 1 else f"{name} {count[name]}"
    return found


def sleeps(steps: list[Step]) -> list[Span]:
    """Return the stretches of time in the selector."""
    return [
        Span(step.at, after.at, "waiting", "▁")
        for step, after in pairwise(steps)
        if step.place == "SELECTOR"
    ]


def runs(steps: list[Step], coro: Any) -> list[Span]:
    """Return the stretches of time in which a coroutine ran."""
    spans = []
    for step, after in pairwise([*steps, steps[-1]]):
        if step.spots.get(coro) is RUNS:
            if after.at - step.at > LONG:
                spans.append(Span(step.at, after.at, "blocked"))
            else:
                spans.append(Span(step.at, step.at, "running", "●"))
    return spans


def picture(loop: Loop, steps: list[Step], now: int) -> Group:
    """Draw step `now`: the source; below, who is where, and who has run when."""
    code = type(loop).run.__code__
    step, past = steps[now], steps[: now + 1]
    marks = {n: (" ", style(place)) for n, place in places(code).items()}
    marks[step.line] = ("▶", style(step.place))
    source = listing(code, marks, WIDTH)
    table = who_is_where(past, steps[-1].at)
    if len(code_lines(code)) + table.row_count < ROWS:
        return Group(source, "", table)
    return Group(source, table)


def who_is_where(past: list[Step], end: float) -> Table:
    """Draw a row for each coroutine: its place, and when it ran; all ends at `end`."""
    step = past[-1]
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=NAME, no_wrap=True)
    titles = []
    for place, width in WIDTHS.items():
        table.add_column(width=width)
        title = Text(place, style(place))
        if place == step.place:
            title.stylize("reverse")
        titles.append(title)
    table.add_row("", *titles, f"{step.at:.2f} of {end:.2f} s, step by step")
    for coro, name in names(past).items():
        spot = step.spots.get(coro, ENDED)
        note = Text(spot.note, "done" if spot is ENDED else style(spot.place))
        notes = [note if spot.place == place else "" for place in WIDTHS]
        table.add_row(name, *notes, lane(runs(past, coro), end, LANE))
    table.add_row("select()", "", "", "", "", lane(sleeps(past), end, LANE))
    return table


def style(place: str) -> str:
    """Return the style of a place, or of what is in none."""
    if place == "RUNNING":
        return "running"
    return "asyncio" if place else "done"
