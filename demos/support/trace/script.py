"""Run somebody's program under the tracer, in a process of its own."""

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from invoke.exceptions import Exit
from rich.console import Console
from rich.theme import Theme

from demos.support.console import STYLES
from demos.support.flags import UsageError
from demos.support.trace import tracer
from demos.support.trace.files import Files
from demos.support.trace.keys import has_keyboard
from demos.support.trace.loop_view import play
from demos.support.trace.timeline import Timeline, chart, spelt
from demos.support.trace.tracer import Event

UNTRACED = (
    "not traced: no task ran in a plain selector event loop of the main thread "
    "(subclasses of it, uvloop and the Proactor loop of Windows cannot be traced)"
)
ENDED = (
    "no trace: the program was ended, by a signal or os._exit, before it was written"
)


def trace_script(
    script: str, args: Sequence[str], last: int
) -> tuple[int, list[Event] | None]:
    """Run `script`; return its exit code and its `last` events, or None if it was cut.

    Its input and output are its own, and so are Ctrl-C and SIGTERM. An exit code of
    128 + N means, as in a shell, that signal N ended it.
    """
    with TemporaryDirectory() as folder:
        out = Path(folder, "trace.json")
        command = [sys.executable, tracer.__file__, str(out), str(last), script, *args]
        interrupt = signal.signal(signal.SIGINT, lambda *_: None)
        process = subprocess.Popen(command)
        terminate = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            code = process.wait()
        finally:
            signal.signal(signal.SIGINT, interrupt)
            signal.signal(signal.SIGTERM, terminate)
        try:
            events = json.loads(out.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # ended before it was written, or in it
            events = None
    return code if code >= 0 else 128 - code, events


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
    code, events = trace_script(script, words, last)
    errors = Console(stderr=True, theme=Theme(STYLES), highlight=False)
    if events is None or not any(e["event"] == "before_task_step" for e in events):
        errors.print(ENDED if events is None else UNTRACED, soft_wrap=True)
        if files.json or files.svg:
            errors.print("nothing was written to --json or --svg")
    else:
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
    if code:
        raise Exit(code=code)
