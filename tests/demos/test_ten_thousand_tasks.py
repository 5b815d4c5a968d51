import asyncio
import threading

import pytest

from demos.support.memory import Usage
from demos.support.processes import call, one_process_each
from demos.ten_thousand_tasks import (
    balance_after,
    deposit,
    deposit_broken,
    hold_tasks,
    hold_threads,
)
from tests.talks import PATIENCE


async def test_tasks_are_measured_while_all_wait_and_none_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Usage, "until_now", lambda _: len(asyncio.all_tasks()))
    held: object = await hold_tasks(100)
    assert held == 101
    assert len(asyncio.all_tasks()) == 1


def test_threads_are_measured_while_all_wait_and_none_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = threading.enumerate()
    monkeypatch.setattr(Usage, "until_now", lambda _: threading.active_count())
    held: object = hold_threads(20)
    assert held == len(before) + 20
    for thread in set(threading.enumerate()) - set(before):
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_waiting_thread_takes_more_memory_than_a_waiting_task() -> None:
    with one_process_each() as pool:
        tasks = pool.apply(call, (hold_tasks, 5000))
        threads = pool.apply(call, (hold_threads, 200))
    if tasks.memory == tasks.memory:  # not NaN: measured on this platform
        assert 0 < tasks.memory / 5000 < threads.memory / 200


async def test_an_await_between_read_and_write_loses_updates() -> None:
    assert await balance_after(deposit_broken, 100) == 1


async def test_a_lock_loses_none() -> None:
    assert await balance_after(deposit, 100) == 100
