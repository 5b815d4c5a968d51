"""What a task goes through, step by step, and a lane that shows it."""

import time
from collections.abc import Mapping
from itertools import pairwise

from rich.table import Table
from rich.text import Text

from demos.support.console import console
from demos.support.drawing import Span, lane


class History(list[tuple[str, float]]):
    """The steps of a task, and when each began (time.monotonic, seconds)."""

    def note(self, step: str) -> None:
        """Add a step that begins now."""
        self.append((step, time.monotonic()))

    def lane(
        self, looks: Mapping[str, tuple[str, str]], end: float, width: int
    ) -> Text:
        """Return a lane of `end` seconds from the first step, drawn as far as now.

        `looks` gives the style and the glyph of a step; one without is not drawn.
        """
        spans = [
            Span(start - self[0][1], stop - self[0][1], *looks[step])
            for (step, start), (_, stop) in pairwise([*self, ("", time.monotonic())])
            if step in looks
        ]
        return lane(spans, end, width)


def chart(
    scenes: Mapping[str, Mapping[str, History]],
    looks: Mapping[str, tuple[str, str]],
    end: float,
) -> Table:
    """Draw the histories of some scenes: a lane of `end` seconds, then the steps.

    See History.lane for `looks`; ●, ▲ and ■ colour the step that they begin.
    """
    table = Table(box=None, show_header=False, pad_edge=False)
    roomy = len(scenes) < 3  # so that an empty row fits under each lane
    for title, histories in scenes.items():
        table.add_row("", Text(title, "lesson"))
        for name, history in histories.items():
            words = Text(" → ".join(step for step, _ in history[1:] or history))
            for glyph, style in (("●", "done"), ("▲", "failed"), ("■", "waiting")):
                words.highlight_regex(f"{glyph}.*", style)
            table.add_row(name, history.lane(looks, end, console.width - 52), words)
            if roomy:
                table.add_row()
        table.add_row()
    return table
