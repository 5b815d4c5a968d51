"""What other tests rely on: a process that has not ended is not gone."""

import os
import subprocess
import sys

from tests.talks import gone


def test_a_process_is_gone_when_it_has_ended_and_not_before() -> None:
    assert not gone(os.getpid(), 0)
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        assert gone(child.pid)
