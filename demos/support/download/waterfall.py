"""A race of downloads as a picture: a lane for each of them, all on one time axis."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, zip_longest
from time import perf_counter

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from demos.support.console import console
from demos.support.download.downloads import Download, Downloads
from demos.support.download.screen import Screen
from demos.support.download.variants import Repeat, Variant
from demos.support.drawing import Span, bar, half_lanes, lane
from demos.support.measure import durations

NARROWEST = 16  # cells of a panel: its heading must fit
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)  # seconds


def race(
    title: str,
    variants: Sequence[Variant],
    downloads: Callable[[], Downloads],
    repeat: int,
) -> None:
    """Run each variant `repeat` times, in random order, on new `downloads`; draw it."""
    order = [variant for variant in variants if not variant.skipped] * repeat
    random.shuffle(order)
    picture = Waterfall(title, variants, len(order))
    try:
        with Screen(picture) as screen:
            for variant in order:
                screen.run(variant, downloads())
            picture.finished = True
    except KeyboardInterrupt:
        done = Counter(
            d.state for repeat in variant.repeats[-1:] for d in repeat.downloads
        )
        console.print(
            f"stopped: {variant.name} had {done['done']} of {done.total()} files"
        )
        raise


class Waterfall:
    """The latest run of each of some `variants`, side by side, on one scale."""

    def __init__(self, title: str, variants: Sequence[Variant], runs: int) -> None:
        self.finished = False
        self._title = title
        self._variants = variants
        self._runs = runs  # how many there will be

    def __rich__(self) -> RenderableType:
        """Return the picture of this moment."""
        below: list[RenderableType] = []
        # Other rows: title, heading and axis; below, two of states or, at the end, one
        # a variant and their heading, with the two lines of finish(); the cursor's.
        taken = 6
        if self.finished:
            below = [figures(self._variants), *faults(self._variants)]
            taken = 6 + len(self._variants) + len(below)
        elif begun := [variant for variant in self._variants if variant.repeats]:
            latest = max(begun, key=lambda variant: variant.repeats[-1].started)
            number = sum(len(variant.repeats) for variant in begun)
            title = f"run {number} of {self._runs}"
            most = max(variant.limit for variant in self._variants)
            below = [*present(latest.repeats[-1], most, title)]
        return Group(
            Text(self._title, style="note", no_wrap=True, overflow="ellipsis"),
            *panels(self._variants, console.width, console.height - taken),
            *below,
        )


def panels(variants: Sequence[Variant], width: int, height: int) -> list[Text]:
    """Draw the latest run of each variant that takes part, `height` rows of lanes."""
    raced = [variant for variant in variants if not variant.skipped]
    seconds = [
        max(v.expected, v.repeats[-1].seconds if v.repeats else 0) for v in raced
    ]
    widths = share_out(width - 2 * (len(raced) - 1), seconds)
    scale = max(s / cells for s, cells in zip(seconds, widths, strict=True))
    columns = [
        panel(variant, cells, cells * scale, height)
        for variant, cells in zip(raced, widths, strict=True)
    ]
    blanks = [" " * cells for cells in widths]
    return [
        Text("  ").join(
            cell or Text(blank) for cell, blank in zip(row, blanks, strict=True)
        )
        for row in zip_longest(*columns)
    ]


def share_out(cells: int, seconds: Sequence[float]) -> list[int]:
    """Share out `cells` by seconds, but so that each share is wide enough to read."""
    shares = [max(NARROWEST, int(cells * s / sum(seconds))) for s in seconds]
    shares[shares.index(max(shares))] += cells - sum(shares)
    return shares


def panel(variant: Variant, width: int, end: float, height: int) -> list[Text]:
    """Draw a variant's latest run, from 0 s to `end`: heading, axis, lanes."""
    heading = Text(variant.name, style=variant.style)
    step = next((s for s in STEPS if s / end * width >= 8), end)
    ticks = [
        (n * step, int(n * step / end * width)) for n in range(int(end / step) + 1)
    ]
    axis = ""
    for second, cell in ticks:
        label = f"{second:g} s"
        if cell + len(label) <= width:
            axis = axis.ljust(cell) + label
    rows = []
    if variant.repeats:
        repeat = variant.repeats[-1]
        heading.append(
            f" {repeat.seconds:.2f} s", "bold" if repeat.ended else "bold reverse"
        )
        rows = lanes(repeat, variant.style, end, width, height)
    heading.truncate(width, pad=True)
    return [heading, Text(axis.ljust(width), "note"), *rows]


