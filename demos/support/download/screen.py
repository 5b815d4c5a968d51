"""Carries out runs and draws them meanwhile, but keeps out of their way."""

import math
from collections.abc import Callable, Sequence
from time import perf_counter, process_time, thread_time

from rich.console import RenderableType
from rich.live import Live

from demos.support.console import console
from demos.support.download.downloads import Downloads
from demos.support.download.variants import Variant
from demos.support.rounds import in_rounds

MEASURING = 5.5  # seconds
FRAMES = 4  # a second
PEACE = 0.5  # seconds


class Screen(Live):
    """Draws a picture after each run, and again and again during a long one.

    A picture holds the GIL for some 10 ms, which a run of 200 ms would feel: the first
    half second of each run is left in peace. What drawing takes is not counted as CPU
    time of the run.
    """

    def __init__(self, picture: RenderableType) -> None:
        super().__init__(picture, console=console, refresh_per_second=FRAMES)
        self._run_began = -math.inf
        self._cpu = 0.0  # seconds that drawing took

    def refresh(self) -> None:
        """Draw, unless a run has just begun; a thread of Live asks for it, too."""
        if perf_counter() - self._run_began > PEACE:
            before = thread_time()
            super().refresh()
            self._cpu += thread_time() - before

    def run(
        self,
        variants: Sequence[Variant],
        downloads: Callable[[], Downloads],
        few: Callable[[], Downloads],
        repeat: int | None,
    ) -> None:
        """Let each variant carry out new downloads in rounds; a `few` to warm up.

        There are `repeat` rounds, or as many as it takes until all times are settled
        (see `in_rounds`).
        """
        raced = [variant for variant in variants if not variant.skipped]

        def settled() -> bool:
            return all(variant.time.settled for variant in raced)

        for number, variant in in_rounds(raced, settled, MEASURING, repeat):
            if not number:
                variant.download(few())
                continue
            batch = downloads()
            self._run_began = perf_counter()
            variant.run(batch, lambda: process_time() - self._cpu)
            self._run_began = -math.inf
            self.refresh()

    def stop(self) -> None:
        """Draw the last picture, and leave it there."""
        super().stop()
        if not console.is_terminal:
            console.print()  # there, Live leaves the last line open
