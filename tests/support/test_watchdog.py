import os
import signal
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_ends_a_demo_at_once_and_shows_the_cursor(project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "invoke", "demo.copy-files", "--to", "thread"],
        cwd=project,
        env=os.environ | {"TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout
        while "running" not in demo.stdout.readline():
            assert demo.poll() is None
        demo.send_signal(signal.SIGINT)
        said, _ = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, said) == (130, "\x1b[?25h")
