"""A small web server of the tests' own, which sends the bytes that it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic

END = b"\r\n\r\n"


@dataclass
class Request:
    """A request as it came over the wire."""

    target: str
    headers: dict[str, str]
    connection: int
    moment: float = field(default_factory=monotonic)


@dataclass
class Web:
    """Answers each target with the next of its answers; the last one is repeated."""

    answers: Mapping[str, Sequence[bytes]]
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def times(self, target: str) -> int:
        return [request.target for request in self.requests].count(target)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the requests of one connection, until b"" tells to hang up."""
        self.connections += 1
        number = self.connections
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(END)).decode("latin-1")
                first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
                target = first.split(" ")[1]
                headers = dict(line.split(": ", 1) for line in lines)
                self.requests.append(Request(target, headers, number))
                answers = self.answers.get(target, [answer(status=404)])
                chosen = answers[min(self.times(target), len(answers)) - 1]
                if not chosen:
                    break
                writer.write(chosen)
        writer.close()


def answer(body: bytes = b"", *headers: str | bytes, status: int = 200) -> bytes:
    """Return an answer that says how long it is, so that the connection may stay."""
    lines = [f"HTTP/1.1 {status} Some", f"Content-Length: {len(body)}", *headers]
    raw = [line.encode() if isinstance(line, str) else line for line in lines]
    return b"\r\n".join(raw) + END + body


@asynccontextmanager
async def web(
    answers: Mapping[str, Sequence[bytes]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Web]:
    """Run a server in this event loop, on a free port of 127.0.0.1."""
    made = Web(answers)
    async with AsyncExitStack() as stack:
        server = await asyncio.start_server(made.serve, "127.0.0.1", ssl=tls)
        stack.callback(server.close)
        made.port = server.sockets[0].getsockname()[1]
        yield made
