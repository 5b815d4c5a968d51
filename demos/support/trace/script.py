"""Run somebody's program under the tracer, in a process of its own."""

import marshal
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from invoke.exceptions import Exit
from rich.console import Console
from rich.theme import Theme

from demos.support.console import STYLES
from demos.support.flags import UsageError
from demos.support.trace.events import Event
from demos.support.trace.files import Files
from demos.support.trace.keys import has_keyboard
from demos.support.trace.loop_view import play
from demos.support.trace.timeline import Timeline, chart, spelt

START = Path(__file__).with_name("start")  # what Python imports before the program
ENDED = (
    "no trace was written: the program was ended by a signal or os._exit, or has "
    "replaced itself"
)
NO_TASK = "not traced: no task ran in an event loop of asyncio"
UNTRACED = "not traced, as only selector event loops of the main thread can be: {}"


class Traced(NamedTuple):
    """What a program has ended with, and what was seen of it."""

    code: int
    events: list[Event] | None  # None: it was cut short
    untraced: list[str]  # the loops that ran and were not traced


def trace_script(script: str, args: Sequence[str], last: int) -> Traced:
    """Run `script` as ``python script`` does, and return its `last` events.

    Its input and output are its own, and so are Ctrl-C and SIGTERM. An exit code of
    128 + N means, as in a shell, that signal N ended it.
    """
    with TemporaryDirectory() as folder:
        out = Path(folder, "trace")
        interrupt = signal.signal(signal.SIGINT, lambda *_: None)
        process = subprocess.Popen(
            [sys.executable, script, *args], env=environment(out, last)
        )
        terminate = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            code = process.wait()
        finally:
            signal.signal(signal.SIGINT, interrupt)
            signal.signal(signal.SIGTERM, terminate)
        told: tuple[Any, list[str]] = (None, [])
        if out.exists():  # else it was ended before that was written
            told = marshal.loads(out.read_bytes())
    return Traced(code if code >= 0 else 128 - code, *told)


def environment(out: Path, last: int) -> dict[str, str]:
    """Return one in which Python traces a program; for the program it is as it was."""
    folders = filter(None, (str(START), os.environ.get("PYTHONPATH")))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(folders),
        "ASYNCIO_LIVE_TRACE": f"{last} {out}",
    }


def show_script(script: str, args: str, files: Files, last: int, slow: float) -> None:
    """Trace `script`, then say on stderr what was seen; with a keyboard, replay it.

    `args` are its arguments, quoted as in a shell. Raises UsageError where there is no
    such script, and Exit with its exit code where that is not 0.
    """
    if not Path(script).is_file():
        raise UsageError(f"--script {script}: no such file")
    try:
        words = shlex.split(args)
    except ValueError as error:
        raise UsageError(f"--args {args}: {error}") from None
    code, events, untraced = trace_script(script, words, last)
    errors = Console(stderr=True, theme=Theme(STYLES), highlight=False)
    seen = any(event["event"] == "before_task_step" for event in events or ())
    if events is None:
        errors.print(ENDED, soft_wrap=True)
    elif untraced:
        said = UNTRACED.format(", ".join(untraced))
        errors.print(said, markup=False, soft_wrap=True)
    elif not seen:
        errors.print(NO_TASK, soft_wrap=True)
    if events and seen:
        timeline = Timeline(Path(script).name, events)
        files.write(timeline)
        if has_keyboard():
            play(timeline, slow, playing=False)
        errors.print(chart(timeline))
        seconds, who = timeline.state.longest
        longest = f"longest step: {spelt(seconds)}, {who}"
        errors.print(longest, style="lesson", markup=False, soft_wrap=True)
        if len(events) >= last:
            errors.print(f"only the last {last} events were kept (--last)")
    elif files.json or files.svg:
        errors.print("nothing was written to --json or --svg")
    if code:
        raise Exit(code=code)
