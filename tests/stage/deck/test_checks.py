"""What `invoke check` says of slides and recordings that are behind their sources."""

import subprocess
import sys
from pathlib import Path

from slides.stage.deck import checks
from slides.stage.deck.sync import sync
from slides.stage.paths import Paths
from tests.talks import PATIENCE

ASTRAY = """
from pathlib import Path
from slides.stage.deck import checks
from slides.stage.paths import Paths
print(*checks.astray(Paths(Path.cwd())), sep="\\n")
"""


def test_stale_blocks_and_recordings_are_found(talk: Path) -> None:
    paths = Paths(talk)
    for demo in paths.demos.glob("*.py"):
        if demo.stem != "ticker":
            demo.unlink()
    sync(paths)
    assert list(checks.stale(paths)) == []
    ticker = paths.demos / "ticker.py"
    ticker.write_text(ticker.read_text("utf-8").replace("= 3", "= 4"), "utf-8")
    line = 1 + (paths.slides / "10-more.md").read_text("utf-8").splitlines().index(
        "```python demos/ticker.py::main"
    )
    assert list(checks.stale(paths)) == [
        f"slides/10-more.md:{line}: demos/ticker.py::main has changed: invoke sync",
        "demos/ticker.py has changed since it was recorded: "
        "invoke record --demo ticker",
    ]
    sound = ticker.read_bytes()
    half = sound.count(b"\n") + 2
    for odd, said in (
        (b"\ndef half(:\n", f"demos/ticker.py:{half}: "),
        (b"\n# \xff\n", "demos/ticker.py: 'utf-8' codec can't decode byte 0xff"),
    ):
        ticker.write_bytes(sound + odd)
        assert next(checks.stale(paths)).startswith(f"slides/10-more.md:{line}: {said}")
    ticker.write_bytes(sound)
    (paths.recordings / "ticker.svg").unlink()
    assert list(checks.stale(paths))[-1] == (
        "invoke demo.ticker has no recording: invoke record --demo ticker"
    )


def test_commands_to_try_that_fail_or_lead_nowhere_are_found(talk: Path) -> None:
    again = talk / "slides" / "20-again.md"
    again.write_text(
        "## Again\n\n![invoke demo.ticker --twice](recordings/ticker.svg)\n"
    )
    ticker = talk / "demos" / "ticker.py"
    two = "\n           invoke demo.fails\n           invoke demo.ticker --tick 5"
    source = ticker.read_text("utf-8").replace("--ticks 5", f"--ticks 5{two}")
    ticker.write_text(source, "utf-8")
    fails = talk / "demos" / "fails.py"
    doc = "Odd.\n\nTry next:  invoke demo.waits\n           invoke demo.nowhere\n"
    fails.write_text(fails.read_text("utf-8").replace("Odd.", doc), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ASTRAY],
        cwd=talk,
        capture_output=True,
        check=True,
        text=True,
        timeout=PATIENCE,
    )
    refused, back, nowhere = done.stdout.splitlines()
    said = "demos/ticker.py: invoke demo.ticker --tick 5: No idea what '--tick' is!"
    assert refused.startswith(said)
    later = "no demo that comes later in the deck"
    assert back == f"demos/fails.py: invoke demo.waits: {later}"
    assert nowhere == f"demos/fails.py: invoke demo.nowhere: {later}"
