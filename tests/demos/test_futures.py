import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from demos.futures import Jobs, ask, in_loop, in_thread, state
from demos.support.history import History

AFTER = ["goes on", "result()"]
SETTLED = {
    "A": ["pending", "● result 42"],
    "B": ["pending", "▲ exception ZeroDivisionError"],
    "C": ["pending", "■ cancelled"],
}


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def jobs() -> Jobs:
    stop = Event()
    return [(stop, 0.4, 1), (stop, 0.4, 0), (stop, 0.4, 1)]


def histories() -> dict[str, History]:
    return {row: History() for row in ("A", "B", "C", "caller")}


def steps(log: dict[str, History]) -> dict[str, list[str]]:
    return {row: [step for step, _ in history] for row, history in log.items()}


def test_states_of_a_concurrent_future() -> None:
    done, failed, cancelled = Future[int](), Future[int](), Future[int]()
    assert state(done) == "pending"
    done.set_result(42)
    failed.set_exception(OSError())
    assert cancelled.cancel()
    assert [*map(state, (done, failed, cancelled))] == [
        "● result 42",
        "▲ exception OSError",
        "■ cancelled",
    ]


async def test_states_of_an_asyncio_future() -> None:
    loop = asyncio.get_running_loop()
    done, failed, cancelled = (loop.create_future() for _ in range(3))
    assert state(done) == "pending"
    done.set_result(42)
    failed.set_exception(OSError())
    assert cancelled.cancel()
    assert [*map(state, (done, failed, cancelled))] == [
        "● result 42",
        "▲ exception OSError",
        "■ cancelled",
    ]


async def test_asyncio_raises_while_pending() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    assert ask(future) == "InvalidStateError"
    future.set_result(1)
    assert ask(future) == "● result 1"


def test_in_a_thread_the_caller_gets_the_result_late(pool: ThreadPoolExecutor) -> None:
    log = histories()
    in_thread(pool, jobs(), log)
    pool.shutdown()
    assert steps(log) == SETTLED | {"caller": [*AFTER, "● result 42"]}


async def test_in_a_loop_the_caller_gets_an_exception_first(
    pool: ThreadPoolExecutor,
) -> None:
    log = histories()
    await in_loop(pool, jobs(), log)
    caller = [*AFTER, "InvalidStateError", "● result 42"]
    assert steps(log) == SETTLED | {"caller": caller}
