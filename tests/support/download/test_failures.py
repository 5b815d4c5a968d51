import socket
import ssl
import zlib
from errno import EHOSTUNREACH, ENOSPC

import pytest

from demos.support.download.failures import Failure, Passing, failure

EXPIRED = ssl.SSLCertVerificationError(1, "certificate verify failed")
EXPIRED.verify_message = "certificate has expired"


@pytest.mark.parametrize(
    ("error", "name", "passing"),
    [
        (TimeoutError(), "timed out", True),
        (ConnectionResetError(), "connection reset", True),
        (BrokenPipeError(), "connection reset", True),
        (ConnectionRefusedError(), "connection refused", False),
        (zlib.error(), "broken gzip", True),
        (EXPIRED, "bad certificate: certificate has expired", False),
        (ssl.SSLError(), "no TLS on that port", False),
        (socket.gaierror(), "the name does not resolve", False),
        (OSError(EHOSTUNREACH, "No route to host"), "no route to host", False),
        (OSError(ENOSPC, "No space left on device"), "no space left on device", False),
    ],
)
def test_what_the_system_says_has_a_name(
    error: Exception, name: str, passing: bool
) -> None:
    wrapped = OSError("what a client says of it")
    wrapped.__cause__ = error
    for each in (error, wrapped):
        named = failure(each)
        assert (str(named), isinstance(named, Passing)) == (name, passing)


@pytest.mark.parametrize(
    "error", [None, TypeError("a mistake"), KeyboardInterrupt(), RuntimeError()]
)
def test_what_is_no_failure_has_no_name(error: BaseException | None) -> None:
    assert failure(error) is None


def test_what_has_a_name_keeps_it() -> None:
    named = Failure("wrong digest")
    named.__cause__ = TimeoutError()
    assert failure(named) is named
