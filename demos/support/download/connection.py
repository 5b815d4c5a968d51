"""A connection of httpcore with a deadline, which another thread can shut down."""

import math
import ssl
from contextlib import suppress
from socket import SHUT_RDWR
from threading import Event
from time import monotonic
from typing import Any, Self

import httpcore
from yarl import URL

from demos.support.download.failures import Failure

CONNECT = 5.0  # seconds to get a connection
TLS = ssl.create_default_context()  # for all: it takes some 20 ms to make


class Connection(httpcore.NetworkStream, httpcore.SyncBackend):
    """All that goes to a server and comes from it; no wait lasts longer than to `end`.

    A socket's own timeout would start anew with each byte. A thread that waits cannot
    be cancelled, but its socket can be shut down: once the session is `closed`, each
    wait ends in a RuntimeError.
    """

    def __init__(self, origin: URL, closed: Event) -> None:
        self._closed = closed
        self.end = math.inf  # on the monotonic clock
        self.http = httpcore.HTTPConnection(
            httpcore.URL(str(origin)).origin,
            TLS,
            network_backend=self,
        )
        self._stream: Any = None  # httpcore's own, once it is open
        self._answered = False

    def shut_down(self) -> None:
        """Wake the thread that waits here."""
        if self._stream:
            with suppress(OSError):  # the server was first
                self._stream.get_extra_info("socket").shutdown(SHUT_RDWR)

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> Self:
        """Open the connection."""
        options["timeout"] = min(CONNECT, self._left())
        self._stream = super().connect_tcp(host, port, *args, **options)
        return self

    def start_tls(self, *args: Any, **options: Any) -> Self:
        """Go on in TLS."""
        options["timeout"] = min(CONNECT, self._left())
        self._stream = self._stream.start_tls(*args, **options)
        return self

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send a request."""
        self._stream.write(buffer, self._left())
        self._answered = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, b"" at the end."""
        data: bytes = self._stream.read(max_bytes, self._left())
        self._left()  # or else what was shut down seems to have come to its end
        if not self._answered and not b"HTTP/".startswith(data[:5]):
            raise Failure("not an HTTP answer")  # h11 would wait for a whole head
        self._answered = True
        return data

    def close(self) -> None:
        """Close the connection, if it was opened."""
        if self._stream:
            self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks of the socket."""
        return self._stream.get_extra_info(info)

    def _left(self) -> float:
        """Return the seconds that are left; raise TimeoutError if there are none."""
        if self._closed.is_set():
            raise RuntimeError("the session is closed")
        seconds = self.end - monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds
