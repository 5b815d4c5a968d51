"""While a step blocks the loop, a timer that is due must wait for its end."""

import asyncio
from collections.abc import Callable, Coroutine
from socket import socketpair

from lesson import nap, reader, scenario, sleep_in_loop, sleep_in_thread


async def order(sleep: Callable[[], Coroutine[None, None, None]]) -> list[str]:
    """Return who of the scenario was done before whom."""
    done: list[str] = []

    async def watched() -> None:
        for task in asyncio.all_tasks():
            task.add_done_callback(lambda task: done.append(task.get_name()))
        await sleep()

    near, far = socketpair()
    with near, far:
        near.setblocking(False)
        far.send(b"hello")
        await scenario(watched, near)
    return [name for name in done if name != "read socket"]


async def main() -> None:
    assert await order(sleep_in_loop) == ["sleep 30 ms", "time.sleep", "sleep 100 ms"]
    assert {*await order(sleep_in_thread)} == {*await order(sleep_in_loop)}
    await nap(0)
    near, far = socketpair()
    with near, far:
        near.setblocking(False)
        far.send(b"hello")
        assert await reader(near) == b"hello"


asyncio.run(main(), debug=False)  # debug mode would tell of the step that blocks
