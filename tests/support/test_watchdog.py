import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.talks import PATIENCE


@pytest.mark.parametrize(
    "words", ["demo.copy-files --to parent", "demo.broken-endless"]
)
def test_a_demo_ends_when_the_program_that_started_it_is_gone(
    project: Path, words: str
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-u", "-m", "invoke", *words.split()],
        cwd=project,
        env=os.environ | {"ASYNCIO_LIVE_PARENT": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout is not None
    while child.stdout.readline().strip() != b"running":
        assert child.poll() is None
    child.communicate(timeout=PATIENCE)  # closes its standard input
    assert child.returncode != 0
