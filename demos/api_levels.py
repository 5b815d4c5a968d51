"""The same service at asyncio's two levels: streams are short, a Protocol is fast.

Run:       invoke demo.api-levels
Look for:  lines of code, then requests per second, from one client for both services.
Try next:  invoke demo.api-levels --connections 1
"""

import asyncio
import random
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Annotated, Any

from rich.live import Live

from demos.support.bars import Row, bar_chart
from demos.support.commands import Flag
from demos.support.console import console, finish
from demos.support.line_client import load
from demos.support.measure import python
from demos.support.processes import call, process_pool
from demos.support.source import lines_of_code

Serve = Callable[[], Awaitable[asyncio.Server]]


async def echo(reader: StreamReader, out: StreamWriter) -> None:
    """Answer each line with itself."""
    async for line in reader:
        out.write(line)
        await out.drain()
    out.close()
    await out.wait_closed()


async def serve_streams() -> asyncio.Server:
    """Serve with the high-level API: a coroutine per connection."""
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
    """Serve with the low-level API: callbacks per connection."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(Echo, "127.0.0.1", 0)


async def measure(serve: Serve, pool: Executor, connections: int) -> float:
    """Return the requests per second that a client in another process gets."""
    async with await serve() as server:
        port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, load, port, connections)


def main(
    connections: Annotated[int, Flag("at once", 1, 100)] = 50,
    repeat: Annotated[int, Flag("runs of each, after one to warm up", 1, 100)] = 11,
) -> None:
    """Ask both services in turn, and compare."""
    levels = {"streams": (serve_streams, echo), "Protocol": (serve_protocol, Echo)}
    lines = [Row(of, "asyncio", [lines_of_code(*levels[of])]) for of in levels]
    speed = [Row(of, "asyncio", []) for of in levels]
    charts = {"lines of code": lines, "requests per second": speed}
    charts[f"{connections} × loopback, {python()}"] = []
    with process_pool(1) as pool, Live(console=console, auto_refresh=False) as live:
        for turn in range(repeat + 1):
            for row in random.sample(speed, 2):
                rate = call(measure, levels[row.label][0], pool, connections)
                row.values.extend([rate] if turn else [])
                live.update(bar_chart(charts), refresh=True)
    more, faster = (rows[1].median / rows[0].median for rows in (lines, speed))
    lesson = f"Protocol: {more:.1f} × the lines, {faster:.1f} × the requests/s."
    finish(lesson, "invoke demo.api-levels --connections 1")
