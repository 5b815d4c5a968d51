import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from demos.blocking_the_loop import in_threads, in_time
from demos.support import thread_costs
from demos.support.samples import TooBusy
from demos.support.thread_costs import (
    MANY,
    Crowd,
    GivenUp,
    Job,
    Pool,
    pool_measured,
    pool_size,
    timeout_measured,
)


def test_the_pool_has_as_many_threads_as_python_s() -> None:
    with ThreadPoolExecutor() as pool:
        assert pool_size() == pool._max_workers
    assert pool_size() < MANY


def test_a_crowd_counts_how_many_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    barrier = threading.Barrier(3, timeout=60)
    monkeypatch.setattr(time, "sleep", lambda _: barrier.wait())
    crowd = Crowd()
    with ThreadPoolExecutor(3) as pool:
        for _ in range(6):
            pool.submit(crowd)
    assert crowd.most == 3
    assert crowd.running == 0
    assert len(crowd.began) == 6


def test_jobs_one_after_another_are_not_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(thread_costs, "SHORT", 0.0)

    async def one_by_one(count: int, job: Job) -> None:
        for _ in range(count):
            await asyncio.to_thread(job)

    assert pool_measured(one_by_one).most == 1


def test_more_jobs_than_threads_wait_for_one() -> None:
    measured = pool_measured(in_threads)
    assert 1 < measured.most <= pool_size()
    assert measured.waited > 0


def test_a_thread_on_which_a_timeout_gives_up_runs_on_to_its_end() -> None:
    async def given_up(seconds: float, job: Job) -> None:
        asyncio.get_running_loop().run_in_executor(None, job)
        raise TimeoutError

    timeout, thread, run = timeout_measured(given_up)
    assert 0 < timeout <= run
    assert 0 < thread <= run


def test_a_job_that_never_began_is_refused() -> None:
    async def cancelled(seconds: float, job: Job) -> None:
        raise TimeoutError

    measured = timeout_measured(cancelled)
    assert measured.thread == 0
    with pytest.raises(TooBusy, match="was not under way"):
        measured.refuse_impossible()


def test_a_job_that_is_over_in_time_is_told_from_one_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(thread_costs, "PATIENCE", 60.0)
    monkeypatch.setattr(thread_costs, "PATIENT", 0.0)
    measured = timeout_measured(in_time)
    assert measured.timeout == 0
    with pytest.raises(TooBusy, match="when a timeout of 60 s was over"):
        measured.refuse_impossible()


def test_what_is_said_and_what_is_refused() -> None:
    whole = Pool(pool_size(), 0.302)
    whole.refuse_impossible()
    assert whole.words().endswith("the last began 302 ms later")
    with pytest.raises(TooBusy, match=r"of .* threads ran at once"):
        Pool(pool_size() - 1, 0.3).refuse_impossible()
    given_up = GivenUp(0.101, 0.301, 0.302)
    given_up.refuse_impossible()
    assert given_up.words() == (
        "timeout(0.1) gave up at 101 ms; its thread ended at 301, asyncio.run at 302 ms"
    )
    with pytest.raises(TooBusy):
        GivenUp(0.35, 0.3, 0.36).refuse_impossible()
    assert max(len(whole.words()), len(given_up.words())) <= 80
