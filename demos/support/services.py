"""The answers per second that echo services give to a client that loads them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from random import sample
from socket import SHUT_WR, create_connection
from time import perf_counter

from demos.support.server_process import Serve, served


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
