"""A server that answers as late as it is asked to: real waiting, on loopback.

It has a process of its own, so that its work never counts as that of its clients.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from invoke.exceptions import Exit


@contextmanager
def slow_server() -> Iterator[int]:
    """Run the server and yield its port."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-P", __file__],
        stdin=pipe,
        stdout=pipe,
        text=True,
        process_group=0,  # a terminal's Ctrl-C is not for it
    ) as server:
        assert server.stdout
        try:
            port = server.stdout.readline()
            if not port:
                raise Exit("the slow server did not start", code=1)
            yield int(port)
        finally:
            server.kill()


async def request_async(port: int, seconds: float) -> bytes:
    """Do as `jobs.request` does, and await the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"%f\n" % seconds)
        return await reader.readline()
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read a line that says how many seconds to wait, wait, and send it back."""
    with suppress(ConnectionError):  # a client that was stopped has gone
        if line := await reader.readline():
            await asyncio.sleep(float(line))
            writer.write(line)
            await writer.drain()
    writer.close()


async def serve() -> None:
    """Print the port, then serve; end with stdin, should our parent be killed."""
    server = await asyncio.start_server(answer, "127.0.0.1", backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the same on Windows
    asyncio.run(serve())
