import gzip
from pathlib import Path

import pytest
from httpx import Headers

from demos.support.download.downloads import (
    STEP,
    Download,
    Gunzip,
    attempt,
    file_names,
)
from demos.support.download.failures import Failure


def test_file_names_are_plain_and_distinct() -> None:
    urls = ["http://a/x.txt?1", "http://a/X.txt", "http://a/..%2f..%2fb", "http://a/"]
    assert file_names(urls) == ["x.txt", "2-X.txt", "_.._b", "a"]
    assert file_names(["http://a/b", "http://a/b.part"]) == ["b", "b.part"]
    assert file_names(["http://me:secret@a/"]) == ["a"]


def test_little_gzip_is_unpacked_in_steps_however_much_it_holds() -> None:
    gunzip, much = Gunzip(), bytes(3 * STEP + 5)
    packed = gzip.compress(much) + gzip.compress(b"more")
    pieces = [*gunzip.unpack(packed[:2000]), *gunzip.unpack(packed[2000:])]
    assert b"".join(pieces) == much + b"more"
    assert max(map(len, pieces)) == STEP
    assert gunzip.complete


def test_gzip_byte_by_byte_is_complete_at_its_end_only() -> None:
    gunzip, packed = Gunzip(), gzip.compress(b"abc")
    completes = []
    for number in range(len(packed)):
        list(gunzip.unpack(packed[number : number + 1]))
        completes.append(gunzip.complete)
    assert completes == [False] * (len(packed) - 1) + [True]


def test_what_the_disk_says_is_a_failure(tmp_path: Path) -> None:
    download = Download("http://a/b", tmp_path / "no folder" / "b")
    with pytest.raises(Failure), attempt(download) as body:
        body.begin(Headers())
    assert (download.state, download.failures) == (
        "failed",
        ["no such file or directory"],
    )


def test_a_mistake_passes_and_leaves_no_part(tmp_path: Path) -> None:
    download = Download("http://a/b", tmp_path / "b")
    with pytest.raises(TypeError), attempt(download) as body:
        body.begin(Headers())
        body.take(b"half")
        raise TypeError
    assert (download.state, download.failures) == ("receiving", [])
    assert [*tmp_path.iterdir()] == []
