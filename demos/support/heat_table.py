"""A heat table: times by row and column, the best tinted; what they say of a rule."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

from rich.live import Live
from rich.style import Style
from rich.text import Text

from demos.support.console import console
from demos.support.machine import python, usable_cores
from demos.support.rounds import Calls, Rounds
from demos.support.samples import (
    ALIKE,
    LONG,
    Sample,
    TooBusy,
    aligned,
    fastest,
    refuse_unsteady,
)

LABEL = 17  # cells
ALIKE_SHORT = 0.5  # of times below 50 ms, of which a late thread is a good part
MARGIN = 0.2  # what ends so far before its waits has not waited


class Row(NamedTuple):
    """A workload: so many jobs of so many seconds, which compute or else wait."""

    name: str
    jobs: int
    seconds: float
    advice: str  # the column that a rule names
    calls: Calls
    one_core: str = ""  # the column whose call computes, in this thread


class Verdict(NamedTuple):
    """What the times of a row say of the rule: ✓ right, → wrong, ≈ either will do."""

    mark: str
    words: str
    ratio: float  # the best time that the rule does not name, by the one that it does


def margin(times: Mapping[str, Sample]) -> float:
    """Return by how much times of a row must be apart to count as that."""
    shortest = min(sample.median for sample in times.values())
    return ALIKE if shortest >= LONG else ALIKE_SHORT


def judge(advice: str, times: Mapping[str, Sample]) -> Verdict:
    """Compare the column that the rule names with the best of the others."""
    other = min(times.keys() - {advice}, key=lambda column: times[column].median)
    ratio = times[other].median / times[advice].median
    order = times[advice].compare(times[other], margin(times))
    if order == "less":
        return Verdict("✓", f"right: {ratio:.1f} × as fast as {other}", ratio)
    if order == "more":
        return Verdict("→", f"{other}: {1 / ratio:.1f} × as fast", ratio)
    return Verdict("≈", f"no clear difference to {other}", ratio)


def said(verdicts: Mapping[str, Verdict]) -> str:
    """Return the rows of each mark in a line: "✓ CPU-bound 1.9 ×; ≈ few fast"."""
    rows: dict[str, list[str]] = {"✓": [], "≈": [], "→": []}
    for name, verdict in verdicts.items():
        ratio = f" {verdict.ratio:.1f} ×" if verdict.mark == "✓" else ""
        rows[verdict.mark].append(f"{name.removesuffix(' waits')}{ratio}")
    return "; ".join(f"{mark} {', '.join(rows[mark])}" for mark in rows if rows[mark])


class HeatTable:
    """The times of some workloads in some models, and what a rule says of each."""

    def __init__(self, rows: Sequence[Row], at_once: Mapping[str, int]) -> None:
        """All rows have the same columns, which are models.

        `at_once` says of some how many jobs they have at once; others have all.
        """
        self._rows = rows
        self._at_once = at_once
        self._models = list(rows[0].calls)
        self.rounds = Rounds({row.name: row.calls for row in rows})

    def measure(self, seconds: float, repeat: int | None) -> None:
        """Draw the table while all is measured (see `Rounds`)."""
        with Live(self, console=console, auto_refresh=False) as live:
            self.rounds.measure(seconds, repeat, live.refresh)

    def refuse_impossible(self) -> None:
        """Raise TooBusy if the times are none that work takes which runs by itself."""
        self.rounds.refuse_shared()
        for row in self._rows:
            times = self.rounds.of(row.name)
            refuse_unsteady(times.values())
            for model, time in times.items():
                self._refuse(row, model, time)
                if row.one_core:
                    self._refuse_speedup(model, time, times[row.one_core])

    def verdicts(self) -> dict[str, Verdict]:
        """Return what the times of each row say of the rule, when all are measured."""
        return {
            row.name: judge(row.advice, self.rounds.of(row.name)) for row in self._rows
        }

    def _refuse(self, row: Row, model: str, time: Sample) -> None:
        """Raise TooBusy if a model has not waited as long as it must."""
        least = self._least(row, model)
        # A short wait may end early: a clock of Windows ticks each 16 ms.
        wait = Sample([least], counted=True)
        if least >= LONG and time.compare(wait, MARGIN) == "less":
            took, least = time.median * 1000, least * 1000
            raise TooBusy(f"{model} waited {took:.0f} of {least:.0f} ms")

    def _refuse_speedup(self, model: str, time: Sample, alone: Sample) -> None:
        """Raise TooBusy if a model is faster than all cores, of which one is alone."""
        cores = usable_cores()
        together = Sample([cores * seconds for seconds in time.values])
        if alone.compare(together, MARGIN) == "more":
            gain = alone.median / time.median
            raise TooBusy(f"{model} did {gain:.1f} × the work of one of {cores} cores")

    def _least(self, row: Row, model: str) -> float:
        """Return the seconds that a model waits at least: none where it computes."""
        if row.one_core:
            return 0.0
        return row.seconds * ceil(row.jobs / self._at_once.get(model, row.jobs))

    def __rich__(self) -> Text:
        """Draw the table as it is now."""
        heads = [(f"{model:^21}", model) for model in self._models]
        most = ", ".join(f"≤ {most} {model}" for model, most in self._at_once.items())
        lines = [
            Text(f"{python()}; start-up included", "note"),
            Text(f"simulated local waits; {most}", "note"),
            Text.assemble(" " * LABEL, *heads),
        ]
        for row in self._rows:
            lines += [*self._draw(row), Text()]
        lines[-1] = Text(self.rounds.doing, "running")
        return Text("\n").join(lines)

    def _draw(self, row: Row) -> list[Text]:
        """Draw the times of a row, how many times the best they are, and the rule."""
        times = Text(f"{row.name:{LABEL}}")
        size = f"{row.jobs} × {row.seconds * 1000:g} ms"
        factors = Text(f"{size:{LABEL}}")
        rule = Text(f"{'the rule says':{LABEL}} {row.advice}")
        measured = self.rounds.of(row.name)
        complete = len(measured) == len(self._models)
        best = fastest(measured, margin(measured)) if complete else set()
        least = min((sample.median for sample in measured.values()), default=0.0)
        for model in self._models:
            took, factor, style = "", "", Style()
            if model in measured:
                took = aligned(measured[model])
                factor = f"{measured[model].median / least:.1f} ×"
            if model in best:
                factor = "best" if len(best) == 1 else "≈ best"
                style = console.get_style(model) + Style(reverse=True)
            times.append(" ").append(f"{took:20}", style)
            factors.append(" ").append(f"{factor:>7}{'':13}", style)
        if complete:
            verdict = judge(row.advice, measured)
            rule.append(f" {verdict.mark} {verdict.words}")
        return [times, factors, rule]
