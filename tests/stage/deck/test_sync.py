"""`invoke sync`: the section files as their sources are now."""

import codecs
import sys
from pathlib import Path

from slides.stage.deck.sync import sync
from slides.stage.paths import Paths
from tests.talks import invoke

TICKS = 'recordings/ticker.cast "There were * ticks"'


def test_code_and_lessons_are_copied_once(talk: Path) -> None:
    section = talk / "slides" / "10-more.md"
    text = section.read_text("utf-8")
    section.write_text(f"{text}\n```text recordings/ticker.cast\n```\n", "utf-8")
    assert sync(Paths(talk)) == [section]
    synced = section.read_text("utf-8")
    assert "for tick in range(ticks):" in synced
    assert synced.endswith(
        "\n```text recordings/ticker.cast\nThere were 3 ticks.\n```\n"
    )
    assert sync(Paths(talk)) == []


def test_line_ends_mark_and_mode_of_a_file_stay_as_they_are(talk: Path) -> None:
    section = talk / "slides" / "10-more.md"
    note = f"Say more: [2]({TICKS})."
    text = section.read_text("utf-8").replace("Say more.", note).replace("\n", "\r\n")
    section.write_bytes(codecs.BOM_UTF8 + text.encode())
    section.chmod(0o640)
    assert sync(Paths(talk)) == [section]
    written = section.read_bytes()
    assert written.startswith(codecs.BOM_UTF8)
    assert f"<!-- Say more: [3]({TICKS}). -->\r\n".encode() in written
    assert written.count(b"\n") == written.count(b"\r\n") > text.count("\n")
    if sys.platform != "win32":
        assert section.stat().st_mode & 0o777 == 0o640


def test_the_command_says_what_it_changed(talk: Path) -> None:
    assert invoke(talk, "sync").stdout == "updated 10-more.md\n"
    assert invoke(talk, "sync").stdout == ""
