"""A local HTTP server whose files are late, or broken, just as they are asked to be.

What a file is stands in its URL; the client can thus work out the body for itself and
check what it got, byte for byte.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from hashlib import sha256
from itertools import count
from urllib.parse import urlencode

from aiohttp import web
from invoke.exceptions import Exit

from demos.support.server_process import BACKLOG, served

FAULTS = ("503", "truncated", "stall")
TRICKLE = 0.25  # seconds from byte to byte of a stalled body


@dataclass(frozen=True)
class File:
    """A file that the server makes up: `size` bytes that follow from `seed`.

    Half of it is sent after half of its `latency`, the rest `latency` seconds after the
    request came. `faults` says what the first, second, … request for it meets: names
    from FAULTS or "", with commas.
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

    @property
    def stalls(self) -> list[int]:
        """The requests for it, counted from 0, that meet a stall."""
        faults = enumerate(self.faults.split(","))
        return [number for number, fault in faults if fault == "stall"]


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
        query = urlencode({"file": json.dumps(asdict(file))})
        return f"{self.origin}/{next(self._visits)}/{file.name}?{query}"


@contextmanager
def file_server(clients: int = 100) -> Iterator[FileServer]:
    """Run the server, for so many clients at once, until the block ends."""
    allow_open_files(clients + 100)
    with served(serve) as port:
        yield FileServer(port)


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


async def serve() -> asyncio.Server:
    """Start the server on a free port."""
    server = web.Server(partial(answer, Counter()))
    loop = asyncio.get_running_loop()
    return await loop.create_server(server, "127.0.0.1", backlog=BACKLOG)


async def answer(visits: Counter[str], request: web.BaseRequest) -> web.StreamResponse:
    """Send the file that the URL describes, or break off the way it says.

    `visits` counts how often each URL was asked for.
    """
    clock = asyncio.get_running_loop().time
    came = clock()
    file = File(**json.loads(request.query["file"]))
    faults = dict(enumerate(file.faults.split(",")))
    fault = faults.get(visits[request.path_qs], "")
    visits[request.path_qs] += 1
    await asyncio.sleep(file.latency / 2)
    if fault == "503":
        raise web.HTTPServiceUnavailable
    response = web.StreamResponse()
    response.content_length = file.size
    body, half = file.body(), file.size // 2
    with suppress(ConnectionError):  # a client that was stopped has gone
        await response.prepare(request)
        await response.write(body[:half])
        await asyncio.sleep(came + file.latency - clock())
        if fault == "stall":
            for byte in body[half:]:
                await response.write(bytes([byte]))
                await asyncio.sleep(TRICKLE)
        elif fault == "truncated" and request.transport:
            request.transport.close()
        else:
            await response.write(body[half:])
    return response
