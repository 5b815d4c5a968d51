"""`invoke record`: whole recordings of runs that went well."""

from pathlib import Path

import pytest

from slides.stage import frame, runner
from slides.stage.paths import Paths
from slides.stage.record import record
from slides.stage.recordings import events, lesson, read
from tests.talks import invoke, write_demo


def test_a_recording_is_the_run_and_its_last_frame(talk: Path) -> None:
    folder = Paths(talk).recordings
    cast, svg = folder / "ticker.cast", folder / "ticker.svg"
    before = {path.name for path in folder.iterdir()}
    for old in (cast, svg):
        old.unlink()
    done = invoke(talk, "record", "--demo", "ticker")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in folder.iterdir()} == before
    lines = read(cast)
    assert events(lines)[-1][1:] == ("x", "0")
    assert svg.read_text("utf-8") == frame.svg(lines)
    assert lesson(cast) == "There were 3 ticks."
    rows = [row.rstrip() for row in frame.screen(lines).display]
    assert [row for row in rows if row] == [
        *("tick 0", "tick 1", "tick 2", "There were 3 ticks."),
        "try next: invoke demo.ticker --ticks 5",
    ]


@pytest.mark.parametrize("lesson", ["", "MARK + chr(27) + MARK_END", "MARK"])
def test_a_run_without_a_lesson_is_no_recording(talk: Path, lesson: str) -> None:
    imported = "from demos.support.console import MARK, MARK_END"
    write_demo(talk, "mute", f"{imported}; print({lesson})")
    done = invoke(talk, "record", "--demo", "mute")
    said = "invoke demo.mute returned no lesson: not recorded\n"
    assert (done.returncode, done.stderr) == (1, said)
    assert not list(Paths(talk).recordings.glob("mute.*"))


@pytest.mark.parametrize("slug", ["fails", "exits"])
def test_a_failed_run_is_no_recording(talk: Path, slug: str) -> None:
    cast = Paths(talk).recordings / f"{slug}.cast"
    before = cast.read_bytes()
    done = invoke(talk, "record", "--demo", slug)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert cast.read_bytes() == before


def test_a_run_on_a_busy_machine_is_no_recording(talk: Path) -> None:
    imported = "from demos.support.console import finish, TOO_BUSY"
    write_demo(talk, "busy", f"{imported}; finish(TOO_BUSY, None); os._exit(1)")
    done = invoke(talk, "record", "--demo", "busy")
    said = "invoke demo.busy found this machine too busy to compare: not recorded\n"
    assert (done.returncode, done.stderr) == (1, said)
    assert not list(Paths(talk).recordings.glob("busy.*"))


def test_an_old_recording_does_not_bound_a_new_one(
    talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SPARE", 0)
    cast = Paths(talk).recordings / "ticker.cast"
    header, *_ = read(cast)
    cast.write_text(f'{header}\n[0.01, "x", "0"]\n', encoding="utf-8")
    demo = talk / "demos" / "ticker.py"
    text = demo.read_text("utf-8")
    demo.write_text(text.replace("DEADLINE = 600", ""), encoding="utf-8")
    assert runner.deadline(Paths(talk), "ticker") < 0.1
    record(Paths(talk), "ticker")
    assert lesson(cast) == "There were 3 ticks."


def test_a_run_past_its_deadline_is_no_recording(talk: Path) -> None:
    demo = talk / "demos" / "waits.py"
    text = demo.read_text("utf-8")
    demo.write_text(text.replace("DEADLINE = 600", "DEADLINE = 0.5"), encoding="utf-8")
    done = invoke(talk, "record", "--demo", "waits")
    assert done.returncode == 1
    assert done.stderr == "invoke demo.waits: not done after 0.5 s\n"


@pytest.mark.parametrize(
    ("demo", "said"),
    [
        ("nothing", "there is no demo 'nothing'"),
        ("nothing-twice", "there is no demo 'nothing-twice'"),
        ("ticker-thrice", "No idea what '--thrice' is!"),
        ("ticker-ticks", "--ticks needs a value"),
        ("ticker-name", "invoke demo.ticker --name: a recording has flags without"),
    ],
)
def test_an_unknown_demo_or_flag_is_bad_input(
    recorded: Path, demo: str, said: str
) -> None:
    done = invoke(recorded, "record", "--demo", demo)
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
