"""An event loop runs one step at a time; while one blocks, all others are late.

Run:       invoke demo.event-loop-trace
Look for:  the five places of a real loop; then who is late while one step blocks.
Your own:  with traced_loop() as trace:
               asyncio.run(main())
Try next:  invoke demo.event-loop-trace --to-thread
           invoke demo.tiny-event-loop
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from socket import socket, socketpair
from threading import Timer
from typing import Annotated

from demos.support.catalog import run
from demos.support.console import console
from demos.support.flags import Flag
from demos.support.trace.files import Files
from demos.support.trace.loop_view import play
from demos.support.trace.script import show_script
from demos.support.trace.timeline import Timeline, chart
from demos.support.trace.tracer import LAST, traced_loop

Handler = Callable[[], Coroutine[None, None, None]]


async def blocking() -> None:
    """Sleep in the loop: no other step can run meanwhile."""
    await asyncio.sleep(0.05)
    time.sleep(0.12)


async def in_thread() -> None:
    """Sleep in a thread: the loop goes on meanwhile."""
    await asyncio.sleep(0.05)
    await asyncio.to_thread(time.sleep, 0.12)


async def nap(delay: float) -> float:
    """Sleep; return how long that took, in seconds."""
    start = time.monotonic()
    await asyncio.sleep(delay)
    return time.monotonic() - start


async def reader(sock: socket) -> bytes:
    """Wait for what comes from a socket."""
    loop = asyncio.get_running_loop()
    return await loop.sock_recv(sock, 5)


async def scenario(handler: Handler, sock: socket) -> float:
    """Return when a timer of 100 ms was served, in seconds."""
    async with asyncio.TaskGroup() as group:
        group.create_task(nap(0.03), name="sleep 30 ms")
        timer = group.create_task(nap(0.1), name="sleep 100 ms")
        group.create_task(reader(sock), name="read socket")
        group.create_task(handler(), name="handler")
    return timer.result()


def main(
    script: Annotated[str | None, Flag("trace this asyncio program instead")] = None,
    args: Annotated[str | None, Flag("its arguments, quoted as in a shell")] = None,
    json: Annotated[str | None, Flag("write the events to this file")] = None,
    svg: Annotated[str | None, Flag("write the timeline to this file")] = None,
    last: Annotated[int, Flag("events kept", 1, 10_000_000)] = LAST,
    slow: Annotated[float, Flag("times slower than it was", 1, 1000)] = 10.0,
    to_thread: Annotated[bool, Flag("replay the run with to_thread")] = False,
) -> str | None:
    """Record two runs of a real loop, replay one of them slowly, compare them."""
    files = Files(json, svg)
    if script:
        show_script(script, args or "", files, last, slow)
        return None
    blocked, late = traced("time.sleep(0.12)", blocking, last)
    freed, served = traced("asyncio.to_thread(time.sleep, 0.12)", in_thread, last)
    play(freed if to_thread else blocked, slow)
    console.print(chart(blocked, freed))
    files.write(blocked, freed)
    return (
        f"Beside time.sleep the 100 ms timer came at {late * 1000:.0f} ms, "
        f"with to_thread at {served * 1000:.0f} ms."
    )


def traced(title: str, handler: Handler, last: int = LAST) -> tuple[Timeline, float]:
    """Trace the scenario; return it, and when the 100 ms timer was served (seconds)."""
    sock, peer = socketpair()
    sock.setblocking(False)
    greeting = Timer(0.08, peer.send, [b"hello"])
    with sock, peer, traced_loop(last) as trace:
        greeting.start()
        # Not asyncio.run: on Windows it does not make a selector event loop.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            served = runner.run(scenario(handler, sock))
    return Timeline(title, trace.events()), served


if __name__ == "__main__":
    run(__file__)
