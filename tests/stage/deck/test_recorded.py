"""The recordings that there must be: of every demo, and those that slides name."""

from pathlib import Path

import pytest

from slides.stage import recordings
from slides.stage.deck import checks
from slides.stage.deck.build import build
from slides.stage.deck.contents import contents
from slides.stage.deck.recorded import recorded
from slides.stage.deck.sections import BuildError, Section
from slides.stage.deck.sync import sync
from slides.stage.paths import Paths
from tests.talks import invoke

TWICE = """## Twice

![invoke demo.ticker --twice](recordings/ticker-twice.svg)

```text recordings/ticker-twice.cast
```
"""
REMEDY = "invoke record --demo ticker-twice"


def test_slides_name_further_ones_as_pictures_and_as_sources(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.demos.mkdir()
    for slug in ("a_b", "c"):
        (paths.demos / f"{slug}.py").touch()
    text = (
        "![invoke demo.a-b](x.svg) and ![invoke demo.a-b --d](x.svg)\n\n"
        "- ~~~text {1} recordings/a_b-e_f.cast at once: *\n  ~~~\n\n"
        "![invoke demo.c --n 5](x.svg) ![invoke demo.gone --d](x.svg)\n\n"
        "`![invoke demo.c --d](x.svg)` <!-- ![invoke demo.c --e](x.svg)\n"
        '[1](recordings/c-f.cast "at once: *") -->\n'
    )
    assert recorded(paths, [Section(tmp_path, text)]) == [
        "a_b",
        "a_b-d",
        "a_b-e_f",
        "c",
        "c-f",
    ]


def test_one_that_a_slide_names_is_missed_and_made_as_any_other(talk: Path) -> None:
    paths = Paths(talk)
    for demo in paths.demos.glob("*.py"):
        if demo.stem != "ticker":
            demo.unlink()
    section = paths.slides / "20-twice.md"
    section.write_text(TWICE, encoding="utf-8")
    missing = (
        f"slides/20-twice.md:5: there is no recordings/ticker-twice.cast: {REMEDY}\n"
        f"slides/20-twice.md:3: there is no recordings/ticker-twice.svg: {REMEDY}"
    )
    with pytest.raises(BuildError) as refused:
        contents(build(paths))
    assert refused.value.message == missing
    assert list(checks.stale(paths))[-2:] == [
        missing,
        f"invoke demo.ticker --twice has no recording: {REMEDY}",
    ]
    done = invoke(talk, "record")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Recorded invoke demo.ticker",
        "Recorded invoke demo.ticker --twice",
    ]
    cast = paths.recordings / "ticker-twice.cast"
    assert recordings.header(cast)["command"] == "invoke demo.ticker --twice"
    sync(paths)
    assert "There were 6 ticks." in section.read_text("utf-8")
    assert contents(build(paths)).slides[-1].demo == "ticker-twice"
    assert list(checks.stale(paths)) == []
    ticker = paths.demos / "ticker.py"
    ticker.write_text(f"{ticker.read_text('utf-8')}\n# changed\n", encoding="utf-8")
    changed = "demos/ticker.py has changed since it was recorded"
    assert list(checks.stale(paths)) == [
        f"{changed}: invoke record --demo ticker",
        f"{changed}: {REMEDY}",
    ]
