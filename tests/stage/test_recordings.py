"""Recordings: to the letter of asciicast v3, each with its lesson."""

import json
import re
from pathlib import Path

import pytest

from slides.stage import names, recordings
from slides.stage.paths import Paths
from tests.talks import HEAD, PATHS

EXIT = '[1, "x", "0"]\n'
REMEDY = "invoke record --demo a_demo"
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
    assert header["command"] == names.command(cast.stem)
    tags = [tag.partition("=")[0] for tag in header["tags"]]
    assert tags == ["python", "platform", "source"]


@pytest.mark.parametrize("cast", ALL, ids=lambda path: path.stem)
def test_a_demos_lesson_names_what_was_measured(cast: Path) -> None:
    assert re.search(r"\d", recordings.lesson(cast))


@pytest.mark.parametrize("cast", ALL, ids=lambda path: path.stem)
def test_a_recording_holds_no_path_of_a_machine(cast: Path) -> None:
    assert not re.search(r"/(home|root|tmp|Users)/", cast.read_text("utf-8"))


def test_the_lesson_is_the_marker(tmp_path: Path) -> None:
    cast = tmp_path / "a_demo.cast"
    with pytest.raises(LookupError) as missing:
        recordings.lesson(cast)
    assert str(missing.value) == f"there is no recordings/a_demo.cast: {REMEDY}"
    cast.write_text(f'{HEAD}[0, "o", "The end."]\n{EXIT}', "utf-8")
    with pytest.raises(LookupError) as mute:
        recordings.lesson(cast)
    assert str(mute.value) == f"recordings/a_demo.cast has no lesson: {REMEDY}"
    cast.write_text(f'{HEAD}[0, "m", "All ≈ 3."]\n{EXIT}', "utf-8")
    assert recordings.lesson(cast) == "All ≈ 3."


def test_the_length_is_the_sum_of_all_intervals(tmp_path: Path) -> None:
    cast = tmp_path / "a_demo.cast"
    with pytest.raises(LookupError) as missing:
        recordings.length(cast)
    assert str(missing.value) == f"there is no recordings/a_demo.cast: {REMEDY}"
    cast.write_text(f'{HEAD}[0.25, "o", "1"]\n[2, "m", "All."]\n{EXIT}', "utf-8")
    assert recordings.length(cast) == 3.25


@pytest.mark.parametrize(
    "content",
    [
        *("", HEAD, HEAD[:9], HEAD + EXIT[:5], "\udcff", "\0" * 9),
        *(f"{HEAD}{event}\n" for event in ("[0]", "null", '["soon", "x", "0"]')),
        *(f"{HEAD}{event}\n{EXIT}" for event in ('[-1, "o", ""]', '[NaN, "o", ""]')),
        f'{HEAD}[{10**400}, "o", ""]\n{EXIT}',
        *(f"{HEAD}{event}\n{EXIT}" for event in ('[1, "o", 2]', '[1, 2, "o"]')),
        *(f"{head}\n{EXIT}" for head in ("[]", '"x"', '{"version": 3}', "[" * 9999)),
        *(
            HEAD.replace(sound, odd) + EXIT
            for sound, odd in (
                ("60", "60000000"),
                ("1764115200", f"{10**30}"),
                ("1764115200", '"today"'),
                ('"python=CPython 3.14.0", ', ""),
            )
        ),
    ],
)
def test_a_damaged_recording_is_one_line(tmp_path: Path, content: str) -> None:
    paths = Paths(tmp_path)
    for folder in (paths.demos, paths.recordings):
        folder.mkdir(parents=True)
    (paths.demos / "a_demo.py").touch()
    cast = paths.recordings / "a_demo.cast"
    cast.with_suffix(".svg").touch()
    cast.write_text(content, "utf-8", "surrogateescape")
    said = f"recordings/a_demo.cast is damaged: {REMEDY}"
    for read in (recordings.header, recordings.lesson, recordings.length):
        with pytest.raises(LookupError) as damaged:
            read(cast)
        assert str(damaged.value) == said
    assert list(recordings.stale(paths, ["a_demo"])) == [said]


def test_a_recording_that_cannot_be_read_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = tmp_path / "a_demo.cast"
    cast.write_text(HEAD + EXIT, "utf-8")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(LookupError, match=r"^recordings/a_demo.cast is damaged: "):
        recordings.length(cast)


def write_recording(paths: Paths, slug: str, python: str) -> None:
    paths.recordings.mkdir(parents=True, exist_ok=True)
    text = HEAD.replace("CPython 3.14.0", python) + EXIT
    (paths.recordings / f"{slug}.cast").write_text(text, "utf-8")


def test_what_all_recordings_ran_on_is_one_line(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for slug in ("a_demo", "other"):
        write_recording(paths, slug, "CPython 3.14.0, GIL on, 2 usable cores")
    line = "CPython 3.14.0, GIL on, 2 usable cores, Linux, 2025-11-26\n"
    assert recordings.made_on(paths) == line


def test_recordings_of_several_machines_are_told_apart(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    write_recording(paths, "a_demo", "CPython 3.14.0")
    write_recording(paths, "other", "CPython 3.13.0")
    assert recordings.made_on(paths) == (
        "1 on CPython 3.14.0, Linux, 2025-11-26\n"
        "1 on CPython 3.13.0, Linux, 2025-11-26\n"
    )
