"""Variants at ever more downloads at once, as bars under the bound."""

from collections.abc import Sequence

from rich.text import Text

from demos.support.download.variants import Variant, results
from demos.support.drawing import bar
from demos.support.machine import interpreter

SAME = "the same client (httpcore) in both: what differs is how they wait"


class Sweep:
    """What some steps took, each with its own variants."""

    def __init__(self, title: str, steps: Sequence[Sequence[Variant]]) -> None:
        self._title = title
        self._steps = steps

    def __rich__(self) -> Text:
        """Return the picture of this moment: rows of at most 80 cells."""
        variants = [variant for step in self._steps for variant in step]
        longest = max(max(variant.bound, *variant.times, 0) for variant in variants)
        rows = [Text(f"{self._title} · {interpreter()}", "note")]
        for step in self._steps:
            bound = step[0].bound
            line = Text(f"\nlimit {step[0].limit:,}".ljust(20))
            line.append(f"{bound:5.2f} s at best".ljust(23))
            line += bar(bound, longest, 24, "note")
            rows += [line, *results(step, longest, peak)]
        rows.append(Text(f"\n{SAME}", "note"))
        return Text("\n").join(rows)


def peak(variant: Variant) -> str:
    """Say in 14 cells how many downloads of a variant were in flight at most."""
    return f"{f'{variant.peak:,} at once':>14}"
