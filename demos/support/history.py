"""What three tasks and their caller go through, and the lanes that show it."""

import math
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rich.live import Live
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import Span, lane

ROWS = ("A", "B", "C", "caller")
LABEL, WORDS = 8, 30  # cells before and after a lane


class Look(NamedTuple):
    """How a step is drawn for as long as it lasts; without a style, in the scene's.

    With a meaning, that is what lasts, and the step is a word behind the lane as well.
    """

    glyph: str
    style: str = ""
    meaning: str = ""


LOOKS = {  # of the steps that last; others are words behind the lane
    "not done": Look("▄"),
    "cancel(): False": Look("▄", meaning="not done"),
    "cancelled": Look("▒", "threads", "its job runs on"),
    "works": Look("▆", "running"),
    "asks": Look("█", "blocked"),
    "runs": Look("▆"),
    "cleans up": Look("▃"),
    "orphan": Look("█", "failed"),
    "waits": Look("▁", "note"),
}


class Step(NamedTuple):
    """What somebody does, and since when (time.monotonic, seconds)."""

    what: str
    at: float


class Scene:
    """The steps of three tasks and their caller, under a title."""

    def __init__(self, title: str, style: str, caller: str) -> None:
        """`caller` is what the caller does from the first step of a task on."""
        self.title = Text(title, style)
        self.style = style
        self.caller = caller
        self.steps: dict[str, list[Step]] = {row: [] for row in ROWS}

    def tell(self, row: str, what: str) -> None:
        """Note a step that begins now, and ends the one before."""
        now = time.monotonic()
        if not self.steps["caller"]:
            self.steps["caller"].append(Step(self.caller, now))
        self.steps[row].append(Step(what, now))

    def seconds(self, row: str, what: str) -> float:
        """Return how long a step lasted: until the next of that row began."""
        steps = pairwise(self.steps[row])
        return next(after.at - step.at for step, after in steps if step.what == what)

    def at(self, row: str, what: str) -> float:
        """Return when a step first began (time.monotonic, seconds); infinity: never."""
        begun = (step.at for step in self.steps[row] if step.what == what)
        return next(begun, math.inf)

    def whats(self, row: str) -> list[str]:
        """Return the steps of a row, in their order."""
        return [step.what for step in self.steps[row]]

    def count(self, what: str) -> int:
        """Return how many steps like this there were."""
        return sum(step.what == what for row in ROWS for step in self.steps[row])

    def lane(self, row: str, end: float, width: int) -> Text:
        """Return a lane of `end` seconds, drawn as far as now, and then the words."""
        now = time.monotonic()
        steps = [*self.steps[row]]
        begun = self.steps["caller"][0].at if steps else now
        spans = []
        for step, after in pairwise([*steps, Step("", now)]):
            if look := LOOKS.get(step.what):
                start, stop = step.at - begun, after.at - begun
                spans.append(Span(start, stop, look.style or self.style, look.glyph))
        text = lane(spans, end, width)
        text.rstrip()
        words = (
            step.what
            for step in steps
            if step.what not in LOOKS or LOOKS[step.what].meaning
        )
        return text.append(f" {', '.join(words)}")


def legend(scenes: Sequence[Scene]) -> Text:
    """Return the looks of the steps that there were so far."""
    steps = [step for scene in scenes for row in ROWS for step in [*scene.steps[row]]]
    told = {step.what for step in steps}
    looks = {look.meaning or what: look for what, look in LOOKS.items() if what in told}
    text = Text()
    for meaning, look in looks.items():
        text.append(look.glyph * 2, look.style).append(f" {meaning}    ")
    return text


def chart(scenes: Sequence[Scene], end: float) -> Text:
    """Draw some scenes of `end` seconds, one below the other, under a legend."""
    lines = [legend(scenes)]
    roomy = len(scenes) < 3  # so that an empty line fits under each lane
    width = console.width - LABEL - WORDS
    for scene in scenes:
        lines.append(scene.title)
        for row in ROWS:
            lines.append(Text(row.ljust(LABEL)).append(scene.lane(row, end, width)))
            if roomy:
                lines.append(Text())
        if not roomy:
            lines.append(Text())
    return Text("\n", no_wrap=True).join(lines)


def show(scenes: Sequence[Scene], end: float) -> Live:
    """Return what draws the scenes for as long as one is in it (``with``)."""
    return Live(console=console, get_renderable=lambda: chart(scenes, end))
