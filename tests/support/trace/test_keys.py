import os
import subprocess
import sys

import pytest

from tests.talks import PATIENCE, ROOT


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_keys_come_one_by_one() -> None:
    keyboard, terminal = os.openpty()
    code = (
        "from demos.support.trace.keys import keyboard\n"
        "with keyboard() as wait:\n"
        "    print('ready', flush=True)\n"
        f"    print([wait({PATIENCE}) for _ in range(4)], wait(0))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=terminal,
        stdout=subprocess.PIPE,
        env={**os.environ, "FORCE_COLOR": "1"},
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        os.write(keyboard, b" \x1b[C\x1b[Dq")
        assert process.stdout.read() == "[' ', 'right', 'left', 'q'] \n"
    os.close(keyboard)
    os.close(terminal)
