import asyncio
import time
from functools import partial
from pathlib import Path

import pytest

from demos import blocking_the_loop
from demos.blocking_the_loop import Job, in_loop, in_process, in_thread, watch
from demos.support.processes import process_pool


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    monkeypatch.setattr(blocking_the_loop, "PERIOD", 0.002)
    monkeypatch.setattr(blocking_the_loop, "MARGIN", 0.02)
    return []


def until_beaten(beats: list[float]) -> Job:
    """Return a job that ends when the heart has beaten three times more."""

    def job(seconds: float) -> None:
        give_up, enough = time.monotonic() + seconds, len(beats) + 3
        while len(beats) < enough and time.monotonic() < give_up:
            time.sleep(0.001)
        assert len(beats) >= enough

    return job


async def test_no_heartbeat_while_a_job_runs_in_the_loop(beats: list[float]) -> None:
    ran: list[float] = []

    def job(seconds: float) -> None:
        ran.append(time.monotonic())
        time.sleep(seconds)
        ran.append(time.monotonic())

    await watch(("", in_loop, job, beats), 0.02)
    assert not [beat for beat in beats if ran[0] < beat < ran[1]]
    assert beats[0] < ran[0] < ran[1] < beats[-1]


async def test_a_job_in_the_loop_waits_in_vain_for_a_heartbeat(
    beats: list[float],
) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        await watch(("", in_loop, until_beaten(beats), beats), 0.02)
    assert caught.group_contains(AssertionError)


async def test_the_heart_beats_on_while_a_job_runs_in_a_thread(
    beats: list[float],
) -> None:
    await watch(("", in_thread, until_beaten(beats), beats), 10)


def until_exists(path: Path, seconds: float) -> None:
    """Return when there is such a file; raise if there is none after `seconds`."""
    give_up = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < give_up
        time.sleep(0.001)


async def test_the_loop_goes_on_while_a_job_runs_in_a_process(tmp_path: Path) -> None:
    sign = tmp_path / "the loop goes on"
    with process_pool(1) as pool:
        async with asyncio.TaskGroup() as group:
            group.create_task(in_process(pool, partial(until_exists, sign), 10))
            await asyncio.sleep(0)  # the job is on its way
            sign.touch()
