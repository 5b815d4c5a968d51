"""The section files: their order, and what is none."""

from pathlib import Path

import pytest

from slides.stage.deck.sections import BuildError, sections
from slides.stage.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path)
    paths.slides.mkdir()
    return paths


def test_sections_come_in_the_order_of_their_names(paths: Paths) -> None:
    for name in ("20-b.md", "10-a.md", "9-c.md"):
        (paths.slides / name).write_text(name, encoding="utf-8")
    found = sections(paths)
    assert [part.name for part in found] == [
        "slides/10-a.md",
        "slides/20-b.md",
        "slides/9-c.md",
    ]
    assert [part.text for part in found] == ["10-a.md", "20-b.md", "9-c.md"]


def test_what_editors_leave_and_a_readme_are_no_sections(paths: Paths) -> None:
    for name in (".#10-x.md", "._10-x.md", "README.md", "10-x.md~", "10-x.md"):
        (paths.slides / name).write_bytes(b"\xff" if name != "10-x.md" else b"x")
    assert [part.path.name for part in sections(paths)] == ["10-x.md"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_text(paths: Paths) -> None:
    written = b"\xef\xbb\xbf---\r\nmarp: true\r\n---\r\n\r\n# A\r\n"
    (paths.slides / "10-x.md").write_bytes(written)
    assert sections(paths)[0].text == "---\nmarp: true\n---\n\n# A\n"


def test_another_encoding_is_named_with_its_line(paths: Paths) -> None:
    (paths.slides / "10-x.md").write_bytes("# A\n\nGrüße\n".encode("latin-1"))
    with pytest.raises(BuildError, match=r"^slides/10-x.md:3: this is not UTF-8$"):
        sections(paths)


def test_no_section_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"there is no slide file"):
        sections(Paths(tmp_path))
