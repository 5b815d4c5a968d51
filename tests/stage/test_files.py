from pathlib import Path

import pytest

from slides.stage.files import write_text


def test_a_file_is_written_in_place_of_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in ("old", "≈ new\n"):
        write_text(path, text)
        assert path.read_bytes() == text.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_whole_leaves_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \udcff")
    assert path.read_text("utf-8") == "old"
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        write_text(tmp_path / "folder", "new")
    assert {each.name for each in tmp_path.iterdir()} == {"a.txt", "folder"}
