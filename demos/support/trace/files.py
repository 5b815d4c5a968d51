"""What is kept of traced runs: their events, and the chart as a picture for a page."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from rich.text import Text

from demos.support.files import write_text
from demos.support.flags import UsageError
from demos.support.trace.timeline import Timeline, chart

COLOURS = {  # of a page's theme, by style
    "waiting": "var(--muted, #aab6c3)",
    "note": "var(--muted, #aab6c3)",
    "ready": "var(--ready, #6cb6ff)",
    "running": "var(--running, #7bd88f)",
    "blocked": "var(--failed, #ff8a8a)",
}
INK, GROUND = "var(--ink, #e6edf3)", "var(--panel, #182029)"
WIDE, HIGH, MARGIN = 14.4, 27, 12  # px: a letter of 24 px is 14.4 wide
BARS = {"─": (4, 1.0), "▒": (14, 1.0), "░": (22, 0.35), "█": (22, 1.0)}  # px, opacity


class Files:
    """Where to write the events (JSON) and the chart (SVG) to; None is nowhere.

    Raises UsageError for what is no place for a file, and for one that is named twice,
    as the program that is traced, say.
    """

    def __init__(
        self, json: str | None, svg: str | None, script: str | None = None
    ) -> None:
        named = {Path(script).resolve(): "--script"} if script else {}
        for flag, name in (("--json", json), ("--svg", svg)):
            if not name:
                continue
            if not Path(name).parent.is_dir() or Path(name).is_dir():
                raise UsageError(f"{flag} {name}: not a file in a folder that exists")
            before = named.setdefault(Path(name).resolve(), flag)
            if before != flag:
                raise UsageError(f"{flag} {name}: that is the file of {before}")
        self.json = json
        self.svg = svg

    def write(self, *timelines: Timeline) -> None:
        """Write what was asked for, whole or not at all."""
        if self.json:
            kept = [{"title": each.title, "events": each.events} for each in timelines]
            write_text(Path(self.json), json.dumps(kept))
        if self.svg:
            title = " and ".join(each.title for each in timelines)
            write_text(Path(self.svg), svg(chart(*timelines), title))


def svg(picture: Text, title: str) -> str:
    """Return a picture made of cells as SVG: its bars as boxes, all else as text."""
    lines = list(picture.split("\n"))
    width = 2 * MARGIN + WIDE * max(len(line) for line in lines)
    height = 2 * MARGIN + HIGH * len(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" '
        'font-family="Fira Code, monospace" font-size="24" '
        'shape-rendering="crispEdges">',
        f"<title>Timeline of the event loop: {escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="16" fill="{GROUND}"/>',
    ]
    for number, line in enumerate(lines):
        parts += _line(line, MARGIN + HIGH * number)
    return "\n".join([*parts, "</svg>\n"])


def _line(line: Text, top: int) -> Iterator[str]:
    styles = [str(line.style)] * len(line)
    for start, end, style in line.spans:
        styles[start:end] = [str(style)] * (end - start)
    bars = [BARS.get(glyph) for glyph in line.plain]
    end = 0
    for (bar, style), run in groupby(zip(bars, styles, strict=True)):
        start, end = end, end + len([*run])
        place = f'x="{MARGIN + WIDE * start:.1f}"', f"{WIDE * (end - start):.1f}"
        text = line.plain[start:end]
        if style == "reverse":  # a word on the bar of what blocked
            yield _bar(*place, top, COLOURS["blocked"], BARS["█"])
            yield _text(*place, top, GROUND, text)
        elif bar:
            yield _bar(*place, top, COLOURS.get(style, INK), bar)
        elif text.strip():
            yield _text(*place, top, COLOURS.get(style, INK), text)


def _bar(x: str, wide: str, top: int, fill: str, bar: tuple[int, float]) -> str:
    high, opacity = bar
    size = f'y="{top + (HIGH - high) / 2:g}" width="{wide}" height="{high}"'
    return f'<rect {x} fill="{fill}" {size} fill-opacity="{opacity}"/>'


def _text(x: str, wide: str, top: int, fill: str, text: str) -> str:
    place = f'y="{top + 21}" textLength="{wide}" xml:space="preserve"'
    return f'<text {x} fill="{fill}" {place}>{escape(text)}</text>'
