"""The two HTTP clients that the downloader compares: one that blocks, and aiohttp.

Both keep connections alive, follow redirects, ask for gzip and hand out the body as it
came. For threads, http.client needs the rest of this file to do so.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPMessage,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from socket import MSG_PEEK, SHUT_RDWR, socket
from threading import Event, Thread
from time import monotonic
from typing import Self

import aiohttp
from yarl import URL

HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "asyncio-live"}
CONNECT = 5.0  # seconds to get a connection
MOST_REDIRECTS = 10
PERIOD = 0.1  # seconds from one look of the watchdog to the next


def async_session() -> aiohttp.ClientSession:
    """Return aiohttp's session, without limits of its own but the one to connect."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(sock_connect=CONNECT),
        headers=HEADERS,
        auto_decompress=False,
    )


class RedirectError(HTTPException):
    """A redirect that leads nowhere."""


class Response:
    """The answer to a request: its status, its headers, and its body as it comes."""

    def __init__(self, raw: HTTPResponse) -> None:
        self.status: int = raw.status
        self.headers: HTTPMessage = raw.headers
        self.reusable = False  # its connection, once the body was read to its end
        self._raw = raw

    def iter_any(self) -> Iterator[bytes]:
        """Yield the body in pieces; raise IncompleteRead when it ends too early."""
        while piece := self._raw.read1(2**16):
            yield piece
        if self._raw.length:  # read1 takes a body cut short for a whole one
            raise IncompleteRead(b"", self._raw.length)
        self.reusable = not self._raw.will_close
        self._raw.close()


class Session:
    """A pool of connections that threads share; closing it wakes those that wait.

    A thread that blocks in a read cannot be cancelled, and a socket's timeout starts
    anew with each byte. What helps is to shut the socket down from another thread: a
    watchdog does so when a request misses its deadline, leaving the block for them all.
    """

    def __init__(self) -> None:
        self._idle: dict[URL, list[HTTPConnection]] = {}
        self._busy: dict[HTTPConnection, float] = {}
        self._closed = Event()
        self._watchdog = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Start the watchdog."""
        self._watchdog.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Close all connections, under the hands of who still uses one."""
        self._closed.set()
        self._watchdog.join()
        for connection in list(self._busy):
            shut_down(connection)
        for connections in self._idle.values():
            for connection in connections:
                connection.close()

    def _watch(self) -> None:
        while not self._closed.wait(PERIOD):
            for connection, latest in list(self._busy.items()):
                if monotonic() > latest:
                    shut_down(connection)

    @contextmanager
    def get(self, url: str, deadline: float) -> Iterator[Response]:
        """Ask for `url` and follow its redirects; the body is read inside the block.

        Raises TimeoutError when the block is not done within `deadline` seconds, and
        OSError, HTTPException or ValueError for all else that goes wrong.
        """
        end = monotonic() + deadline
        target = URL(url)
        for _ in range(MOST_REDIRECTS + 1):
            connection = self._take(target)
            self._busy[connection] = end
            response = None
            try:
                if not connection.sock:
                    connection.connect()
                if self._closed.is_set():
                    raise RuntimeError("the session is closed")
                connection.sock.settimeout(deadline)
                connection.request("GET", target.raw_path_qs, headers=HEADERS)
                raw = connection.getresponse()
                location = raw.headers["Location"]
                if raw.status not in (301, 302, 303, 307, 308) or not location:
                    response = Response(raw)
                    yield response
                    if monotonic() > end:  # a body without a length seems complete
                        raise TimeoutError
                    return
                target = target.join(URL(location))
            except (OSError, HTTPException) as error:
                if monotonic() > end:
                    raise TimeoutError from error
                raise
            finally:
                del self._busy[connection]
                if response and response.reusable:
                    self._idle.setdefault(target.origin(), []).append(connection)
                else:
                    connection.close()
        raise RedirectError(f"more than {MOST_REDIRECTS} redirects")

    def _take(self, target: URL) -> HTTPConnection:
        """Return an idle connection to the host of `target`, or one to be opened."""
        with suppress(IndexError):  # no connection left
            while True:
                connection = self._idle.setdefault(target.origin(), []).pop()
                if is_open(connection):
                    return connection
                connection.close()
        if target.scheme not in ("http", "https") or not target.raw_host:
            raise RedirectError(f"redirected to {target}")
        if target.scheme == "https":
            context = tls_context()
            return HTTPSConnection(
                target.raw_host, target.port, timeout=CONNECT, context=context
            )
        return HTTPConnection(target.raw_host, target.port, timeout=CONNECT)


@cache
def tls_context() -> ssl.SSLContext:
    """Return what all TLS connections share: it takes some 20 ms to make."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def is_open(connection: HTTPConnection) -> bool:
    """Return whether the server has kept an idle connection, too."""
    connection.sock.settimeout(0)
    try:
        # Not the method of an SSLSocket, which cannot peek.
        return socket.recv(connection.sock, 1, MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def shut_down(connection: HTTPConnection) -> None:
    """End what a thread is doing on a connection: its read returns at once."""
    with suppress(OSError):  # the server was first
        if sock := connection.sock:
            sock.shutdown(SHUT_RDWR)
