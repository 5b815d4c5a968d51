"""One service at both levels of asyncio: streams for less code, a Protocol for speed.

Run:       invoke demo.api-levels
Look for:  lines of code, then requests per second; each service has a process of its
           own, and one client asks both and checks every answer.
At home:   async with await serve_streams() as server:
               await server.serve_forever()
Try next:  invoke demo.api-levels --length 40000
           invoke demo.coroutine-by-hand
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from typing import Annotated, Any

from demos.support.bars import Chart, drawn
from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.services import measure, refuse_busy
from demos.support.twins import lines_of_code, side_by_side


async def echo(reader: StreamReader, out: StreamWriter) -> None:
    """Answer each line, of 64 KiB at most, with itself."""
    async for line in reader:
        out.write(line)
        await out.drain()
    out.close()
    await out.wait_closed()


async def serve_streams() -> asyncio.Server:
    """High-level API: a coroutine per connection."""
    return await asyncio.start_server(echo, "127.0.0.1", 0)


class EchoProtocol(asyncio.Protocol):
    """Answer each line with itself."""

    def connection_made(self, transport: Any) -> None:
        """Keep the transport to answer through."""
        self.transport = transport
        self.rest = b""  # of a line (at most 64 KiB in streams)

    def data_received(self, data: bytes) -> None:
        """Cut bytes, in pieces of any size, into lines."""
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            self.transport.write(line + b"\n")

    def eof_received(self) -> None:
        """Answer what is left; then asyncio closes."""
        self.transport.write(self.rest)

    def pause_writing(self) -> None:
        """Our output buffer is full: stop reading."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up: read on."""
        self.transport.resume_reading()


async def serve_protocol() -> asyncio.Server:
    """Low-level API: an object with callbacks per connection."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(EchoProtocol, "127.0.0.1", 0)


def main(
    connections: Annotated[int, Flag("connections at once", 1, 100)] = 50,
    length: Annotated[int, Flag("bytes of a line", 32, 60_000)] = 32,
    repeat: Annotated[
        int | None, Flag("rounds to measure; else as many as it needs", 3)
    ] = None,
) -> str:
    """Ask both services in turn, and compare."""
    code = side_by_side(streams=echo, Protocol=EchoProtocol.data_received)
    services = {"streams": serve_streams, "Protocol": serve_protocol}
    styles = {"streams": "asyncio", "Protocol": "asyncio"}
    lines = Chart("lines of code", best=min, styles=styles, counted=True)
    lines.add("streams", lines_of_code(serve_streams, echo))
    lines.add("Protocol", lines_of_code(serve_protocol, EchoProtocol))
    title = f"requests/s on loopback: {connections} at once, {length:,} bytes each"
    speed = Chart(title, best=max, styles=styles)
    with drawn([lines, speed], above=code) as picture:
        shares = measure(speed, services, connections, length, repeat, picture.refresh)
    refuse_busy(speed, shares)
    return (
        f"A Protocol has {lines.times('Protocol', 'streams')} the lines "
        f"and {speed.times('Protocol', 'streams')} the requests per second of streams"
    )


if __name__ == "__main__":
    run(__file__)
