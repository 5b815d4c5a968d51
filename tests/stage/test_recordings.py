"""Recordings: to the letter of asciicast v3, each with its lesson."""

import json
import re
from pathlib import Path

import pytest

from slides.stage import recordings, runner
from tests.talks import PATHS

ALL = sorted(PATHS.recordings.glob("*.cast"))


def check_asciicast(text: str) -> None:
    """Check a recording against https://docs.asciinema.org/manual/asciicast/v3/."""
    first, *lines = text.split("\n")
    assert lines.pop() == "", "the file ends with a newline"
    header = json.loads(first)
    assert header["version"] == 3
    assert {type(header["term"][size]) for size in ("cols", "rows")} == {int}
    known = {"version", "term", "timestamp", "command", "title", "env", "tags"}
    assert set(header) <= known
    assert isinstance(header["timestamp"], int)
    assert all(isinstance(tag, str) for tag in header["tags"])
    for line in lines:
        interval, code, data = json.loads(line)
        assert interval >= 0
        assert code in "omrx"
        assert isinstance(data, str)
    assert json.loads(lines[-1])[1:] == ["x", "0"]


@pytest.mark.parametrize("cast", ALL, ids=lambda path: path.stem)
def test_a_recording_follows_the_specification(cast: Path) -> None:
    check_asciicast(cast.read_text("utf-8"))
    header = recordings.header(cast)
    assert header["command"] == runner.command(cast.stem)
    names = [tag.partition("=")[0] for tag in header["tags"]]
    assert names == ["python", "platform", "source"]


@pytest.mark.parametrize("cast", ALL, ids=lambda path: path.stem)
def test_a_demos_lesson_names_what_was_measured(cast: Path) -> None:
    assert re.search(r"\d", recordings.lesson(cast))


@pytest.mark.parametrize("cast", ALL, ids=lambda path: path.stem)
def test_a_recording_holds_no_path_of_a_machine(cast: Path) -> None:
    assert not re.search(r"/(home|root|tmp|Users)/", cast.read_text("utf-8"))


def test_the_lesson_is_the_marker(tmp_path: Path) -> None:
    cast = tmp_path / "x.cast"
    with pytest.raises(LookupError, match=r"there is no recordings/x\.cast"):
        recordings.lesson(cast)
    printed = '{"version": 3}\n[0, "o", "The end.\\r\\n"]\n'
    cast.write_text(printed, encoding="utf-8")
    with pytest.raises(LookupError, match=r"x\.cast does not end with a lesson"):
        recordings.lesson(cast)
    cast.write_text(f'{printed}[0, "m", "All ≈ 3."]\n[1, "x", "0"]\n', "utf-8")
    assert recordings.lesson(cast) == "All ≈ 3."
