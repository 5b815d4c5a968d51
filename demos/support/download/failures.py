"""Why a download failed, in the same words whichever client it failed with."""

import socket
import ssl
import zlib

import aiohttp
import h11
import httpcore
import httpx
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong


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


TOO_LONG = "headers of more than 64 KiB"


def failure(error: BaseException | None) -> Failure | None:
    """Name what a client or the file system says; None for anything else."""
    if isinstance(error, Failure):
        return error
    text = str(error)
    while isinstance(cause := getattr(error, "__cause__", None), Exception):
        error = cause  # clients wrap what the system said
    match error:
        case TimeoutError():
            return Passing("timed out")
        case socket.gaierror() | UnicodeError():
            return Failure("the name does not resolve")
        case ssl.SSLCertVerificationError():
            return Failure(f"bad certificate: {error.verify_message}")
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
        case BadHttpMessage() | h11.RemoteProtocolError() | httpcore.ProtocolError():
            if "Too many headers" in text:
                return Failure(TOO_LONG)
            # What broke off is told by the text only.
            if "ConnectionResetError" in text or "Server disconnected" in text:
                return Passing("connection reset")
            if "Not enough data" in text or "peer closed connection" in text:
                return Passing("truncated")
            return Failure("not an HTTP answer")
        case aiohttp.ClientError():
            return Failure(ascii(text))
    return None
