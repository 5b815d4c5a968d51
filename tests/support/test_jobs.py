import math
from hashlib import sha256 as reference

import pytest

from demos.support.jobs import pi, request, sha256, size_for, spin
from demos.support.slow_server import slow_server


def test_jobs_give_results_that_can_be_checked() -> None:
    assert pi(100_000) == pytest.approx(math.pi, abs=1e-4)
    assert sha256(3) == reference(bytes(3 * 2**16)).hexdigest()
    assert spin(0.001) >= 1
    assert size_for(pi, 1e-4) > size_for(pi, 1e-9) == 1


def test_slow_server_sends_back_what_it_was_asked_and_ends_with_its_block() -> None:
    with slow_server() as port:
        assert request(port, 0.001) == b"0.001000\n"
    with pytest.raises(ConnectionRefusedError):
        request(port, 0.001)
