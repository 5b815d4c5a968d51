"""A server in a process of its own: its work never counts as that of its clients."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from invoke.exceptions import Exit

from demos.support.processes import SPAWN

# The listen queue: socketserver's 5 turns a burst of clients into seconds of SYN
# retries (request_queue_size, https://docs.python.org/3/library/socketserver.html).
BACKLOG = 4096

Serve = Callable[[], Awaitable[asyncio.Server]]


@contextmanager
def served(serve: Serve) -> Iterator[int]:
    """Run the server that `serve` starts, in another process, and yield its port.

    `serve` is a function at the top of a module. The server ends with the block, or
    with this process, however that ends. Raises Exit if it does not start.
    """
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(serve, theirs), daemon=True)
    # A process is born with its parent's answer to Ctrl-C: none, which is for us only.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process.start()
    signal.signal(signal.SIGINT, handler)
    theirs.close()
    try:
        yield _port(ours)
    finally:
        process.terminate()
        process.join()
        ours.close()


def _port(pipe: Connection) -> int:
    try:
        return int(pipe.recv())
    except EOFError:
        raise Exit("the local server did not start", code=1) from None


def _run(serve: Serve, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows, it is not born with it
    asyncio.run(_serve(serve, pipe), debug=False)  # else that would be measured, too


async def _serve(serve: Serve, pipe: Connection) -> None:
    asyncio.get_running_loop().set_exception_handler(_complain)
    async with await serve() as server:
        pipe.send(server.sockets[0].getsockname()[1])
        with suppress(EOFError):  # our parent is gone
            await asyncio.to_thread(pipe.recv)


def _complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Let asyncio complain, but not of a client that has gone: at a Ctrl-C, say."""
    if not isinstance(context.get("exception"), ConnectionError):
        loop.default_exception_handler(context)
