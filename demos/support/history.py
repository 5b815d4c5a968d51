"""What a task goes through, step by step, and a lane that shows it."""

import time
from collections.abc import Mapping, Sequence
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
    scenes: Mapping[str, Sequence[History]],
    names: Sequence[str],
    looks: Mapping[str, tuple[str, str]],
    end: float,
) -> Table:
    """Draw the histories of some scenes: name, lane of `end` seconds, and last step.

    See History.lane for `looks`.
    """
    table = Table(box=None, show_header=False, pad_edge=False)
    for title, histories in scenes.items():
        table.add_row("", Text(title, "lesson"))
        for name, history in zip(names, histories, strict=True):
            table.add_row(
                name,
                history.lane(looks, end, console.width - 46),
                Text(" → ".join(step for step, _ in history[1:])),
            )
        table.add_row()
    return table
