"""One service at both levels of asyncio: streams for less code, a Protocol for speed.

Run:       invoke demo.api-levels
Look for:  lines of code, then requests per second; each service has a process of its
           own, and one client asks both and checks every answer.
Try next:  invoke demo.api-levels --length 40000
           invoke demo.coroutine-by-hand
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from typing import Annotated, Any

from demos.support.bars import Chart, drawn
from demos.support.catalog import run
from demos.support.flags import Flag
from demos.support.services import rates
from demos.support.twins import lines_of_code, side_by_side


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
        self.transport = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        """Find lines in pieces of any size."""
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
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
    length: Annotated[int, Flag("bytes of a line", 32, 60_000)] = 32,
    repeat: Annotated[int, Flag("runs of each, after one to warm up", 1, 100)] = 9,
) -> str:
    """Ask both services in turn, and compare."""
    heart = side_by_side(streams=echo, Protocol=Echo.data_received)
    services = {"streams": serve_streams, "Protocol": serve_protocol}
    lines = Chart("lines of code", min, dict.fromkeys(services, "asyncio"))
    lines.add("streams", lines_of_code(serve_streams, echo))
    lines.add("Protocol", lines_of_code(serve_protocol, Echo))
    title = f"requests/s on loopback: {connections} at once, {length:,} bytes each"
    speed = Chart(title, max, lines.styles)
    with drawn([lines, speed], heart) as picture:
        for name, rate in rates(services, connections, length, repeat):
            speed.add(name, rate)
            picture.refresh()
    more = lines.times("Protocol", "streams")
    faster = speed.times("Protocol", "streams")
    return (
        f"Protocol: {more} the lines of streams, {faster} the requests/s; same answers"
    )


if __name__ == "__main__":
    run(__file__)
