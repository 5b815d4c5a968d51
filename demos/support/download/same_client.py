"""The client of the threads, for tasks too: with it only how one waits differs.

aiohttp parses answers in C, httpcore in Python: side by side at a thousand at once they
would tell of that.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import httpcore
from yarl import URL

from demos.support.download.addresses import address, request_headers
from demos.support.download.connection import CONNECT
from demos.support.download.downloads import Downloads, attempt
from demos.support.download.sessions import AsyncAnswer


class AsyncConnection(httpcore.AsyncNetworkStream, httpcore.AsyncNetworkBackend):
    """A connection of httpcore by way of asyncio's streams."""

    def __init__(self, origin: URL) -> None:
        self.http = httpcore.AsyncHTTPConnection(
            httpcore.URL(str(origin)).origin, network_backend=self
        )

    async def connect_tcp(
        self, host: str, port: int, *args: Any, **options: Any
    ) -> Self:
        """Open the connection."""
        async with asyncio.timeout(CONNECT):
            self._streams = await asyncio.open_connection(host, port)
        return self

    async def write(self, buffer: bytes, *args: Any, **options: Any) -> None:
        """Send a request."""
        _, writer = self._streams
        writer.write(buffer)
        await writer.drain()

    async def read(self, max_bytes: int, *args: Any, **options: Any) -> bytes:
        """Return what has come, b"" at the end."""
        reader, _ = self._streams
        return await reader.read(max_bytes)

    async def aclose(self) -> None:
        """Close the connection."""
        _, writer = self._streams
        writer.close()

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks of the socket."""
        _, writer = self._streams
        return writer.get_extra_info(info)


class SameClientSession:
    """Offers what the lesson uses of aiohttp.ClientSession, for files of one server."""

    def __init__(self, downloads: Downloads) -> None:
        self._downloads = {download.url: download for download in downloads}
        self._idle: list[AsyncConnection] = []

    async def __aenter__(self) -> Self:
        """Return the session."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close all connections."""
        for connection in self._idle:
            await connection.http.aclose()

    @asynccontextmanager
    async def get(self, url: str) -> AsyncIterator[AsyncAnswer]:
        """Ask for `url`; whatever goes wrong in the block is raised as a Failure."""
        download = self._downloads[url]
        target = address(url)
        with attempt(download) as body:
            async with asyncio.timeout(download.patience):
                idle = self._idle
                connection = idle.pop() if idle else AsyncConnection(target.origin())
                try:
                    async with connection.http.stream(
                        "GET", str(target), headers=request_headers(target)
                    ) as got:
                        pieces = got.aiter_stream()
                        yield AsyncAnswer(got.status, got.headers, pieces, body)
                finally:
                    if connection.http.is_available():
                        idle.append(connection)
                    else:
                        await connection.http.aclose()
