from pathlib import Path

import pytest

from demos import downloader
from demos.support.download import room
from demos.support.download.downloads import DEADLINE, Download
from demos.support.download.file_server import File, FileServer, plan_files
from demos.support.flags import UsageError

LESSON = (
    downloader.download_one_by_one,
    downloader.download_in_threads,
    downloader.download_in_tasks,
)


def test_the_first_way_has_no_limit_and_is_not_run_where_it_takes_too_long() -> None:
    for files, skipped in ((3, False), (40, True)):
        alone, threads, tasks = room.variants(LESSON, 5, [1.0] * files)
        assert [alone.limit, threads.limit, tasks.limit] == [1, 5, 5]
        assert [alone.skipped, threads.skipped, tasks.skipped] == [
            skipped,
            False,
            False,
        ]


@pytest.mark.parametrize(
    ("limit", "files", "late", "error_rate", "rounds"),
    [
        (10, 40, 0.045, 0.0, None),
        (1, 40, 0.045, 0.0, 3),  # there is no time for as many as it needs
        (1000, 10_000, 0.01, 0.0, 3),  # to do, not to wait
        (10, 40, 0.045, 0.3, 3),
    ],
)
def test_rounds_are_counted_where_the_time_is_not_enough_or_not_known(
    limit: int, files: int, late: float, error_rate: float, rounds: int | None
) -> None:
    plan = plan_files(files, late, error_rate, seed=1)
    ways = room.variants(LESSON, limit, [file.latency for file in plan])
    assert room.rounds(ways, plan) == rounds


def test_only_what_is_known_to_stall_is_given_up_soon() -> None:
    files = [File("whole"), File("stalled", faults=",stall")]
    whole, stalled = room.from_server(FileServer(8000), files, 10)
    patience = []
    for _ in range(3):
        patience.append((whole.patience, stalled.patience))
        for download in (whole, stalled):
            download.failures.append("failed")
    assert patience == [(DEADLINE, DEADLINE), (DEADLINE, 1.1), (DEADLINE, DEADLINE)]


@pytest.mark.parametrize(
    ("latency", "words"),
    [(0.001, "1 ms"), (0.0602, "60 ms"), (0.3, "300 ms"), (1.5, "1.5 s")],
)
def test_a_latency_is_said_as_people_say_it(latency: float, words: str) -> None:
    assert room.in_words(latency) == words


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
