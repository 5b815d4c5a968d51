"""What a race says of itself is true for what was run."""

from pathlib import Path

import pytest

from demos import downloader
from demos.support.download import room
from demos.support.download.downloads import Download
from demos.support.download.variants import Repeat, Variant
from demos.support.flags import UsageError

LESSON = (
    downloader.download_one_by_one,
    downloader.download_in_threads,
    downloader.download_in_tasks,
)


def variant(seconds: float, limit: int, latencies: list[float]) -> Variant:
    made = Variant("", "", print, limit, latencies)
    made.repeats = [Repeat([], 1.0, 1.0 + seconds)]
    return made


@pytest.mark.parametrize(
    ("seconds", "line"),
    [
        (
            (1.8, 0.2, 0.2),
            "10 at once: threads 9.0 ×, asyncio 9.0 ×: concurrency wins, not asyncio",
        ),
        ((1.8, 0.3, 0.2), "10 at once: threads 6.0 ×, asyncio 9.0 ×"),
        ((1.8, 1.2, 1.1), "10 at once: threads 1.5 ×, asyncio 1.6 ×"),
        (
            (1.8, 1.8, 1.7),
            "10 at once: threads 1.0 ×, asyncio 1.1 ×: all three are alike",
        ),
    ],
)
def test_concurrency_wins_only_where_it_did(
    seconds: tuple[float, float, float], line: str
) -> None:
    assert room.what_was_seen(*(variant(each, 10, []) for each in seconds)) == line


def test_a_bound_stands_for_what_was_not_run() -> None:
    ways = [variant(each, 1000, [1.0] * 2000) for each in (0, 3.0, 2.5)]
    ways[0].limit, ways[0].skipped = 1, True
    assert room.what_was_seen(*ways) == "1,000 at once: threads 667 ×, asyncio 800 ×"


def test_the_first_way_has_no_limit_and_is_not_run_where_it_takes_too_long() -> None:
    for files, skipped in ((3, False), (40, True)):
        alone, threads, tasks = room.variants(LESSON, 5, [1.0] * files)
        assert [alone.limit, threads.limit, tasks.limit] == [1, 5, 5]
        assert [alone.skipped, threads.skipped, tasks.skipped] == [
            skipped,
            False,
            False,
        ]


def test_a_mistake_in_the_lesson_is_no_failed_download() -> None:
    failed, queued = Download("a"), Download("b")
    failed.enter("failed")
    room.raise_mistakes([failed, queued], [ValueError("odd"), b"body"])
    with pytest.raises(TypeError, match="typo"):
        room.raise_mistakes([failed, queued], [b"", TypeError("typo")])


def test_a_loss_is_told_with_its_runs() -> None:
    failed, done = Download("http://a/"), Download("http://me:secret@a/")
    failed.enter("failed")
    failed.failures = ["HTTP 503", "timed out"]
    line = "× http://a/: HTTP 503, then timed out (in 1 of 2 runs)"
    assert room.report([failed, done]).plain == line


def test_a_folder_is_made_or_refused(tmp_path: Path) -> None:
    room.check(False, [], str(tmp_path / "new" / "folder"))
    assert (tmp_path / "new" / "folder").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--to"):
        room.check(False, [], str(tmp_path / "file"))


def test_an_address_is_refused_without_its_password() -> None:
    with pytest.raises(UsageError) as refused:
        room.check(False, ["htp://me:sec/ret@a/b"], None)
    assert str(refused.value).startswith(
        "--url takes an address that begins with http, not 'a/b'"
    )
