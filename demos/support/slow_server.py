"""A server that answers as late as it is asked to: real waiting, on loopback."""

import asyncio
from contextlib import AbstractContextManager, suppress

from demos.support.server_process import BACKLOG, served


def slow_server() -> AbstractContextManager[int]:
    """Run the server, in a process of its own, for a block that gets its port."""
    return served(serve)


async def serve() -> asyncio.Server:
    """Start the server on a free port."""
    return await asyncio.start_server(answer, "127.0.0.1", backlog=BACKLOG)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read a line that says how many seconds to wait, wait, and send it back."""
    with suppress(ConnectionError):  # a client that was stopped has gone
        if line := await reader.readline():
            await asyncio.sleep(float(line))
            writer.write(line)
            await writer.drain()
    writer.close()


async def request_async(port: int, seconds: float) -> bytes:
    """Do as `jobs.request` does (workers need no asyncio), and await the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"%f\n" % seconds)
        return await reader.readline()
    finally:
        writer.close()
