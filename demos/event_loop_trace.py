"""An event loop runs one step at a time; while one blocks, all others are late.

Run:       invoke demo.event-loop-trace
Look for:  the five places of a loop: READY, RUNNING, TIMERS, SELECTOR and WAITING;
           then, in the chart, who is late while time.sleep blocks the loop.
Your own:  invoke demo.event-loop-trace --script your_program.py, or in your code
               from demos.support.trace.tracer import traced_loop
               with traced_loop() as trace:
                   asyncio.run(your_main())
               for event in trace.events():
                   print(event)
Try next:  invoke demo.event-loop-trace --to-thread
           invoke demo.tiny-event-loop
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from socket import socket
from typing import Annotated

from demos.support.catalog import run
from demos.support.console import console
from demos.support.flags import Flag
from demos.support.trace.events import LAST
from demos.support.trace.files import Files
from demos.support.trace.loop_view import play
from demos.support.trace.script import show_script
from demos.support.trace.seen import Seen, traced

Sleep = Callable[[], Coroutine[None, None, None]]


async def sleep_in_loop() -> None:
    """Block the loop: no other step can run."""
    await asyncio.sleep(0.05)
    time.sleep(0.12)  # the loop stands still


async def sleep_in_thread() -> None:
    """Block a thread: the loop goes on."""
    await asyncio.sleep(0.05)
    await asyncio.to_thread(time.sleep, 0.12)


async def nap(delay: float) -> None:
    """Sleep: a timer wakes us."""
    await asyncio.sleep(delay)


async def reader(sock: socket) -> bytes:
    """Wait for what comes from a socket that does not block."""
    loop = asyncio.get_running_loop()
    return await loop.sock_recv(sock, 1024)


async def scenario(sleep: Sleep, sock: socket) -> None:
    """Run four tasks beside one another."""
    async with asyncio.TaskGroup() as group:
        group.create_task(nap(0.03), name="sleep 30 ms")
        group.create_task(nap(0.1), name="sleep 100 ms")
        group.create_task(reader(sock), name="read socket")
        group.create_task(sleep(), name="time.sleep")


def main(
    script: Annotated[str | None, Flag("trace this asyncio program instead")] = None,
    args: Annotated[str | None, Flag("its arguments, quoted as in a shell")] = None,
    json: Annotated[str | None, Flag("write the events to this file")] = None,
    svg: Annotated[str | None, Flag("write the timeline to this file")] = None,
    last: Annotated[int, Flag("events of the script kept", 20, 10_000_000)] = LAST,
    slow: Annotated[float, Flag("times slower than it was", 1, 1000)] = 10.0,
    to_thread: Annotated[bool, Flag("replay the run with to_thread")] = False,
) -> str | None:
    """Record two runs of a real loop, replay one of them slowly, compare them."""
    files = Files(json, svg, script)
    if script:
        show_script(script, args or "", files, last, slow)
        return None
    blocked = traced("time.sleep(0.12)", partial(scenario, sleep_in_loop))
    freed = traced("to_thread(time.sleep, 0.12)", partial(scenario, sleep_in_thread))
    play(freed if to_thread else blocked, slow)
    files.write(blocked, freed)
    seen = Seen(blocked, freed)
    console.print(seen.picture())
    console.print(seen.others())
    seen.refuse_impossible()
    return seen.lesson()


if __name__ == "__main__":
    run(__file__)
