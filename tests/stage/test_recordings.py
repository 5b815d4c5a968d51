"""Recordings: to the letter of asciicast v3, their last frame as a picture."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from slides.stage import recordings, runner
from tests.talks import ROOT, invoke

ALL = sorted((ROOT / "slides" / "recordings").glob("*.cast"))
BLOCKS = "print('\x1b[31m█▌▄\x1b[0m <&>')"


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
def test_the_picture_is_the_last_frame_and_nothing_scrolled_away(cast: Path) -> None:
    screen = recordings.screen(cast.read_text("utf-8").splitlines())
    blocks = str.maketrans(dict.fromkeys("▏▎▍▌▋▊▉▁▂▃▄▅▆▇█", " "))  # drawn, not written
    rows = [row.translate(blocks).rstrip() for row in screen.display]
    picture = cast.with_suffix(".svg")
    assert recordings.last_lines(picture) == [row for row in rows if row]
    assert len([row for row in screen.display if row.strip()]) < runner.ROWS
    assert "script" not in {element.tag for element in ET.parse(picture).iter()}


@pytest.mark.parametrize("cast", ALL, ids=lambda path: path.stem)
def test_a_recording_holds_no_path_of_a_machine(cast: Path) -> None:
    assert not re.search(r"/(home|root|tmp|Users)/", cast.read_text("utf-8"))


def test_a_recording_is_made_whole(talk: Path) -> None:
    tapes = talk / "slides" / "recordings"
    (talk / "demos" / "ticker.py").write_text(
        f'"""Colours."""\n\n\ndef main() -> None:\n    {BLOCKS}\n', encoding="utf-8"
    )
    done = invoke(talk, "record", "--demo", "ticker")
    assert done.returncode == 0, done.stderr
    check_asciicast((tapes / "ticker.cast").read_text("utf-8"))
    picture = (tapes / "ticker.svg").read_text("utf-8")
    assert "&lt;&amp;&gt;" in picture
    red = re.findall(r'width="([\d.]+)" height="([\d.]+)" fill="var\(--\S+-1,', picture)
    assert red == [("13.2", "25"), ("6.6", "25"), ("13.2", "12.5")]
    assert list(tapes.glob("*.draft")) == []


@pytest.mark.parametrize("slug", ["fails", "exits"])
def test_a_failed_run_is_no_recording(talk: Path, slug: str) -> None:
    cast = talk / "slides" / "recordings" / f"{slug}.cast"
    before = cast.read_bytes()
    done = invoke(talk, "record", "--demo", slug)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert cast.read_bytes() == before


def test_an_unknown_demo_is_bad_input(recorded: Path) -> None:
    done = invoke(recorded, "record", "--demo", "nothing")
    assert done.returncode == 2
    assert done.stderr.startswith("there is no demo 'nothing'")
