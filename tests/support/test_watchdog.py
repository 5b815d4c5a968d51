import os
import subprocess
import sys
from pathlib import Path

from tests.talks import PATIENCE


def test_a_demo_ends_when_the_program_that_started_it_is_gone(project: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-u", "-m", "invoke", "demo.copy-files", "--to", "parent"],
        cwd=project,
        env=os.environ | {"ASYNCIO_LIVE_PARENT": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"copy_files is imported"
    assert child.stdout.readline().strip() == b"running"
    child.communicate(timeout=PATIENCE)  # closes its standard input
    assert child.returncode != 0
