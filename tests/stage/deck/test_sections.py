"""The section files: their order, front matter, slides and lines."""

from pathlib import Path

import pytest

from slides.stage.deck.sections import BuildError, places, sections, split
from slides.stage.paths import Paths


def test_a_section_says_its_title_minutes_and_slides(recorded: Path) -> None:
    first, second = sections(Paths(recorded))
    assert (first.name, second.name) == ("slides/00-opening.md", "slides/10-more.md")
    assert (first.title, first.minutes, len(first.slides)) == ("A talk", 2, 2)
    assert (second.title, second.minutes, len(second.slides)) == ("Third", 4, 4)


def test_each_slide_has_its_place(recorded: Path) -> None:
    parts = sections(Paths(recorded))
    found = places(parts)
    lines = {part.name: part.text.splitlines() for part in parts}
    shown = [place.split(":") for place in found]
    assert [lines[name][int(line) - 1] for name, line in shown] == [
        *("# A talk", "## Second", "## Third", "## Fourth", "## Fifth", "## Last"),
    ]


def test_a_ruler_within_a_fence_splits_nothing() -> None:
    fenced = "```text\n---\n```\n"
    assert split(f"one\n\n---\n\n{fenced}") == ["one\n\n", f"\n{fenced}"]


def test_no_section_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"there is no slide file"):
        sections(Paths(tmp_path))
