"""A heat table: times by row and column, the best tinted; what they say of a rule."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from rich.live import Live
from rich.style import Style
from rich.text import Text

from demos.support.console import console
from demos.support.machine import aligned, apart, fastest, python
from demos.support.rounds import Calls, Rounds

LABEL = 17  # cells


class Row(NamedTuple):
    """A workload: its name and size, the column that a rule names, the calls."""

    name: str
    size: str
    advice: str
    calls: Calls


class Verdict(NamedTuple):
    """What the times of a row say of the rule: ✓ right, → wrong, ≈ either will do."""

    mark: str
    words: str
    ratio: float  # the best time that the rule does not name, by the one that it does


def judge(advice: str, times: Mapping[str, Sequence[float]]) -> Verdict:
    """Compare the column that the rule names with the best of the others."""
    medians = {column: median(seconds) for column, seconds in times.items()}
    other = min(times.keys() - {advice}, key=medians.__getitem__)
    ratio = medians[other] / medians[advice]
    if not apart(times[advice], times[other]):
        return Verdict("≈", f"no faster than {other}", ratio)
    if ratio > 1:
        return Verdict("✓", f"right: {ratio:.1f} × as fast as {other}", ratio)
    return Verdict("→", f"{other}: {1 / ratio:.1f} × as fast", ratio)


class HeatTable:
    """The times of some workloads in some models, and what a rule says of each."""

    def __init__(self, rows: Sequence[Row], note: str) -> None:
        """All rows have the same columns, which are models; `note` stands above."""
        self._note = note
        self._rows = rows
        self._models = list(rows[0].calls)
        self.rounds = Rounds({row.name: row.calls for row in rows})

    def measure(self, repeat: int) -> None:
        """Draw the table while all is measured (see `Rounds`)."""
        with Live(self, console=console, auto_refresh=False) as live:
            self.rounds.measure(repeat, live.refresh)

    def right(self) -> dict[str, float]:
        """Return the rows that the rule is right in, and how far ahead it is."""
        found = {}
        for row in self._rows:
            verdict = judge(row.advice, self.rounds.of(row.name))
            if verdict.mark == "✓":
                found[row.name] = verdict.ratio
        return found

    def __rich__(self) -> Text:
        """Draw the table as it is now."""
        heads = [(f"{model:^21}", model) for model in self._models]
        lines = [
            Text(f"{python()}; start-up included", "note"),
            Text(self._note, "note"),
            Text(),
            Text.assemble(" " * LABEL, *heads),
        ]
        for row in self._rows:
            if len(self._rows) < 4:  # there are lines to spare
                lines.append(Text())
            lines += self._draw(row)
        lines.append(Text(self.rounds.doing, "running"))
        return Text("\n").join(lines)

    def _draw(self, row: Row) -> list[Text]:
        """Draw the times of a row, how many times the best they are, and the rule."""
        times = Text(f"{row.name:{LABEL}}")
        factors = Text(f"{row.size:{LABEL}}")
        rule = Text(f"{'the rule says':{LABEL}} {row.advice}")
        measured = self.rounds.of(row.name)
        medians = self.rounds.medians(row.name)
        complete = len(measured) == len(self._models)
        best = fastest(measured) if complete else set()
        for model in self._models:
            took, factor, style = "", "", Style()
            if model in measured:
                took = aligned(measured[model])
                factor = f"{medians[model] / min(medians.values()):.1f} ×"
            if model in best:
                factor = "best" if len(best) == 1 else "≈ best"
                style = console.get_style(model) + Style(reverse=True)
            times.append(" ").append(f"{took:20}", style)
            factors.append(" ").append(f"{factor:>7}{'':13}", style)
        if complete:
            verdict = judge(row.advice, measured)
            rule.append(f" {verdict.mark} {verdict.words}")
        return [times, factors, rule]
