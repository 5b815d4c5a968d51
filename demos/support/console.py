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

# Around what only whoever runs us on a slide is told: a terminal does not show it.
MARK, MARK_END = "\x1b]1337;SetMark=", "\x07"
TOO_BUSY = "too busy to compare"  # the mark of a machine on which nothing was learnt

if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(errors="replace")  # no block glyphs in cp1252: show "?"

console = Console(theme=Theme(STYLES), highlight=False)
console.width = min(console.width, WIDTH)


def finish(lesson: str, try_next: str | None) -> None:
    """Print the last lines of a demo: what was seen, and a command to try, if any."""
    _close_picture()
    _mark(" ".join(lesson.split()))
    console.print(lesson, style="lesson", markup=False)
    if try_next:
        console.print(f"try next: {try_next}", style="note", markup=False)


def give_up() -> None:
    """End the picture of a demo that has no lesson: the machine was too busy."""
    _close_picture()
    _mark(TOO_BUSY)


def _close_picture() -> None:
    if not console.is_terminal:
        console.print()  # there, rich's Live leaves the last line of its picture open


def _mark(label: str) -> None:
    """Tell whoever runs us on a slide; the label is one line."""
    if os.environ.get("ASYNCIO_LIVE_PARENT"):
        console.file.write(f"{MARK}{label}{MARK_END}")
