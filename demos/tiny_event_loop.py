"""An event loop fits on one slide: a deque, a heap, a selector and a `while`.

Run:       invoke demo.tiny-event-loop
Look for:  the lit line takes coroutines from place to place.
Try next:  invoke demo.tiny-event-loop --block 0.3
           invoke demo.blocking-the-loop
"""

import time
import types
from collections import deque
from collections.abc import Generator
from contextlib import suppress
from heapq import heappop, heappush
from selectors import EVENT_READ, BaseSelector
from socket import socket, socketpair
from typing import Annotated, Any

from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.tiny_loop_view import SleepingSelector, played


class Loop:
    """Runs what is READY; TIMERS and SELECTOR wake the rest."""

    def __init__(self, selector: BaseSelector) -> None:
        self.ready: deque[Any] = deque()  # of coroutines
        self.timers: list[tuple[float, int, Any]] = []
        self.selector = selector

    def run(self) -> None:
        """Run until nothing is ready and nothing waits."""
        while True:
            while self.ready:
                self.current = self.ready.popleft()  # runs now
                with suppress(StopIteration):  # it has returned
                    self.current.send(None)  # to its next yield
            if not self.timers and not self.selector.get_map():
                return
            events = self.selector.select(self.timeout())
            self.ready += [key.data for key, _ in events]
            while self.timeout() == 0:  # the first timer is due
                self.ready.append(heappop(self.timers)[-1])

    def timeout(self) -> float | None:
        """Seconds until a timer is due; None is forever."""
        if not self.timers:
            return None
        return max(0.0, self.timers[0][0] - time.monotonic())

    @types.coroutine
    def sleep(self, delay: float) -> Generator[None]:
        """Wait in TIMERS for `delay` s; the id breaks ties."""
        due, coro = time.monotonic() + delay, self.current
        heappush(self.timers, (due, id(coro), coro))
        yield  # back to run()

    @types.coroutine
    def readable(self, sock: socket) -> Generator[None]:
        """Wait in SELECTOR until `sock` can be read."""
        self.selector.register(sock, EVENT_READ, self.current)
        yield  # back to run(): we are its key.data
        self.selector.unregister(sock)


async def ticker(loop: Loop) -> None:
    """Sleep three times."""
    for _ in range(3):
        await loop.sleep(0.1)


async def sender(loop: Loop, sock: socket, block: float) -> None:
    """Block the thread, sleep in the loop, then send."""
    time.sleep(block)
    await loop.sleep(0.35)
    sock.send(b"hello")


async def receiver(loop: Loop, sock: socket) -> bytes:
    """Wait for what is sent."""
    await loop.readable(sock)
    return sock.recv(5)


def main(
    block: Annotated[float, Flag("seconds that the sender blocks", 0, 10)] = 0.0,
    pace: Annotated[float, Flag("seconds a step", 0, 10)] = 0.25,
) -> str:
    """Run the loop once, recorded; then show it step by step."""
    near, far = socketpair()  # near sends, far receives
    with near, far, SleepingSelector() as selector:  # or DefaultSelector()
        loop = Loop(selector)
        loop.ready += [ticker(loop), sender(loop, near, block), receiver(loop, far)]
        count, idle, late = played(loop, loop.run, pace, block)
    return f"{count} coroutines, 1 thread: {idle:.1%} idle, timers up to {late} ms late"


if __name__ == "__main__":
    run(__file__)
