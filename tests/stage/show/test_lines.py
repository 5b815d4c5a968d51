"""What a show says on the terminal."""

import subprocess
import sys

from tests.talks import PATHS, PATIENCE

TELLS = """
import sys
from slides.stage.show.lines import say, tell
input()
tell("one", "failed")
say("two")
print("goes on", file=sys.stderr)
"""


def test_a_terminal_that_is_gone_ends_nothing() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TELLS],
        cwd=PATHS.root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout and process.stderr
    with process.stderr as told:
        process.stdout.close()
        with process.stdin as line:
            line.write("\n")
        assert told.readline() == "goes on\n"
    process.wait(PATIENCE)
