import asyncio
import operator
import re
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from demos import blocking_the_loop
from demos.blocking_the_loop import (
    Job,
    in_loop,
    in_process,
    in_thread,
    in_threads,
    in_time,
    main,
    watch,
)
from demos.support import heartbeats
from demos.support.console import console
from demos.support.processes import process_pool
from demos.support.samples import TooBusy
from demos.support.thread_costs import GivenUp, Pool

PERIOD = 0.002  # seconds


def until_beaten(beats: list[float], seconds: float) -> Job:
    """Return a job that ends when the heart has beaten three times more.

    It raises if that does not happen within some seconds.
    """

    def job() -> None:
        give_up, enough = time.monotonic() + seconds, len(beats) + 3
        while len(beats) < enough and time.monotonic() < give_up:
            time.sleep(0.001)
        assert len(beats) >= enough

    return job


async def test_what_a_job_returns_comes_back() -> None:
    job = partial(operator.add, 40, 2)
    with process_pool(1) as pool:
        assert await in_loop(job) == 42
        assert await in_thread(job) == 42
        assert await in_process(pool, job) == 42


async def test_no_heartbeat_while_a_job_runs_in_the_loop() -> None:
    beats: list[float] = []
    ran: list[float] = []

    def job() -> None:
        ran.append(time.monotonic())
        time.sleep(0.02)
        ran.append(time.monotonic())

    await watch(partial(in_loop, job), beats, PERIOD)
    assert not [beat for beat in beats if ran[0] < beat < ran[1]]
    assert beats[0] < ran[0] < ran[1] < beats[-1]


async def test_a_job_in_the_loop_waits_in_vain_for_a_heartbeat() -> None:
    beats: list[float] = []
    job = until_beaten(beats, 0.02)
    with pytest.raises(ExceptionGroup) as caught:
        await watch(partial(in_loop, job), beats, PERIOD)
    assert caught.group_contains(AssertionError)


async def test_the_heart_beats_on_while_a_job_runs_in_a_thread() -> None:
    beats: list[float] = []
    job = until_beaten(beats, 60)
    await watch(partial(in_thread, job), beats, PERIOD)


def until_exists(path: Path) -> None:
    """Return when there is such a file; raise if there is none after a minute."""
    give_up = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < give_up
        time.sleep(0.001)


async def test_the_loop_goes_on_while_a_job_runs_in_a_process(tmp_path: Path) -> None:
    sign = tmp_path / "the loop goes on"
    with process_pool(1) as pool:
        async with asyncio.TaskGroup() as group:
            group.create_task(in_process(pool, partial(until_exists, sign)))
            await asyncio.sleep(0)  # the job is on its way
            sign.touch()


async def test_all_of_many_jobs_are_done_in_threads() -> None:
    threads: list[int] = []
    await in_threads(40, lambda: threads.append(threading.get_ident()))
    assert len(threads) == 40
    assert threading.get_ident() not in threads


async def test_a_timeout_gives_up_on_a_thread_that_runs_on() -> None:
    given_up, over = threading.Event(), threading.Event()

    def job() -> None:
        assert given_up.wait(60)
        over.set()

    with pytest.raises(TimeoutError):
        await in_time(0.001, job)
    assert not over.is_set()
    given_up.set()
    assert await in_thread(partial(over.wait, 60))


async def test_what_is_over_in_time_comes_back() -> None:
    assert await in_time(60, partial(operator.add, 40, 2)) == 42


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking_the_loop, "PERIOD", PERIOD)
    monkeypatch.setattr(heartbeats, "PERIOD", PERIOD)


def test_the_lesson_names_what_was_measured(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "SEEN", 60.0)  # seconds: no machine is too busy
    monkeypatch.setattr(heartbeats, "TURNS", 60.0)
    monkeypatch.setattr(GivenUp, "refuse_impossible", lambda _: None)
    monkeypatch.setattr(Pool, "refuse_impossible", lambda _: None)
    with console.capture() as captured:
        lesson = main(seconds=0.01)
    assert re.fullmatch(
        r"time\.sleep\(0\.01\) made a heartbeat \d+ ms late; "
        r"in a thread \d+ ms, idle \d+ ms",
        lesson,
    )
    drawn = captured.get()
    for words in ("nothing to do", "40 × to_thread: ", "timeout(0.1) gave up at "):
        assert words in drawn


def test_on_a_busy_machine_there_is_a_picture_and_no_lesson(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "SEEN", -1.0)  # so that any beat is late
    with (
        console.capture() as captured,
        pytest.raises(TooBusy, match="with nothing to do, a heartbeat came"),
    ):
        main(seconds=0.01)
    assert "computing in a process" in captured.get()
