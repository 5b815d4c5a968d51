"""A local HTTP server whose files are late, or broken, just as they are asked to be.

It has a process of its own, so that its work never counts as that of its clients. What
a file is stands in its URL; the client can thus work out the body for itself and check
what it got, byte for byte.
"""

import asyncio
import os
import random
import signal
import socket
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from invoke.exceptions import Exit

FAULTS = ("503", "reset", "truncated", "stall")
PIECES = 3  # a body arrives in so many, spread over the second half of its latency
TRICKLE = 0.25  # seconds from byte to byte of a stalled body

# The listen queue: socketserver's 5 turns a burst of clients into seconds of SYN
# retries (request_queue_size, https://docs.python.org/3/library/socketserver.html).
BACKLOG = 4096


@dataclass(frozen=True)
class File:
    """A file that the server makes up: `size` bytes that follow from `seed`.

    Its last byte leaves `latency` seconds after the request came. `faults` says what
    the first, second, … request for it meets: names from FAULTS or "", with commas.
    """

    name: str
    seed: int = 0
    size: int = 16_384
    latency: float = 0.0
    faults: str = ""

    def body(self) -> bytes:
        """Return all bytes of the file."""
        return random.Random(self.seed).randbytes(self.size)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the body, in hexadecimal."""
        return sha256(self.body()).hexdigest()


def plan_files(number: int, latency: float, error_rate: float, seed: int) -> list[File]:
    """Return `number` files, the same for the same seed, within 10 % of `latency`.

    Each of a file's first five requests meets a fault with probability `error_rate`.
    """
    chance = random.Random(seed)
    return [
        File(
            name=f"file-{index:04}.bin",
            seed=chance.getrandbits(32),
            size=chance.randrange(8_192, 24_576),
            latency=latency * chance.uniform(0.9, 1.1),
            faults=",".join(
                fault if chance.random() < error_rate else ""
                for fault in chance.choices(FAULTS, k=5)
            ),
        )
        for index in range(number)
    ]


class FileServer:
    """Where a running server is, and the URLs of its files."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._visits = count()

    def url(self, file: File) -> str:
        """Return a URL of `file` that no other call returns: its faults start anew."""
        visit = next(self._visits)
        return f"{self.origin}/{visit}/{file.name}?{urlencode(asdict(file))}"


@contextmanager
def file_server(clients: int = 100) -> Iterator[FileServer]:
    """Run the server, for so many clients at once, until the block ends."""
    allow_open_files(clients + 100)
    command = [sys.executable, "-P", __file__]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        text=True,
        process_group=0,  # a terminal's Ctrl-C is not for it
    ) as server:
        assert server.stdout
        port = server.stdout.readline()
        if not port:
            raise Exit("the local file server did not start", code=1)
        yield FileServer(int(port))


def allow_open_files(number: int) -> None:
    """Raise the limit of open files, ours and that of processes to come, if need be.

    Raises Exit if the system does not allow it. Windows has no such limit.
    """
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and number > hard:
        problem = f"{number} files must be open at once, the system allows {hard}"
        raise Exit(f"{problem}: lower --concurrency", code=1)
    if number > soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))


class Service:
    """Sends files; remembers how often each URL was asked for."""

    def __init__(self) -> None:
        self._visits: Counter[str] = Counter()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Send the file that the URL describes, or break off the way it says."""
        came = asyncio.get_running_loop().time()
        fields: dict[str, Any] = dict(request.query)
        file = File(
            name=fields["name"],
            seed=int(fields["seed"]),
            size=int(fields["size"]),
            latency=float(fields["latency"]),
            faults=fields["faults"],
        )
        visit = self._visits[request.path_qs]
        self._visits[request.path_qs] += 1
        fault = dict(enumerate(file.faults.split(","))).get(visit, "")
        await asyncio.sleep(file.latency / 2)
        if fault == "503":
            raise web.HTTPServiceUnavailable
        response = web.StreamResponse()
        response.content_length = file.size
        with suppress(ConnectionError):  # a client that was stopped has gone
            await response.prepare(request)
            await send(file, fault, came, request, response)
        return response


async def send(
    file: File,
    fault: str,
    came: float,
    request: web.BaseRequest,
    response: web.StreamResponse,
) -> None:
    """Send the body in pieces; with a `fault`, half of it and then what that says.

    `came` is the loop's time when the request came, in seconds.
    """
    clock = asyncio.get_running_loop().time
    body = file.body()
    length = -(-file.size // PIECES)
    for number in range(PIECES):
        share = 0.5 + 0.5 * number / (PIECES - 1)
        await asyncio.sleep(came + share * file.latency - clock())
        if fault and number == PIECES // 2:
            break
        await response.write(body[number * length : (number + 1) * length])
    transport = request.transport
    if not transport:
        return
    if fault == "truncated":
        transport.close()
    elif fault == "reset":
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    elif fault == "stall":
        for byte in body[PIECES // 2 * length :]:
            await response.write(bytes([byte]))
            await asyncio.sleep(TRICKLE)


async def serve() -> None:
    """Print the port, then serve until stdin ends, as it does with our parent."""
    runner = web.ServerRunner(web.Server(Service().answer), shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port=0, backlog=BACKLOG)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the same on Windows
    asyncio.run(serve())
