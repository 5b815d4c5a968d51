"""Variants at ever more downloads at once, as bars beside the bound."""

from collections.abc import Sequence
from statistics import median

from rich.console import Group, RenderableType
from rich.text import Text

from demos.support.console import console
from demos.support.download.variants import Variant
from demos.support.drawing import Span, lane


class Sweep:
    """What some steps took, each with its own variants."""

    def __init__(self, title: str, steps: Sequence[Sequence[Variant]]) -> None:
        self._title = title
        self._steps = steps

    def __rich__(self) -> RenderableType:
        """Return the picture of this moment: each bar as long as a multiple of it."""
        width = console.width - 50
        ratios = [ratio(variant) for step in self._steps for variant in step]
        end = max(2.0, *ratios) * 1.02
        bound = int(width / end)
        axis = " " * (18 + bound) + "▼ the bound: max(max L, ΣL/C)"
        lines = [Text(self._title, "note"), Text(axis, "note")]
        for step in self._steps:
            lines.append(Text(f"{step[0].limit:,} at once", "bold"))
            for variant in step:
                times = ratio(variant)
                spans = [
                    Span(0, min(times, 1), variant.style),
                    Span(1, times, variant.style, "▒"),
                ]
                line = Text(f"  {variant.name:<16}", variant.style)
                if variant.repeats:
                    line += lane(spans[: 1 + (times > 1)], end, width)
                    line.append(f" {times:5.2f} ×  {seconds(variant):5.2f} s")
                if variant.times:
                    line.append(f"  CPU {variant.cpu:.2f} s", "note")
                lines.append(line)
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis"
        return Group(*lines)


def seconds(variant: Variant) -> float:
    """Return the median time in seconds, or that of a first run so far."""
    times = variant.times or [repeat.seconds for repeat in variant.repeats] or [0.0]
    return median(times)


def ratio(variant: Variant) -> float:
    """Return that time as a multiple of the bound."""
    return seconds(variant) / variant.bound
