"""Speed-ups as bars, with two marks: at one, and at the ceiling."""

from collections.abc import Mapping
from multiprocessing import get_start_method
from statistics import median
from typing import NamedTuple

from rich.text import Text

from demos.support.console import console
from demos.support.drawing import bar
from demos.support.measure import durations, python
from demos.support.speedup.figures import SEQUENTIAL, Figures, crossover
from demos.support.speedup.pools import executors

ONE, CEILING = "failed", "done"  # styles


class SpeedupChart(NamedTuple):
    """Bars of `width` cells from 0 to `full`; the best to hope for is `ceiling`."""

    ceiling: float
    full: float
    width: int

    def axis(self) -> Text:
        """Return the line above the bars, which names the marks."""
        one = self._cell(1)
        axis = Text(("one ▼" if one > len("one") else "▼").rjust(one + 1), ONE)
        axis.pad_right(self._cell(self.ceiling) - len(axis))
        return axis + Text(f"▼ ceiling {self.ceiling:.2f}×", CEILING)

    def bar(self, speedup: float, style: str) -> Text:
        """Return a bar, and each mark that it leaves free."""
        text = bar(speedup, self.full, self.width, style)
        for value, mark in ((1, ONE), (self.ceiling, CEILING)):
            cell = self._cell(value)
            if text.plain[cell] == " ":
                text = text[:cell] + Text("│", mark) + text[cell + 1 :]
        return text

    def verdict(self, speedup: float) -> Text:
        """Say in a word where a bar ends: at one, at the ceiling, or neither."""
        share = (speedup - 1) / max(self.ceiling - 1, 0.25)
        if share < 0.2:
            return Text("○ one    ", ONE)
        if share < 0.8:
            return Text("· between")
        return Text("● ceiling" if share < 1.2 else "● above  ", CEILING)

    def _cell(self, value: float) -> int:
        return min(round(value / self.full * self.width), self.width - 1)


def picture(
    figures: Figures, workers: int, workloads: Mapping[str, str], now: str
) -> Text:
    """Draw what was measured so far, and say what is being measured now.

    `workloads` are names and what there is to say of them.
    """
    models = executors()
    missing = sorted({"free threads", "sub-interpreters"}.difference(models))
    ceilings = figures.ceilings or [1.0]
    chart = SpeedupChart(median(ceilings), workers, console.width - 64)
    axis = Text.assemble(" " * 18, chart.axis())
    axis.pad_right(console.width - 24 - axis.cell_len)
    lines = [
        Text("; no ".join([python(), *missing])),
        Text(
            f"real ceiling: {workers} busy processes do {chart.ceiling:.2f}×"
            f" [{min(ceilings):.2f}–{max(ceilings):.2f}] the work of one"
        ),
        axis + Text("time [range]   CPU/wall"),
    ]
    for workload, note in workloads.items():
        lines.append(_title(workload, note))
        lines += [
            _row(chart, figures, each, workload) for each in (SEQUENTIAL, *models)
        ]
    if figures.sizes:
        lines += _size_lines(figures)
    if now:
        lines.append(Text(f"▶ {now}", "running"))
    return Text("\n").join(lines)


def _title(name: str, note: str) -> Text:
    text = Text.assemble((f"─ {name} ", "bold"), (f"{note} ", "note"))
    text.append("─" * (console.width - text.cell_len), "note")
    return text


def _row(chart: SpeedupChart, figures: Figures, model: str, workload: str) -> Text:
    style = "sync" if model == SEQUENTIAL else model
    label = f"{model:18}", style
    timings = figures.timings.get((model, workload), [])
    if not timings or (SEQUENTIAL, workload) not in figures.timings:
        return Text.assemble(label)
    speedup = figures.speedup(model, workload)
    verdict = Text(" " * 9) if model == SEQUENTIAL else chart.verdict(speedup)
    busy = median(timing.cpu / timing.wall for timing in timings)
    return Text.assemble(
        label,
        chart.bar(speedup, style),
        (f"{speedup:6.2f}×  ", verdict.style),
        verdict,
        f"{durations([timing.wall for timing in timings]):>19}{busy:9.2f}",
    )


def _size_lines(figures: Figures) -> list[Text]:
    method = get_start_method()
    starts = (f"{model} {durations(figures.starts[model])}" for model in executors())
    sizes = (f"{size.job * 1000:>5g} ms" for size in figures.sizes)
    lines = [
        _title("pool start", f"({method}) {', '.join(starts)}"),
        Text(f"{'processes pay':24}{''.join(sizes)}"),
    ]
    started = median(figures.starts["processes"])
    for label, extra in (("running", 0.0), ("with start", started)):
        pays = crossover(figures.sizes, extra)
        since = f"from {pays * 1000:g} ms" if pays else "not yet"
        gains = [size.sequential / (extra + size.pooled) for size in figures.sizes]
        cells = [
            (f" {'▲' if gain > 1 else '▼'}{gain:5.2f}×", CEILING if gain > 1 else ONE)
            for gain in gains
        ]
        lines.append(Text.assemble(f"{f'{label}: {since}':24}", *cells))
    return lines
