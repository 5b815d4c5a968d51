"""The sessions that the downloader's lesson gets: they watch what passes through.

Each offers what the lesson uses of a library's own session, and notes what becomes of
each download. Beneath, both are alike: they send the same headers, keep connections
alive, follow redirects, hold the deadline and the limits, and never try again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from threading import Event
from time import monotonic
from typing import Any, Self

import aiohttp
import httpcore
from httpx import Headers
from yarl import URL

from demos.support.download.addresses import address, redirected, request_headers
from demos.support.download.connection import CONNECT, TLS, Connection
from demos.support.download.downloads import Body, Downloads, attempt, is_measured
from demos.support.download.failures import TOO_LONG, Failure, Refusal

MOST_REDIRECTS = 10
LONGEST_HEAD = 2**16  # bytes; httpcore's own limit is some 100 KiB


class Answer:
    """What the lesson uses of httpx.Response."""

    def __init__(
        self,
        status: int,
        headers: Iterable[tuple[bytes, bytes]],
        pieces: Any,  # of the body, as they come over the wire
        body: Body,
    ) -> None:
        if sum(len(name) + len(value) + 4 for name, value in headers) > LONGEST_HEAD:
            raise Failure(TOO_LONG)
        if status < 200:  # httpcore takes no 101 that was not asked for
            raise Failure("not an HTTP answer")
        self.status = status
        self.headers = Headers([*headers], encoding="latin-1")
        self._pieces = pieces
        self._body = body

    def raise_for_status(self) -> None:
        """Raise Refusal if this is not the file."""
        if self.status != 200:
            raise Refusal(self.status, self.headers)

    def read(self) -> bytes:
        """Return the body, unpacked; b"" where it goes to a file."""
        self._body.begin(self.headers)
        return b"".join([self._body.take(piece) for piece in self._pieces])


class AsyncAnswer(Answer):
    """What the lesson uses of aiohttp.ClientResponse."""

    async def read(self) -> bytes:  # type: ignore[override]
        """Return the body, unpacked; b"" where it goes to a file."""
        self._body.begin(self.headers)
        return b"".join([self._body.take(piece) async for piece in self._pieces])


class Session:
    """Offers what the lesson uses of httpx.Client, by way of httpcore, its engine.

    The client itself looks through its whole pool for each request: a thousand threads
    would take ten times as long. Closing the session wakes the threads that wait.
    """

    def __init__(self, downloads: Downloads) -> None:
        self._downloads = {download.url: download for download in downloads}
        self._idle: dict[URL, list[Connection]] = {}
        self._busy: set[Connection] = set()
        self._closed = Event()

    def __enter__(self) -> Self:
        """Return the session."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close all connections, under the hands of who still uses one."""
        self._closed.set()
        for connection in list(self._busy):
            connection.shut_down()
        for connections in self._idle.values():
            for connection in connections:
                connection.close()

    @contextmanager
    def stream(self, method: str, url: str) -> Iterator[Answer]:
        """Ask for `url`; whatever goes wrong in the block is raised as a Failure."""
        download = self._downloads[url]
        end = monotonic() + download.patience
        target = address(url)
        with attempt(download) as body:
            for _ in range(MOST_REDIRECTS + 1):
                with self._ask(method, target, end) as got:
                    pieces = got.iter_stream()
                    answer = Answer(got.status, got.headers, pieces, body)
                    onward = redirected(target, answer.status, answer.headers)
                    if not onward:
                        yield answer
                        return
                    if is_measured(answer.headers):  # then the connection is kept
                        for _ in pieces:
                            pass
                target = onward
            raise Failure(f"more than {MOST_REDIRECTS} redirects")

    @contextmanager
    def _ask(self, method: str, url: URL, end: float) -> Iterator[httpcore.Response]:
        """Send one request, on a connection that is its own till the block ends."""
        connection = self._take(url.origin())
        connection.end = end
        target = httpcore.URL(
            scheme=url.scheme,
            host=url.raw_host or "",
            port=url.port,
            target=url.raw_path_qs,
        )
        headers = request_headers(url)
        self._busy.add(connection)
        try:
            with connection.http.stream(method, target, headers=headers) as response:
                yield response
        finally:
            self._busy.remove(connection)
            if connection.http.is_available() and not self._closed.is_set():
                self._idle[url.origin()].append(connection)
            else:
                connection.close()

    def _take(self, origin: URL) -> Connection:
        """Return a connection that the server has kept, too, or one to be opened."""
        idle = self._idle.setdefault(origin, [])
        with suppress(IndexError):  # none is left
            while (connection := idle.pop()).http.has_expired():
                connection.close()
            return connection
        return Connection(origin, self._closed)


class AsyncSession:
    """Offers what the lesson uses of aiohttp.ClientSession, by way of one.

    That one has no limits of its own, but the time to connect.
    """

    def __init__(self, downloads: Downloads) -> None:
        self._downloads = {download.url: download for download in downloads}
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=TLS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(sock_connect=CONNECT),
            auto_decompress=False,
            max_line_size=LONGEST_HEAD,
            max_field_size=LONGEST_HEAD,
            max_headers=LONGEST_HEAD,
        )
        self._http._retry_connection = False  # to try again is for the lesson

    async def __aenter__(self) -> Self:
        """Return the session."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close all connections."""
        await self._http.close()

    @asynccontextmanager
    async def get(self, url: str) -> AsyncIterator[AsyncAnswer]:
        """Ask for `url`; whatever goes wrong in the block is raised as a Failure."""
        download = self._downloads[url]
        target = address(url)
        with attempt(download) as body:
            async with asyncio.timeout(download.patience):
                for _ in range(MOST_REDIRECTS + 1):
                    async with self._http.get(
                        target.with_user(None),
                        headers=request_headers(target),
                        allow_redirects=False,
                    ) as got:
                        pieces = got.content.iter_any()
                        answer = AsyncAnswer(got.status, got.raw_headers, pieces, body)
                        onward = redirected(target, answer.status, answer.headers)
                        if not onward:
                            yield answer
                            return
                        if is_measured(answer.headers):
                            async for _ in pieces:
                                pass
                    target = onward
                raise Failure(f"more than {MOST_REDIRECTS} redirects")
