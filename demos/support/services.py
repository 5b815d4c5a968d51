"""An asyncio server in a process of its own, and a client that loads it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from random import sample
from socket import SHUT_WR, create_connection
from time import perf_counter

from demos.support.processes import SPAWN

Serve = Callable[[], Awaitable[asyncio.Server]]


@contextmanager
def served(serve: Serve) -> Iterator[int]:
    """Run the server that `serve` starts, in another process, and yield its port."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(serve, theirs), daemon=True)
    # A process is born with its parent's answer to Ctrl-C: none, which is for us only.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process.start()
    signal.signal(signal.SIGINT, handler)
    theirs.close()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _run(serve: Serve, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows, it is not born with it
    asyncio.run(_serve(serve, pipe), debug=False)  # else that would be measured, too


async def _serve(serve: Serve, pipe: Connection) -> None:
    async with await serve() as server:
        pipe.send(server.sockets[0].getsockname()[1])
        with suppress(EOFError):  # our parent is gone
            await asyncio.to_thread(pipe.recv)


def rates(
    services: Mapping[str, Serve],
    connections: int,
    length: int,
    repeat: int,
    seconds: float = 0.2,
) -> Iterator[tuple[str, float]]:
    """Yield the name of a service and its answers per second: `repeat` times of each.

    All run at once; who is next is left to chance. A first load only warms up.
    """
    with ExitStack() as stack:
        ports = {
            name: stack.enter_context(served(serve)) for name, serve in services.items()
        }
        for port in ports.values():
            load(port, connections, length, seconds)
        for _ in range(repeat):
            for name in sample([*ports], len(ports)):
                yield name, load(ports[name], connections, length, seconds)


def load(port: int, connections: int, length: int, seconds: float) -> float:
    """Return the answers per second of the echo service on a loopback port.

    In each round, send a line of `length` bytes (32 or more) on every connection, then
    read every answer; go on for so many seconds. An answer that is not the line raises
    a ValueError.
    """
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(create_connection(("127.0.0.1", port)))
            for _ in range(connections)
        ]
        answers = [stack.enter_context(sock.makefile("rb")) for sock in sockets]
        rounds, elapsed, started = 0, 0.0, perf_counter()
        while not rounds or elapsed < seconds:
            texts = [b"round %d, client %d " % (rounds, n) for n in range(connections)]
            lines = [text.ljust(length - 1, b".") + b"\n" for text in texts]
            for sock, line in zip(sockets, lines, strict=True):
                sock.sendall(line)
            for answer, line in zip(answers, lines, strict=True):
                if (got := answer.readline()) != line:
                    raise ValueError(f"sent {line!r}, got {got!r}")
            rounds += 1
            elapsed = perf_counter() - started
        for sock, answer in zip(sockets, answers, strict=True):
            sock.shutdown(SHUT_WR)
            answer.read()  # to its end: the service has closed the connection, too
    return connections * rounds / elapsed
