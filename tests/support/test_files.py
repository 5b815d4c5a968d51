import os
import subprocess
import sys
from pathlib import Path

import pytest

from demos.support.files import write_text


def test_a_file_is_written_in_place_of_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in ("old", "≈ new\n"):
        write_text(path, text)
        assert path.read_bytes() == text.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_no_other_file_is_touched(tmp_path: Path) -> None:
    others = {f"a.txt.{end}": end for end in ("part", "draft", "tmp")}
    for name, text in others.items():
        (tmp_path / name).write_text(text)
    write_text(tmp_path / "a.txt", "new")
    there = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert there == {"a.txt": "new", **others}


def test_what_a_link_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    file, link = tmp_path / "folder" / "file", tmp_path / "link"
    link.symlink_to(file)
    for text in ("new", "newer"):
        write_text(link, text)
        assert (link.is_symlink(), file.read_text()) == (True, text)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_text(pipe, "text")
    assert os.read(reader, 10) == b"text"
    os.close(reader)
    assert pipe.is_fifo()
    program = "from pathlib import Path; from demos.support.files import write_text; "
    write = f"{program}write_text(Path('/dev/stdout'), 'text')"
    done = subprocess.run([sys.executable, "-c", write], capture_output=True)
    assert (done.stdout, done.stderr) == (b"text", b"")


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
