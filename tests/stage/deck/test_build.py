"""The built deck: once, whole, and anew when something of it has changed."""

from pathlib import Path

import pytest

from slides.stage.deck.build import build, join, last
from slides.stage.deck.sections import BuildError, sections
from slides.stage.paths import Paths


def test_the_sections_become_one_deck_with_one_front_matter(talk: Path) -> None:
    paths = Paths(talk)
    text = join(paths, sections(paths), "light")
    assert text.startswith("---\nmarp: true\ntheme: asyncio-live\n")
    assert "minutes: 2\ncolorScheme: light\n---\n\n# A talk" in text
    assert "minutes: 4" not in text
    assert "for tick in range(ticks):" in text, "code is as its source is now"


def test_what_has_not_changed_is_not_built_again(talk: Path) -> None:
    paths = Paths(talk)
    built = build(paths)
    assert built == last(paths, "dark")
    (built / "index.html").write_text("as it was", encoding="utf-8")
    assert build(paths) == built
    assert (built / "index.html").read_text("utf-8") == "as it was"


@pytest.mark.parametrize(
    "file", ["slides/theme.css", "slides/recordings/ticker.cast", "demos/ticker.py"]
)
def test_a_change_is_built_and_replaces_the_deck(talk: Path, file: str) -> None:
    paths = Paths(talk)
    before = last(paths, "dark")
    text = (talk / file).read_text("utf-8")
    changed = text.replace("ticks.", "ticks!") if "ticker" in file else f"{text}\n"
    assert changed != text
    (talk / file).write_text(changed, encoding="utf-8")
    built = build(paths)
    assert built != before
    assert [each for each in paths.build.iterdir() if each.is_dir()] == [built]


def test_marps_own_error_is_one_line_and_the_last_deck_stays(talk: Path) -> None:
    paths = Paths(talk)
    before = build(paths)
    section = paths.slides / "10-more.md"
    text = section.read_text("utf-8")
    wrong = text.replace("## Last", "## Last\n\n<!-- colorScheme: blue -->")
    section.write_text(wrong, encoding="utf-8")
    with pytest.raises(BuildError) as refused:
        build(paths)
    assert str(refused.value.message) == (
        'marp: Failed converting Markdown. (colorScheme is dark or light, not "blue")'
    )
    assert last(paths, "dark") == before
    assert list(paths.build.iterdir()) == [before]
