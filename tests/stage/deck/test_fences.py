"""Code blocks named by their source: refreshed, and refused when there is none."""

from pathlib import Path

import pytest

from demos.support.catalog import slugs
from slides.stage import recordings, runner
from slides.stage.deck import build as deck
from slides.stage.deck import checks, fences
from tests.talks import invoke

MODULE = '''import dataclasses

LIMIT = 3
NAMES: list[str] = ["a"]


@dataclasses.dataclass
class Point:
    """A point."""

    x: int = 0

    async def move(self) -> None:
        """Move."""
        self.x += 1


def after() -> int:
    return 1
'''


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "module.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.setattr(fences, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("symbol", "first", "last"),
    [
        ("LIMIT", "LIMIT = 3", "LIMIT = 3"),
        ("NAMES", 'NAMES: list[str] = ["a"]', 'NAMES: list[str] = ["a"]'),
        ("Point", "@dataclasses.dataclass", "        self.x += 1"),
        ("Point.move", "async def move(self) -> None:", "    self.x += 1"),
        ("after", "def after() -> int:", "    return 1"),
    ],
)
def test_a_symbol_is_shown_whole(symbol: str, first: str, last: str) -> None:
    lines = fences.current(f"module.py::{symbol}").splitlines()
    assert (lines[0], lines[-1]) == (first, last)


@pytest.mark.parametrize(
    "source",
    ["module.py::nothing", "module.py::Point.nothing", "gone.py::after", "module.py"],
)
def test_what_is_not_there_is_a_lookup_error(source: str) -> None:
    with pytest.raises(LookupError, match=r"there is no"):
        fences.current(source)


def test_fill_refreshes_named_blocks_and_leaves_the_rest() -> None:
    text = "# A\n\n```python {1|all} module.py::after\nold\n```\n\n```text\nkeep\n```\n"
    body = "def after() -> int:\n    return 1\n"
    fresh = text.replace("old\n", body)
    assert fences.fill(text) == fresh
    assert fences.fill(fresh) == fresh
    assert list(fences.problems(text, fresh=True)) == [
        (3, "module.py::after has changed: invoke sync")
    ]
    assert list(fences.problems(fresh, fresh=True)) == []


@pytest.mark.parametrize("steps", ["3", "0", "2-1", "1-9", "x", "1|9"])
def test_a_step_outside_the_block_is_named(steps: str) -> None:
    text = f"\n```python {{{steps}}} module.py::after\n\n```\n"
    ((line, problem),) = fences.problems(text)
    assert line == 2
    assert "is not within the 2 lines" in problem


@pytest.mark.parametrize("steps", ["1", "1-2", "1|2|all", "1,2"])
def test_steps_within_the_block_are_fine(steps: str) -> None:
    text = f"```python {{{steps}}} module.py::after\nx\n```\n"
    assert list(fences.problems(text)) == []


def test_sync_and_check_on_a_talk(talk: Path) -> None:
    section = talk / "slides" / "10-more.md"
    assert "\nstale\n" in section.read_text("utf-8")
    synced = invoke(talk, "sync")
    assert synced.stdout == "updated 10-more.md\n"
    assert "for tick in range(ticks):" in section.read_text("utf-8")
    assert invoke(talk, "sync").stdout == ""


def test_stale_blocks_and_recordings_are_found(
    talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fences, "ROOT", talk)
    monkeypatch.setattr(deck, "SLIDES", talk / "slides")
    monkeypatch.setattr(deck.sections, "__defaults__", (talk / "slides",))
    monkeypatch.setattr(recordings, "RECORDINGS", talk / "slides" / "recordings")
    monkeypatch.setattr(runner, "DEMOS", talk / "demos")
    monkeypatch.setattr(slugs, "__defaults__", (talk / "demos",))
    for demo in (talk / "demos").glob("*.py"):
        if demo.stem != "ticker":
            demo.unlink()
    deck.sync()
    assert list(checks.stale()) == []
    ticker = talk / "demos" / "ticker.py"
    ticker.write_text(ticker.read_text("utf-8").replace("= 3", "= 4"), "utf-8")
    line = 1 + (talk / "slides/10-more.md").read_text("utf-8").splitlines().index(
        "```python demos/ticker.py::main"
    )
    assert list(checks.stale()) == [
        f"slides/10-more.md:{line}: demos/ticker.py::main has changed: invoke sync",
        "demos/ticker.py has changed since it was recorded: "
        "invoke record --demo ticker",
    ]
    (talk / "slides/recordings/ticker.svg").unlink()
    assert any("has no recording" in problem for problem in checks.stale())
