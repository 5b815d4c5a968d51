"""What two runs of a scenario have shown: beside a step that blocks, and without it."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from socket import socket, socketpair
from typing import Any

from rich.text import Text

from demos.support.console import console
from demos.support.machine import python
from demos.support.samples import TooBusy
from demos.support.trace.loop_state import Stretch
from demos.support.trace.loop_view import during, summary
from demos.support.trace.timeline import Axis, Timeline
from demos.support.trace.tracer import traced_loop

SENT = "bytes are sent"  # a note in the trace
SENT_AFTER = 0.08  # seconds
DRAWN = ("sleep 100 ms", "read socket", "time.sleep")  # tasks: who is late, and why
SLACK = 0.025  # seconds; nothing is later than this unless a step is in its way


def traced(title: str, main: Callable[[socket], Coroutine[Any, Any, None]]) -> Timeline:
    """Trace `main`, which gets a socket: another thread soon sends bytes to it."""
    sock, peer = socketpair()
    sock.setblocking(False)

    def send() -> None:
        trace.record("note", SENT)
        peer.send(b"hello")

    sender = threading.Timer(SENT_AFTER, send)
    with sock, peer, traced_loop() as trace:
        sender.start()
        try:
            # Not asyncio.run: on Windows it does not make a selector event loop.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(main(sock))
        finally:  # after a Ctrl-C, say: its socket is closed next
            sender.cancel()
            sender.join()
    return Timeline(title, trace.events())


class Moments:
    """When what happened in a run, in seconds from its start."""

    def __init__(self, run: Timeline) -> None:
        """`run` is a whole one of the scenario, with a note of when bytes were sent."""
        self.run = run
        lives = {life.name: life for life in run.state.lives}
        steps = lives["time.sleep"].during("running", "blocked")
        self.step = max(steps, key=lambda step: step.end - step.start)
        self.lates = [late for life in lives.values() for late in life.during("late")]
        self.timer_late = lives["sleep 100 ms"].during("late")
        self.timer = lives["sleep 100 ms"].exited or 0.0
        self.sent = next(e["time"] for e in run.events if e.get("text") == SENT)
        self.read = lives["read socket"].exited or 0.0

    def in_step(self, time: float) -> bool:
        """Return whether the longest step of the sleeping task was under way."""
        return self.step.start < time < self.step.end

    def unexplained(self, wait: Stretch) -> float:
        """Return for how long something waited while that step was not in its way."""
        overlap = min(wait.end, self.step.end) - max(wait.start, self.step.start)
        return wait.end - wait.start - max(0.0, overlap)


class Seen:
    """A run in which a step blocks the loop, and one in which it does not."""

    def __init__(self, blocked: Timeline, freed: Timeline) -> None:
        self.blocked = Moments(blocked)
        self.freed = Moments(freed)

    def picture(self) -> Text:
        """Draw the loop as it stood still, and below it who ran when in both runs."""
        blocked, freed = self.blocked.run, self.freed.run
        axis = Axis.of([blocked, freed])
        state = during(self.blocked.step, blocked)
        title = f"{blocked.title}: the loop at {state.time * 1000:.0f} ms"
        machine = f"{python():>{console.width - len(title)}}"
        rows = [Text.assemble((title, "lesson"), (machine, "note"))]
        rows += [*summary(state), axis.ticks()]
        rows += [axis.lane(life) for life in blocked.lives() if life.name in DRAWN]
        rows.append(Text(freed.title, "lesson"))
        rows += [axis.lane(life) for life in freed.lives() if life.name in DRAWN]
        return Text("\n").join(rows)

    def lesson(self) -> str:
        """Say when the timer was served that fell due while a step blocked."""
        start, end, _ = self.blocked.step
        return (
            f"time.sleep(0.12) held the loop for {(end - start) * 1000:.0f} ms; "
            f"then came the 100 ms timer, at {self.blocked.timer * 1000:.0f}"
        )

    def others(self) -> str:
        """Say when the bytes were read, and what came when beside a thread."""
        sent, read = self.blocked.sent * 1000, self.blocked.read * 1000
        freed = self.freed
        return (
            f"Bytes sent at {sent:.0f} ms were read at {read:.0f}; with to_thread "
            f"{freed.sent * 1000:.0f} and {freed.read * 1000:.0f}, "
            f"the timer at {freed.timer * 1000:.0f}"
        )

    def refuse_impossible(self) -> None:
        """Raise TooBusy where the machine made something late, not a step."""
        for run in (self.blocked, self.freed):
            for late in run.lates:
                _refuse("a timer was served", run.unexplained(late))
            read = Stretch(run.sent, run.read, "waiting")
            _refuse("bytes were read", run.unexplained(read))
        start, end, _ = self.freed.step
        if end - start > SLACK:
            took = f"{(end - start) * 1000:.0f} ms"
            raise TooBusy(f"a step that only calls a thread took {took}")
        due = [late.start for late in self.blocked.timer_late]
        if not any(map(self.blocked.in_step, due)):
            raise TooBusy("time.sleep was not under way when the timer fell due")
        if not self.blocked.in_step(self.blocked.sent):
            raise TooBusy("time.sleep was not under way when the bytes were sent")


def _refuse(what: str, late: float) -> None:
    if late > SLACK:
        raise TooBusy(f"{what} {late * 1000:.0f} ms late, and nothing was in its way")
