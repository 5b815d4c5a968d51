"""What `invoke check` says of slides and recordings that are behind their sources."""

from pathlib import Path

from slides.stage.deck import checks
from slides.stage.deck.sync import sync
from slides.stage.paths import Paths


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
    (paths.recordings / "ticker.svg").unlink()
    assert list(checks.stale(paths))[-1] == (
        "demos/ticker.py has no recording: invoke record --demo ticker"
    )
