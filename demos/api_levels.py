"""One service at both levels of asyncio: streams for less code, a Protocol for speed.

Run:       invoke demo.api-levels
Look for:  lines of code, then requests per second; each service has a process of its
           own, and one client asks both and checks every answer.
Try next:  invoke demo.api-levels --connections 1
"""

import asyncio
import random
from asyncio import StreamReader, StreamWriter
from contextlib import ExitStack
from typing import Annotated, Any

from rich.live import Live

from demos.support.bars import Row, bar_chart
from demos.support.console import console, finish
from demos.support.flags import Flag
from demos.support.services import load, served
from demos.support.source import lines_of_code


async def echo(reader: StreamReader, out: StreamWriter) -> None:
    """Answer each line with itself."""
    async for line in reader:
        out.write(line)
        await out.drain()
    out.close()
    await out.wait_closed()


async def serve_streams() -> asyncio.Server:
    """High-level API: a coroutine per connection."""
    return await asyncio.start_server(echo, "127.0.0.1", 0)


class Echo(asyncio.Protocol):
    """Answer each line with itself."""

    def connection_made(self, transport: Any) -> None:
        """Keep the transport, and the start of a line."""
        self.transport, self.rest = transport, b""

    def data_received(self, data: bytes) -> None:
        """Find the lines: bytes come in pieces of any size."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.transport.write(line + b"\n")

    def eof_received(self) -> None:
        """Answer a last line without an end."""
        self.transport.write(self.rest)

    def pause_writing(self) -> None:
        """Wait for a client that reads too slowly."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on: the client has caught up."""
        self.transport.resume_reading()


async def serve_protocol() -> asyncio.Server:
    """Low-level API: callbacks per connection."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(Echo, "127.0.0.1", 0)


def main(
    connections: Annotated[int, Flag("at once", 1, 100)] = 50,
    repeat: Annotated[int, Flag("runs of each, after one to warm up", 1, 100)] = 9,
) -> None:
    """Ask both services in turn, and compare."""
    levels = {"streams": (serve_streams, echo), "Protocol": (serve_protocol, Echo)}
    lines = [Row(of, "asyncio", [lines_of_code(*levels[of])]) for of in levels]
    speed = [Row(of, "asyncio", []) for of in levels]
    title = f"requests per second, by {connections} connections on loopback"
    charts = {"lines of code": lines, title: speed}
    with ExitStack() as stack:
        live = stack.enter_context(Live(console=console, auto_refresh=False))
        ports = {of: stack.enter_context(served(levels[of][0])) for of in levels}
        for turn in range(repeat + 1):
            for row in random.sample(speed, 2):
                rate = load(ports[row.label], connections)
                row.values.extend([rate] if turn else [])
                live.update(bar_chart(charts), refresh=True)
    more, faster = (rows[1].median / rows[0].median for rows in (lines, speed))
    finish(
        f"Protocol: {more:.1f} × the lines of streams, {faster:.1f} × the requests/s;"
        " the same answers.",
        "invoke demo.api-levels --connections 1",
    )
