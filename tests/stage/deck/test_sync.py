"""`invoke sync`: the section files as their sources are now."""

from pathlib import Path

from slides.stage.deck.sync import sync
from slides.stage.paths import Paths
from tests.talks import invoke


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


def test_the_command_says_what_it_changed(talk: Path) -> None:
    assert invoke(talk, "sync").stdout == "updated 10-more.md\n"
    assert invoke(talk, "sync").stdout == ""
