"""A race of downloads as a picture: lanes on one time axis, and what came of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from time import perf_counter

from rich.text import Text

from demos.support.download.downloads import Download, Downloads
from demos.support.download.variants import Repeat, Variant, lost, results
from demos.support.machine import interpreter

WORDS = 19  # cells of a row of lanes, and then:
LANE = 61
ROWS = 12  # of lanes, in all
DRAWN = 50  # downloads of a lane: to draw more would hold up those that run
HEIGHT = {"waiting": 1, "receiving": 2}
GLYPHS = (" ▗▐", "▖▄▟", "▌▙█")  # for the heights of the left and the right half
STEPS = [n * 10.0**power for power in range(-3, 4) for n in (1, 2, 5)]  # seconds


class Waterfall:
    """The latest run of each of some variants, and the figures of all."""

    def __init__(self, title: str, variants: Sequence[Variant]) -> None:
        self._title = title
        self._variants = variants

    def __rich__(self) -> Text:
        """Return the picture of this moment: 18 or 19 rows of at most 80 cells."""
        raced = [variant for variant in self._variants if not variant.skipped]
        repeats = [repeat for variant in raced for repeat in variant.repeats]
        end = max(seconds_to_draw(variant) for variant in raced)
        rows = [Text(f"{self._title} · {interpreter()}", "note"), axis(end)]
        known = raced[0].bound > 0
        for variant in raced:  # an address has a line below: there is less room
            rows += block(variant, end, (ROWS if known else 9) // len(raced))
        legend = "▄ waiting █ receiving × failed"
        if known:
            legend += " · at best: nothing but waiting"
        run = f"run {len(repeats)}"
        rows.append(Text(f"{run:<{WORDS}}{legend}", "note"))
        longest = max([end, *(repeat.seconds for repeat in repeats)])
        rows += results(self._variants, longest)
        rows += faults([repeat for repeat in repeats if repeat.ended])
        return Text("\n").join(rows)


def seconds_to_draw(variant: Variant) -> float:
    """Return how long a variant's latest run is, or will be as far as one knows."""
    latest = variant.repeats[-1].seconds if variant.repeats else 0.0
    return max(latest, 1.05 * variant.bound) or 1.0


def axis(end: float) -> Text:
    """Return the row above the lanes: the seconds from 0 to `end`."""
    step = next((step for step in STEPS if step / end * LANE >= 8), end)
    row = ""
    for number in range(int(end / step) + 1):
        tick = f"{number * step:g} s"
        cell = int(number * step / end * LANE)
        if cell + len(tick) <= LANE:
            row = row.ljust(WORDS + cell) + tick
    return Text(row, "note")


def block(variant: Variant, end: float, rows: int) -> list[Text]:
    """Draw a variant's latest run in so many rows: some words, and beside them lanes.

    A lane has the downloads of a group: as many as must be, one if there is room.
    """
    words = [variant.name, "", ""]
    lanes: list[str] = []
    if variant.repeats:
        repeat = variant.repeats[-1]
        words[1:] = progress(repeat)
        group = -(-len(repeat.downloads) // rows)  # rounded up
        lanes = [
            lane(repeat, repeat.downloads[first : first + group], end)
            for first in range(0, len(repeat.downloads), group)
        ]
    if variant.bound:
        words.append(f"at best {variant.bound:.2f} s")
    drawn: list[Text] = []
    for _, said, cells in zip_longest(range(rows), words, lanes, fillvalue=""):
        row = Text(f"{said:<{WORDS}}", "note" if drawn else variant.style)
        row.append(cells, variant.style)
        row.highlight_regex("×", "failed")
        drawn.append(row)
    return drawn


def progress(repeat: Repeat) -> list[str]:
    """Say how many downloads of a run are done, and how many are in flight."""
    states = Counter(download.state for download in repeat.downloads)
    flying = states["waiting"] + states["receiving"]
    return [
        f"{states['done']} of {len(repeat.downloads)} done",
        f"up to {repeat.peak} at once" if repeat.ended else f"{flying} in flight",
    ]


def lane(repeat: Repeat, downloads: Downloads, end: float) -> str:
    """Draw when some downloads waited or received, over one another, up to `end`."""
    step = len(downloads) // DRAWN + 1
    troubled = [download for download in downloads if download.failures][:DRAWN]
    halves = [0] * (2 * LANE)
    failures = set()
    for download in [*downloads[::step], *troubled]:
        for start, stop, state in stretches(download, repeat):
            first = min(int(start / end * 2 * LANE), 2 * LANE - 1)
            last = max(first + 1, round(stop / end * 2 * LANE))
            if state in HEIGHT:
                halves[first:last] = [
                    max(HEIGHT[state], half) for half in halves[first:last]
                ]
            elif state == "failed":
                failures.add(first // 2)
    pairs = zip(halves[::2], halves[1::2], strict=True)
    cells = [GLYPHS[left][right] for left, right in pairs]
    for cell in failures:
        cells[cell] = "×"
    return "".join(cells)


def stretches(download: Download, repeat: Repeat) -> Iterator[tuple[float, float, str]]:
    """Yield from when to when (seconds of the run) a download was in which state."""
    now = repeat.ended or perf_counter()
    for (start, state), (stop, _) in pairwise([*download.changes, (now, "")]):
        yield start - repeat.started, stop - repeat.started, state


def faults(repeats: Sequence[Repeat]) -> list[Text]:
    """Say in a line what failed in some runs, and what is lost; nothing if none did."""
    downloads = [download for repeat in repeats for download in repeat.downloads]
    names = Counter(name for download in downloads for name in download.failures)
    if not names:
        return []
    kinds = ", ".join(name for name, _ in names.most_common())
    line = f" {names.total():,} tries failed: {kinds}; {len(lost(downloads)):,} lost"
    return [Text.assemble(("×", "failed"), line)]
