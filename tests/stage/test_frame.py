"""The last frame of a recording as a picture."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from slides.stage import frame, runner
from slides.stage.recordings import read
from tests.talks import PATHS

ALL = sorted(PATHS.recordings.glob("*.cast"))
DRAWN = str.maketrans(dict.fromkeys("▏▎▍▌▋▊▉▁▂▃▄▅▆▇█▀▐▖▗▘▝▙▛▜▟▚▞", " "))


def recording(*printed: str) -> list[str]:
    """The lines of a recording that printed this."""
    term = {"cols": 20, "rows": 4}
    header = {"version": 3, "term": term, "timestamp": 0, "command": "a < b"}
    events = [[0, "o", each] for each in printed]
    return [json.dumps(line) for line in (header, *events)]


def texts(svg: str) -> list[str]:
    tag = "{http://www.w3.org/2000/svg}text"
    return [element.text or "" for element in ET.fromstring(svg).iter(tag)]


def test_the_screen_is_what_a_terminal_shows_in_the_end() -> None:
    lines = recording("one\r\ntwo\r\n", "\x1b[1Ahalf", "\x1b[31m!\x1b[0m")
    assert [row.rstrip() for row in frame.screen(lines).display] == [
        *("one", "half!", "", ""),
    ]


def test_text_stays_text_beneath_what_ran_and_when() -> None:
    svg = frame.svg(recording("<&> one"))
    assert texts(svg) == ["$ a < b", "REC 1970-01-01", "<&> one".ljust(20)]


@pytest.mark.parametrize(
    ("printed", "fill"),
    [
        ("\x1b[31mX", "var(--term-color-1, #ff8080)"),
        ("\x1b[96mX", "var(--term-color-14, #3fd6d0)"),
        ("\x1b[38;2;1;2;3mX", "#010203"),
        ("\x1b[7mX", "var(--term-color-background, #0b0f14)"),
        ("X", "var(--term-color-foreground, #e6edf3)"),
    ],
)
def test_colours_are_those_of_the_stage(printed: str, fill: str) -> None:
    svg = frame.svg(recording(f"{printed}\x1b[0m"))
    assert re.findall(r'fill="([^"]+)">X', svg) == [fill]


def test_blocks_are_drawn_as_wide_and_as_high_as_they_are() -> None:
    svg = frame.svg(recording("\x1b[31m█▌▄▙\x1b[0m"))
    place = r'x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"'
    red = re.findall(rf'{place} fill="var\(--\S+-1,', svg)
    assert red == [
        ("40", "84", "15.4", "28"),
        ("55.4", "84", "7.7", "28"),
        ("70.8", "98", "15.4", "14"),
        ("86.2", "84", "7.7", "14"),
        ("86.2", "98", "7.7", "14"),
        ("93.9", "98", "7.7", "14"),
    ]


@pytest.mark.parametrize("cast", ALL, ids=lambda path: path.stem)
def test_a_demos_last_frame_is_its_picture_and_nothing_scrolled_away(
    cast: Path,
) -> None:
    lines = read(cast)
    svg = cast.with_suffix(".svg").read_text("utf-8")
    assert svg == frame.svg(lines)
    rows = [row for row in frame.screen(lines).display if row.strip()]
    assert len(rows) < runner.ROWS
    shown = "".join("".join(rows).translate(DRAWN).split())
    assert "".join("".join(texts(svg)[2:]).split()) == shown
