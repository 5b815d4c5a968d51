import asyncio
import threading

import pytest

from demos.support import cores, holding
from demos.support.bars import Chart
from demos.support.memory import resident_memory
from demos.support.processes import call, one_process_each
from demos.ten_thousand_tasks import (
    balance_after,
    deposit_racy,
    deposit_safe,
    hold_tasks,
    hold_threads,
    main,
)
from tests.talks import PATIENCE


async def test_tasks_are_measured_while_all_wait_and_none_is_left() -> None:
    assert await hold_tasks(100, lambda: len(asyncio.all_tasks())) == 1
    assert len(asyncio.all_tasks()) == 1


def assert_only_left(before: list[threading.Thread]) -> None:
    for thread in set(threading.enumerate()) - set(before):
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_threads_are_measured_while_all_wait_and_none_is_left() -> None:
    before = threading.enumerate()
    assert hold_threads(20, threading.active_count) == 1
    assert_only_left(before)


def test_no_thread_is_left_where_no_more_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = threading.enumerate()
    start = threading.Thread.start

    def start_five(thread: threading.Thread) -> None:
        if threading.active_count() == len(before) + 5:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_five)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        hold_threads(20, threading.active_count)
    assert_only_left(before)


def test_a_waiting_thread_takes_more_memory_than_a_waiting_task() -> None:
    with one_process_each() as pool:
        task = pool.apply(call, (hold_tasks, 5000, resident_memory))
        thread = pool.apply(call, (hold_threads, 200, resident_memory))
    if task == task:  # not NaN: measured on this platform
        assert 0 < task < thread


async def test_an_await_between_read_and_write_loses_updates() -> None:
    assert await balance_after(100, deposit_racy) == 1


async def test_a_lock_loses_none() -> None:
    assert await balance_after(100, deposit_safe) == 100


def test_one_task_alone_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Chart, "settled", lambda _: True)
    monkeypatch.setattr(holding, "MEASURING", PATIENCE)
    monkeypatch.setattr(cores, "FREE", 0.0)  # of a machine that is busy with tests
    lesson = main(tasks=1, threads=1)
    assert lesson.startswith("Task: ")
    assert lesson.endswith(" µs; an await lost 0, a Lock 0")
    assert "1 × thread" in capsys.readouterr().out
