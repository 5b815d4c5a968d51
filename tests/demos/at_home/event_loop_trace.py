"""While a step blocks the loop, a timer that is due must wait for its end."""

import asyncio
from collections.abc import Callable, Coroutine
from socket import socketpair

from lesson import blocking, in_thread, nap, reader, scenario


async def order(handler: Callable[[], Coroutine[None, None, None]]) -> list[str]:
    """Return who of the scenario was done before whom."""
    done: list[str] = []

    async def watched() -> None:
        for task in asyncio.all_tasks():
            task.add_done_callback(lambda task: done.append(task.get_name()))
        await handler()

    near, far = socketpair()
    with near, far:
        near.setblocking(False)
        far.send(b"hello")
        assert await scenario(watched, near) >= 0.1
    return [name for name in done if name != "read socket"]


async def main() -> None:
    assert await order(blocking) == ["sleep 30 ms", "handler", "sleep 100 ms"]
    assert await order(in_thread) == ["sleep 30 ms", "sleep 100 ms", "handler"]
    assert await nap(0.01) >= 0.01
    near, far = socketpair()
    with near, far:
        near.setblocking(False)
        far.send(b"hello")
        assert await reader(near) == b"hello"


asyncio.run(main(), debug=False)  # debug mode would tell of the step that blocks
