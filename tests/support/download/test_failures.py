import socket
import ssl
import zlib
from errno import ECONNREFUSED, EHOSTUNREACH
from http.client import BadStatusLine, IncompleteRead

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from demos.support.download.failures import EXPECTED, Failure, failure
from demos.support.download.http_client import RedirectError

KEY = ConnectionKey("a.test", 443, True, True, None, None, None)
EXPIRED = ssl.SSLCertVerificationError(1, "certificate verify failed")
EXPIRED.verify_message = "certificate has expired"
REFUSED = ConnectionRefusedError(ECONNREFUSED, "Connection refused")


@pytest.mark.parametrize(
    ("errors", "name", "final"),
    [
        ([TimeoutError()], "timed out", False),
        ([ConnectionResetError()], "connection reset", False),
        ([aiohttp.ServerDisconnectedError()], "connection reset", False),
        ([IncompleteRead(b""), aiohttp.ClientPayloadError()], "truncated", False),
        ([zlib.error()], "broken gzip", False),
        (
            [REFUSED, aiohttp.ClientConnectorError(KEY, REFUSED)],
            *("connection refused", True),
        ),
        (
            [EXPIRED, aiohttp.ClientConnectorCertificateError(KEY, EXPIRED)],
            *("bad certificate: certificate has expired", True),
        ),
        ([ssl.SSLError()], "no TLS on that port", True),
        ([socket.gaierror()], "the name does not resolve", True),
        ([OSError(EHOSTUNREACH, "No route to host")], "no route to host", True),
        ([BadStatusLine("SSH")], "not an HTTP answer", True),
        ([RedirectError("redirected to x")], "redirected to x", True),
        ([ValueError("odd")], "odd", True),
        ([ValueError()], "ValueError", True),
    ],
)
def test_both_clients_fail_in_the_same_words(
    errors: list[Exception], name: str, final: bool
) -> None:
    for error in errors:
        assert isinstance(error, EXPECTED)
        named = failure(error)
        assert (str(named), named.final) == (name, final)


def test_what_has_a_name_keeps_it() -> None:
    named = Failure("HTTP 404", final=True)
    assert failure(named) is named
