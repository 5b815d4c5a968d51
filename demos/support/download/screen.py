"""Draws runs while they are measured, and keeps out of their way."""

import math
from threading import Event, Thread
from time import perf_counter, process_time, thread_time
from typing import Self

from rich.console import RenderableType
from rich.live import Live

from demos.support.console import console
from demos.support.download.downloads import Downloads
from demos.support.download.variants import Variant

FRAMES = 6  # a second
PEACE = 0.5  # seconds


class Screen:
    """Draws a picture after each run, and again and again during a long one.

    A picture holds the GIL for some 10 ms, which a run of 200 ms would feel: the first
    half second of each run is left in peace. What drawing takes is not counted as CPU
    time of the run.
    """

    def __init__(self, picture: RenderableType) -> None:
        self._live = Live(picture, console=console, auto_refresh=False)
        self._thread = Thread(target=self._draw, daemon=True)
        self._end = Event()
        self._started = math.inf  # when the present run began
        self._cpu = 0.0  # seconds that the thread took

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._live.start(refresh=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Draw the last picture, and leave it there."""
        self._end.set()
        self._thread.join()
        self._live.stop()
        if not console.is_terminal:
            console.print()  # there, Live leaves the last line open

    def run(self, variant: Variant, downloads: Downloads) -> None:
        """Let a variant carry out `downloads`."""
        self._started = perf_counter()
        variant.run(downloads, lambda: process_time() - self._cpu)
        self._started = math.inf
        self._live.refresh()

    def _draw(self) -> None:
        while not self._end.wait(1 / FRAMES):
            if perf_counter() - self._started > PEACE:
                self._live.refresh()
                self._cpu = thread_time()
