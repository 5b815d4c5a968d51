"""An event loop runs one step at a time; while one blocks, all others are late.

Run:       invoke demo.event-loop-trace
Look for:  the five places of a real loop; then who is late while one step blocks.
Try next:  invoke demo.event-loop-trace --script YOUR_PROGRAM.py --svg timeline.svg
"""

# ruff: noqa: ASYNC251 - to sleep in the loop is the mistake that is shown here

import asyncio
import json as jsonlib
import shlex
import socket
import time
from asyncio import Runner, SelectorEventLoop
from collections.abc import Callable, Coroutine
from pathlib import Path
from threading import Timer
from typing import Annotated

from invoke.exceptions import Exit
from rich.columns import Columns

from demos.support.console import console, finish
from demos.support.flags import Flag, UsageError
from demos.support.measure import python
from demos.support.trace.loop_view import play
from demos.support.trace.script import show_script
from demos.support.trace.step_cost import step_cost
from demos.support.trace.timeline import Timeline, chart, legend
from demos.support.trace.timeline import svg as drawn
from demos.support.trace.tracer import LAST, traced_loop, write_whole

Handler = Callable[[], Coroutine[None, None, float]]


async def blocking() -> float:
    """Sleep in the loop: no other step can run meanwhile."""
    await asyncio.sleep(0.05)
    time.sleep(0.12)
    return time.monotonic()


async def in_thread() -> float:
    """Sleep in a thread: the loop goes on meanwhile."""
    await asyncio.sleep(0.05)
    await asyncio.to_thread(time.sleep, 0.12)
    return time.monotonic()


async def sleeper(delay: float) -> float:
    """Sleep; return when it woke up."""
    await asyncio.sleep(delay)
    return time.monotonic()


async def reader(sock: socket.socket) -> float:
    """Read from a socket; return when that was done."""
    await asyncio.get_running_loop().sock_recv(sock, 5)
    return time.monotonic()


async def scenario(handler: Handler, sock: socket.socket) -> list[float]:
    """Return when each of four tasks was done, in seconds."""
    start = time.monotonic()
    async with asyncio.TaskGroup() as group:
        ends = await asyncio.gather(
            group.create_task(sleeper(0.03), name="sleep 30 ms"),
            group.create_task(sleeper(0.1), name="sleep 100 ms"),
            group.create_task(reader(sock), name="read socket"),
            group.create_task(handler(), name="handler"),
        )
    return [end - start for end in ends]


def traced(title: str, handler: Handler, last: int = LAST) -> tuple[Timeline, float]:
    """Trace the scenario; return it, and when the 100 ms timer was served (seconds)."""
    here, peer = socket.socketpair()
    here.setblocking(False)
    sender = Timer(0.08, peer.send, [b"hello"])
    with here, peer, traced_loop(last) as trace:
        # Debug mode (python -X dev) would weigh on the figures.
        with Runner(debug=False, loop_factory=SelectorEventLoop) as runner:
            sender.start()
            _, served, _, _ = runner.run(scenario(handler, here))
        sender.join()
    return Timeline(title, trace.events()), served


def show_scenario(last: int, slow: float) -> list[Timeline]:
    """Trace the scenario with each handler, replay the first, compare the two."""
    blocked, late = traced("time.sleep(0.12)", blocking, last)
    freed, served = traced("to_thread(time.sleep, 0.12)", in_thread, last)
    play(blocked.program, slow)
    plain, with_trace, ratio = step_cost()
    end = max(blocked.end, freed.end)
    notes = [f"the 100 ms timer: served at {at * 1000:.0f} ms" for at in (late, served)]
    width = console.width // 2
    panels = [
        chart(timeline, width, end, note)
        for timeline, note in zip((blocked, freed), notes, strict=True)
    ]
    console.print(Columns(panels, padding=0))
    console.print(legend())
    console.print(
        f"a step: {plain * 1e6:.1f} µs plain, {with_trace * 1e6:.1f} µs traced "
        f"({ratio:.1f} ×); {python()}",
        style="note",
    )
    finish(
        f"The 100 ms timer was served at {late * 1000:.0f} ms beside time.sleep(0.12), "
        f"with to_thread at {served * 1000:.0f} ms.",
        "invoke demo.event-loop-trace --slow 40 --svg timeline.svg",
    )
    return [blocked, freed]


def main(
    script: Annotated[str | None, Flag("trace this asyncio program instead")] = None,
    args: Annotated[str | None, Flag("its arguments, quoted as in a shell")] = None,
    json: Annotated[str | None, Flag("write the events to this file")] = None,
    svg: Annotated[str | None, Flag("write the timeline to this file")] = None,
    last: Annotated[int, Flag("events kept", 1, 10_000_000)] = LAST,
    slow: Annotated[float, Flag("times slower than it was", 1, 1000)] = 10.0,
) -> None:
    """Record a run of a real loop, then replay it slowly."""
    for flag, name in (("json", json), ("svg", svg)):
        if name and (not Path(name).parent.is_dir() or Path(name).is_dir()):
            raise UsageError(f"--{flag} {name}: not a file in a folder that exists")
    if script and not Path(script).is_file():
        raise UsageError(f"--script {script}: no such file")
    try:
        words = shlex.split(args or "")
    except ValueError as error:
        raise UsageError(f"--args {args}: {error}") from None
    if script:
        code, timelines = show_script(script, words, last, slow)
    else:
        code, timelines = 0, show_scenario(last, slow)
    if json:
        kept = [{"title": each.title, "events": each.events} for each in timelines]
        write_whole(Path(json), jsonlib.dumps(kept))
    if svg and timelines:
        write_whole(Path(svg), drawn(timelines))
    if code:
        raise Exit(code=code)
