"""The answers per second that echo services give to a client that loads them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from socket import SHUT_WR, create_connection
from time import perf_counter

from demos.support.bars import Chart
from demos.support.cores import refuse_shared
from demos.support.rounds import in_rounds
from demos.support.samples import TooBusy
from demos.support.server_process import Serve, served

LOAD = 0.4  # seconds: a stall of some ms does not weigh much
MEASURING = 4.0  # seconds, for five rounds


def measure(
    rates: Chart,
    services: Mapping[str, Serve],
    connections: int,
    length: int,
    repeat: int | None,
    show: Callable[[], None],
) -> list[float]:
    """Add the answers per second of each service to a chart, in rounds; `show` it.

    All services run at once. There are `repeat` rounds, or as many as it takes until
    the rates are settled. Return the shares of the cores (see `in_rounds`).
    """
    shares: list[float] = []
    with ExitStack() as stack:
        ports = {
            name: stack.enter_context(served(serve)) for name, serve in services.items()
        }
        names = list(services)
        for number, name in in_rounds(names, rates.settled, MEASURING, repeat, shares):
            rate = load(ports[name], connections, length, LOAD)
            if number:
                rates.add(name, rate)
                show()
    return shares


def refuse_busy(rates: Chart, shares: Sequence[float]) -> None:
    """Raise TooBusy if others had a good part of the cores meanwhile.

    Or if the same service was twice as fast, or more, at one time.
    """
    refuse_shared(shares)
    for name in rates.styles:
        rate = rates.sample(name)
        if not rate.steady:
            least, greatest = rate.range
            seen = f"{least:,.0f}–{greatest:,.0f} requests/s"
            raise TooBusy(f"the same service answered {seen}")


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
