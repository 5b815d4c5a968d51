"""Code blocks named by their source: refreshed, and refused when there is none."""

from pathlib import Path

import pytest

from slides.stage.deck import fences
from slides.stage.paths import Paths

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


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    (tmp_path / "module.py").write_text(MODULE, encoding="utf-8")
    return Paths(tmp_path)


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
def test_a_symbol_is_shown_whole(
    paths: Paths, symbol: str, first: str, last: str
) -> None:
    lines = fences.current(paths, f"module.py::{symbol}").splitlines()
    assert (lines[0], lines[-1]) == (first, last)


@pytest.mark.parametrize(
    "source",
    ["module.py::nothing", "module.py::Point.nothing", "gone.py::after", "module.py"],
)
def test_what_is_not_there_is_a_lookup_error(paths: Paths, source: str) -> None:
    with pytest.raises(LookupError, match=r"there is no"):
        fences.current(paths, source)


def test_fill_refreshes_named_blocks_and_leaves_the_rest(paths: Paths) -> None:
    text = "# A\n\n```python {1|all} module.py::after\nold\n```\n\n```text\nkeep\n```\n"
    body = "def after() -> int:\n    return 1\n"
    fresh = text.replace("old\n", body)
    assert fences.fill(paths, text) == fresh
    assert fences.fill(paths, fresh) == fresh
    assert list(fences.problems(paths, text, fresh=True)) == [
        (3, "module.py::after has changed: invoke sync")
    ]
    assert list(fences.problems(paths, fresh, fresh=True)) == []


@pytest.mark.parametrize("steps", ["3", "0", "2-1", "1-9", "x", "1|9"])
def test_a_step_outside_the_block_is_named(paths: Paths, steps: str) -> None:
    text = f"\n```python {{{steps}}} module.py::after\n\n```\n"
    ((line, problem),) = fences.problems(paths, text)
    assert line == 2
    assert "is not within the 2 lines" in problem


@pytest.mark.parametrize("steps", ["1", "1-2", "1|2|all", "1,2"])
def test_steps_within_the_block_are_fine(paths: Paths, steps: str) -> None:
    text = f"```python {{{steps}}} module.py::after\nx\n```\n"
    assert list(fences.problems(paths, text)) == []
