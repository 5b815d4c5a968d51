"""What a task goes through, step by step, and a lane that shows it."""

import time
from collections.abc import Mapping
from itertools import pairwise

from rich.text import Text

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
