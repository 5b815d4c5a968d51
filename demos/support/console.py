"""The look of all demos: one console, one colour per model, one way to end."""

import io
import os
import sys

from rich.console import Console
from rich.theme import Theme

WIDTH = 80  # cells: a terminal as it opens, and large letters on a slide

# The sixteen ANSI colours, so that a light terminal stays legible; the stage
# maps them to the colours of the slides.
STYLES = {
    "sync": "default",
    "threads": "yellow",
    "free threads": "yellow",
    "processes": "magenta",
    "sub-interpreters": "bright_blue",
    "asyncio": "cyan",
    "running": "bold green",
    "ready": "bright_blue",
    "waiting": "bright_black",
    "blocked": "bold red",
    "done": "green",
    "failed": "bold red",
    "note": "bright_black",
    "lesson": "bold",
}

# Around the lesson, for whoever runs us on a slide: a terminal would not show it.
MARK, MARK_END = "\x1b]1337;SetMark=", "\x07"
# a mark, too: of a demo that says no lesson, as the machine was
TOO_BUSY = "too busy to compare"

if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(errors="replace")  # no block glyphs in cp1252: show "?"

console = Console(theme=Theme(STYLES), highlight=False)
console.width = min(console.width, WIDTH)


def finish(lesson: str, try_next: str | None) -> None:
    """Print the last lines of a demo: what was seen, and a command to try, if any."""
    if not console.is_terminal:
        console.print()  # there, rich's Live leaves the last line of its picture open
    if os.environ.get("ASYNCIO_LIVE_PARENT"):
        label = " ".join(lesson.split())  # the mark is a line
        console.file.write(f"{MARK}{label}{MARK_END}")
    console.print(lesson, style="lesson", markup=False)
    if try_next:
        console.print(f"try next: {try_next}", style="note", markup=False)
