"""An event loop fits on one slide: a deque, a heap, a selector and a `while`.

Run:       invoke demo.tiny-event-loop
Look for:  the loop's own source; its marked line takes coroutines from place to place.
Try next:  invoke demo.tiny-event-loop --pace 1, then give the loop a fourth coroutine
"""

import types
from collections import deque
from collections.abc import Coroutine, Generator
from contextlib import suppress
from heapq import heappop, heappush
from selectors import EVENT_READ, DefaultSelector
from socket import socket, socketpair
from time import monotonic
from typing import Annotated

from demos.support.console import finish
from demos.support.flags import Flag
from demos.support.tiny_loop_view import asleep, recorded, show

Coro = Coroutine[None, None, None]


class Loop:
    """Runs what is READY; TIMERS and SELECTOR wake the rest."""

    def __init__(self, *coroutines: Coro) -> None:
        self.ready = deque(coroutines)
        self.running: Coro
        self.timers: list[tuple[float, int, Coro]] = []
        self.selector = DefaultSelector()

    def run(self) -> None:
        """Run until nothing is ready and nothing waits."""
        while True:
            while self.ready:
                self.running = self.ready.popleft()  # READY
                with suppress(StopIteration):
                    self.running.send(None)  # RUNNING
            if not self.timers and not self.selector.get_map():
                return
            timeout = self.timeout()
            events = self.selector.select(timeout)  # SELECTOR
            self.ready += [key.data for key, _ in events]
            while self.timeout() == 0:
                *_, woken = heappop(self.timers)  # TIMERS
                self.ready.append(woken)

    def timeout(self) -> float | None:
        """Seconds until a timer is due; None is forever."""
        if not self.timers:
            return None
        return max(0.0, self.timers[0][0] - monotonic())

    @types.coroutine
    def sleep(self, delay: float) -> Generator[None]:
        """Wait in TIMERS for `delay` seconds."""
        when, coroutine = monotonic() + delay, self.running
        heappush(self.timers, (when, id(coroutine), coroutine))
        yield

    @types.coroutine
    def readable(self, sock: socket) -> Generator[None]:
        """Wait in SELECTOR until `sock` can be read."""
        self.selector.register(sock, EVENT_READ, self.running)
        yield
        self.selector.unregister(sock)


def scenario(unit: float) -> Loop:
    """Return a loop for two sleepers and a receiver; `unit` is in seconds."""
    near, far = socketpair()

    async def ticker() -> None:
        for _ in range(3):
            await loop.sleep(unit)

    async def sender() -> None:
        with near:
            await loop.sleep(3.5 * unit)
            near.send(b"hello")

    async def receiver() -> None:  # the last to end: select() needs a socket on Windows
        with far:
            await loop.readable(far)
            far.recv(5)

    loop = Loop(ticker(), sender(), receiver())
    return loop


def main(pace: Annotated[float, Flag("seconds a step", 0, 10)] = 0.25) -> None:
    """Run the loop once, recorded; then show it step by step."""
    loop = scenario(0.1)
    with loop.selector:
        steps = recorded(loop)
    show(loop, steps, pace)
    lesson = f"3 coroutines, 1 thread: {asleep(steps):.1%} of the time in select()."
    finish(lesson, "invoke demo.tiny-event-loop --pace 1")
