"""The built deck: once, whole, and anew when something of it has changed."""

from pathlib import Path

import pytest

from slides.stage.deck.build import build, last
from slides.stage.deck.sections import BuildError
from slides.stage.paths import Paths


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


def test_a_mistake_is_named_with_its_line_and_the_last_deck_stays(talk: Path) -> None:
    paths = Paths(talk)
    before = build(paths)
    section = paths.slides / "10-more.md"
    text = section.read_text("utf-8")
    section.write_text(text.replace("minutes: 4", "minutes: few"), encoding="utf-8")
    with pytest.raises(BuildError) as refused:
        build(paths)
    assert str(refused.value.message) == (
        "slides/10-more.md:3: minutes are a number such as 2 or 1.5, not few"
    )
    assert last(paths, "dark") == before
    assert list(paths.build.iterdir()) == [before]


def test_marps_own_error_is_one_line(talk: Path) -> None:
    (talk / "slides" / "broken.css").write_text("/* @theme broken */ a {{{", "utf-8")
    (talk / "slides" / "theme.css").write_text("no theme at all", "utf-8")
    with pytest.raises(BuildError) as refused:
        build(Paths(talk))
    assert "\n" not in str(refused.value.message)
