"""A client that loads a line service; runs in a process of its own."""

from contextlib import ExitStack
from socket import SHUT_WR, create_connection
from time import perf_counter


def load(port: int, connections: int, requests: int = 5_000) -> float:
    """Return the answers per second of the echo service on a loopback port.

    In each round, send a line on every connection, then read every answer, until there
    were so many requests. An answer that is not the line raises a ValueError.
    """
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(create_connection(("127.0.0.1", port)))
            for _ in range(connections)
        ]
        answers = [stack.enter_context(sock.makefile("rb")) for sock in sockets]
        rounds = -(-requests // connections)  # rounded up
        started = perf_counter()
        for round_ in range(rounds):
            lines = [b"round %d, client %d\n" % (round_, n) for n in range(connections)]
            for sock, line in zip(sockets, lines, strict=True):
                sock.sendall(line)
            for answer, line in zip(answers, lines, strict=True):
                if (got := answer.readline()) != line:
                    raise ValueError(f"sent {line!r}, got {got!r}")
        seconds = perf_counter() - started
        for sock, answer in zip(sockets, answers, strict=True):
            sock.shutdown(SHUT_WR)
            answer.read()  # to its end: the service has closed the connection, too
    return connections * rounds / seconds
