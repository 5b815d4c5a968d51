"""Why a download failed, in the same words whichever client it failed with."""

import socket
import ssl
import zlib

import aiohttp
import h11
import httpcore
import httpx
from aiohttp.http_exceptions import LineTooLong


class Failure(Exception):  # noqa: N818 (it is a result, and named so on screen)
    """The name of what went wrong, where to try again cannot help."""


class Passing(Failure, httpx.HTTPError, aiohttp.ClientError):
    """What may pass: an error that the users of both clients know and try again."""


class Refusal(Passing):
    """An answer that is no file: its status says whether to try again."""

    def __init__(self, status: int, headers: httpx.Headers) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.headers = headers


# What a client or the file system may raise; anything else is a mistake of ours.
EXPECTED = (
    Failure,
    OSError,
    UnicodeError,
    aiohttp.ClientError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    zlib.error,
)
TOO_LONG = "headers of more than 64 KiB"


def failure(error: Exception) -> Failure:
    """Name an error of one of EXPECTED."""
    if isinstance(error, Failure):
        return error
    if "ConnectionResetError" in str(error):  # in a body, only aiohttp's text tells
        return Passing("connection reset")
    while isinstance(error.__cause__, Exception):  # clients wrap what the system said
        error = error.__cause__
    match error:
        case TimeoutError():
            return Passing("timed out")
        case socket.gaierror() | UnicodeError():
            return Failure("the name does not resolve")
        case ssl.SSLCertVerificationError() as problem:
            return Failure(f"bad certificate: {problem.verify_message}")
        case ssl.SSLError():
            return Failure("no TLS on that port")
        case ConnectionRefusedError():
            return Failure("connection refused")
        case ConnectionError() | aiohttp.ServerDisconnectedError():
            return Passing("connection reset")
        case OSError(strerror=str(reason)):
            return Failure(reason.lower())
        case zlib.error():
            return Passing("broken gzip")
        case LineTooLong() | h11.RemoteProtocolError(error_status_hint=431):
            return Failure(TOO_LONG)
    text = str(error)
    if "Server disconnected" in text:
        return Passing("connection reset")
    if "Not enough data" in text or "peer closed connection" in text:
        return Passing("truncated")
    return Failure("not an HTTP answer")