def lanes(
    repeat: Repeat, style: str, end: float, width: int, height: int
) -> list[Text]:
    """Draw a lane for each download, in half a row each or, where it must be, fewer."""
    files = len(repeat.downloads)
    shown = files if files <= height else min(files, 2 * height)
    picked = pick(repeat.downloads, shown)
    spans = [  # failures over all else: they must not be lost
        sorted(
            stretches(download, repeat, style), key=lambda span: span.style == "failed"
        )
        for download in picked
    ]
    if files <= height:
        return [lane(stretch, end, width) for stretch in spans]
    pairs = zip_longest(spans[::2], spans[1::2])
    return [half_lanes(upper, lower or [], end, width) for upper, lower in pairs]


def pick(downloads: Downloads, number: int) -> Downloads:
    """Return so many downloads, in order: all that met a failure first, if they fit."""
    troubled = [download for download in downloads if download.failures][:number]
    smooth = [download for download in downloads if not download.failures]
    rest = number - len(troubled)
    picked = {smooth[index * len(smooth) // rest] for index in range(rest)}
    picked.update(troubled)
    return [download for download in downloads if download in picked]


def stretches(download: Download, repeat: Repeat, style: str) -> Iterator[Span]:
    """Yield when a download waited for an answer, received it, or failed."""
    now = repeat.ended or perf_counter()
    for (entered, state), (left, _) in pairwise([*download.changes, (now, "")]):
        start, end = entered - repeat.started, left - repeat.started
        if state == "waiting":
            yield Span(start, end, "waiting", "░")
        elif state == "receiving":
            yield Span(start, end, style)
        elif state == "failed":
            yield Span(start, start, "failed", "×")


def present(repeat: Repeat, most: int, title: str) -> list[RenderableType]:
    """Say how many downloads of a run are in which state, of `most` in flight."""
    counts = Counter(download.state for download in repeat.downloads)
    flying, files = counts["waiting"] + counts["receiving"], len(repeat.downloads)
    retries = sum(len(download.failures) for download in repeat.downloads)
    progress = Text.assemble(
        (f"{title}  ", "bold"),
        f"done {counts['done']:>4} of {files} ",
        bar(counts["done"], files, 20, "done"),
        f"  in flight {flying:>4} ",
        bar(flying, most, 20, "running"),
    )
    states = Text.assemble(
        f"queued {counts['queued']:<6}",
        ("░ waiting ", "waiting"),
        f"{counts['waiting']:<6}",
        f"█ receiving {counts['receiving']:<6}",
        ("● done ", "done"),
        f"{counts['done']:<6}",
        ("× failed ", "failed"),
        f"{counts['failed']:<6}",
        f"retries {retries}",
    )
    for line in (progress, states):
        line.no_wrap, line.overflow = True, "ellipsis"
    return [progress, states]


def figures(variants: Sequence[Variant]) -> Table:
    """Return the table of what was measured, with the bound beside it."""
    gap = 2 if console.width > 84 else 1
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="note")
    table.add_column("", no_wrap=True)
    for title in (
        "median [min–max]",
        "CPU",
        "in flight",
        "bound max(L, ΣL/C)",
        "above",
    ):
        table.add_column(Text(title), justify="right", no_wrap=True)
    for variant in variants:
        name = Text(variant.name, variant.style)
        bound = "unknown"
        if variant.bound:
            short = variant.bound < 10
            bound = (
                f"{variant.bound * 1000:.0f} ms" if short else f"{variant.bound:.0f} s"
            )
        if not variant.times:
            table.add_row(name, "not run: too long", "", "", bound, "")
            continue
        table.add_row(
            name,
            durations(variant.times),
            f"{variant.cpu * 1000:.0f} ms",
            str(max(repeat.peak for repeat in variant.repeats)),
            bound,
            f"{variant.ratio - 1:+.0%}" if variant.bound else "",
        )
    return table


def faults(variants: Sequence[Variant]) -> list[Text]:
    """Say in a line which attempts failed and what came of it; nothing if none did."""
    downloads = [
        d
        for variant in variants
        for repeat in variant.repeats
        for d in repeat.downloads
    ]
    named = Counter(name for download in downloads for name in download.failures)
    if not named:
        return []
    lost = sum(download.state == "failed" for download in downloads)
    what = ", ".join(f"{count} {name}" for name, count in named.most_common())
    again = f"{named.total() - lost} tried again, {lost} of {len(downloads)} lost"
    line = Text.assemble(("× ", "failed"), f"{what}: {again}")
    line.no_wrap, line.overflow = True, "ellipsis"
    return [line]
