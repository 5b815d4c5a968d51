"""The file that a restart finds: whole, private, and of today."""

import json
import os
import sys
from pathlib import Path

import pytest

from slides.stage.show.saved import LONGEST, Saved
from slides.stage.show.state import Run, Show


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    return Saved(tmp_path / ".build", 8000)


def test_what_is_kept_is_where_the_show_stands(saved: Saved) -> None:
    runs = {"ticker": Run(1, "running", 2.0, 3.0)}
    saved.write(Show(True, 3, 1, 1.5, 2.5, runs, 2))
    assert saved.read() == Show(True, 3, 1, 1.5, 2.5)
    saved.write(Show(True, 4))
    assert saved.read() == Show(True, 4)
    again = Saved(saved.path.parent, 8000)
    assert again.token != saved.token  # a new start has one of its own
    assert again.read() == Show(True, 4)
    assert again.token == saved.token  # but not one that goes on
    assert [path.name for path in saved.path.parent.iterdir()] == ["show-8000.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_may_read_it(saved: Saved) -> None:
    saved.write(Show(True))
    assert saved.path.stat().st_mode & 0o777 == 0o600


def test_a_show_that_has_ended_is_forgotten(saved: Saved) -> None:
    saved.write(Show(True, 3))
    saved.remove()
    assert saved.read() is None
    saved.remove()


def test_each_port_has_its_own(saved: Saved) -> None:
    saved.write(Show(True, 3))
    assert Saved(saved.path.parent, 8001).read() is None


def test_a_show_of_another_day_is_not_gone_on_with(saved: Saved) -> None:
    saved.write(Show(True, 3))
    long_ago = saved.path.stat().st_mtime - LONGEST - 1
    os.utime(saved.path, (long_ago, long_ago))
    assert saved.read() is None


SOUND = {"slide": 3, "step": 0, "begun": None, "paused": None, "token": "x" * 22}


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", "[" * 9999])
def test_a_file_that_makes_no_sense_is_none(saved: Saved, text: str) -> None:
    saved.path.parent.mkdir()
    saved.path.write_text(text, encoding="utf-8")
    assert saved.read() is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("slide", "x"), ("slide", 0), ("slide", float("inf")), ("step", -1)),
        *(
            ("begun", []),
            ("paused", []),
            ("token", None),
            ("token", ""),
            ("token", "ä" * 22),
        ),
    ],
)
def test_a_value_that_makes_no_sense_is_none(
    saved: Saved, key: str, value: object
) -> None:
    saved.path.parent.mkdir()
    token = saved.token
    saved.path.write_text(json.dumps(SOUND | {key: value}), encoding="utf-8")
    assert saved.read() is None
    assert saved.token == token
    saved.path.write_text(json.dumps(SOUND), encoding="utf-8")
    assert saved.read() == Show(True, 3)
    assert saved.token == SOUND["token"]
