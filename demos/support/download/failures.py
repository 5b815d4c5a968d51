"""Why a download failed, in the same words whichever client it failed with."""

import socket
import ssl
import zlib
from http.client import HTTPException, IncompleteRead

import aiohttp

from demos.support.download.http_client import RedirectError


class Failure(Exception):  # noqa: N818 (it is a result, and named so on screen)
    """The name of what went wrong; `final` if to try again cannot help."""

    def __init__(self, name: str, *, final: bool = False) -> None:
        super().__init__(name)
        self.final = final


# What a client or the file system may raise; anything else is a mistake of ours.
EXPECTED = (
    Failure,
    OSError,
    aiohttp.ClientError,
    HTTPException,
    ValueError,
    zlib.error,
)


def failure(error: Exception) -> Failure:
    """Name an error of one of EXPECTED."""
    cause = getattr(error, "os_error", None)  # aiohttp wraps what the system said
    cause = cause or getattr(error, "certificate_error", None)
    match cause or error:
        case Failure() as known:
            return known
        case TimeoutError():
            return Failure("timed out")
        case socket.gaierror():
            return Failure("the name does not resolve", final=True)
        case ssl.SSLCertVerificationError() as cause:
            return Failure(f"bad certificate: {cause.verify_message}", final=True)
        case ssl.SSLError():
            return Failure("no TLS on that port", final=True)
        case ConnectionRefusedError():
            return Failure("connection refused", final=True)
        case ConnectionError() | aiohttp.ServerDisconnectedError():
            return Failure("connection reset")
        case aiohttp.ClientPayloadError() if "ConnectionResetError" in str(error):
            return Failure("connection reset")  # only the text tells
        case IncompleteRead() | aiohttp.ClientPayloadError():
            return Failure("truncated")
        case OSError(strerror=str(reason)):
            return Failure(reason.lower(), final=True)
        case aiohttp.TooManyRedirects():
            return Failure("more than 10 redirects", final=True)
        case aiohttp.RedirectClientError():
            return Failure(f"redirected to {error}", final=True)
        case RedirectError():
            return Failure(str(error), final=True)
        case HTTPException() | aiohttp.ClientResponseError():
            return Failure("not an HTTP answer", final=True)
        case zlib.error():
            return Failure("broken gzip")
    return Failure(str(error) or type(error).__name__, final=True)
