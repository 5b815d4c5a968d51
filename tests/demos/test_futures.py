import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from demos.futures import ask, call, call_async, follow, state

Told = list[tuple[str, str]]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def of(who: str, told: Told) -> list[str]:
    return [what for name, what in told if name == who]


def nothing() -> None:
    pass


async def nothing_async() -> None:
    await asyncio.sleep(0)


def test_states_of_a_concurrent_future() -> None:
    done, failed, cancelled = Future[int](), Future[int](), Future[int]()
    assert state(done) == "pending"
    done.set_result(42)
    failed.set_exception(OSError())
    assert cancelled.cancel()
    ends = [state(future) for future in (done, failed, cancelled)]
    assert ends == ["result 42", "OSError", "cancelled"]


async def test_states_of_an_asyncio_future() -> None:
    loop = asyncio.get_running_loop()
    done, failed, cancelled = (loop.create_future() for _ in range(3))
    assert state(done) == "pending"
    done.set_result(42)
    failed.set_exception(OSError())
    assert cancelled.cancel()
    ends = [state(future) for future in (done, failed, cancelled)]
    assert ends == ["result 42", "OSError", "cancelled"]


def test_a_future_is_followed_to_its_end() -> None:
    told: Told = []
    future = Future[int]()
    follow("A", future, lambda *step: told.append(step))
    future.set_result(1)
    assert told == [("A", "pending"), ("A", "result 1")]


async def test_asyncio_raises_while_pending() -> None:
    told: Told = []
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    assert ask(future, lambda *step: told.append(step)) == "InvalidStateError"
    future.set_result(1)
    assert ask(future, lambda *step: told.append(step)) == "result 1"
    assert of("caller", told) == ["asks", "InvalidStateError", "asks", "result 1"]


def test_asked_too_early_a_concurrent_future_blocks(pool: ThreadPoolExecutor) -> None:
    told: Told = []
    asked = threading.Event()

    def tell(who: str, what: str) -> None:
        told.append((who, what))
        if what == "asks":
            asked.set()

    def divide(dividend: int, divisor: int) -> int:
        assert asked.wait(60)
        return dividend // divisor

    assert call(pool, divide, nothing, tell) == "result 7"
    pool.shutdown()
    assert {who: of(who, told) for who, _ in told} == {
        "A": ["pending", "result 7"],
        "B": ["pending", "ZeroDivisionError"],
        "C": ["pending", "cancelled"],
        "caller": ["asks", "result 7"],
    }


async def test_asked_too_early_an_asyncio_future_raises() -> None:
    told: Told = []
    asked = asyncio.Event()

    def tell(who: str, what: str) -> None:
        told.append((who, what))
        if what == "asks":
            asked.set()

    async def divide(dividend: int, divisor: int) -> int:
        await asked.wait()
        return dividend // divisor

    assert await call_async(divide, nothing_async, tell) == "InvalidStateError"
    assert {who: of(who, told) for who, _ in told} == {
        "A": ["pending", "result 7"],
        "B": ["pending", "ZeroDivisionError"],
        "C": ["pending", "cancelled"],
        "caller": ["asks", "InvalidStateError"],
    }


def test_asked_when_done_a_concurrent_future_answers(pool: ThreadPoolExecutor) -> None:
    told: Told = []
    done = threading.Event()

    def tell(who: str, what: str) -> None:
        told.append((who, what))
        if what == "result 7":
            done.set()

    def divide(dividend: int, divisor: int) -> int:
        return dividend // divisor

    assert call(pool, divide, lambda: done.wait(60), tell) == "result 7"
    assert told.index(("A", "result 7")) < told.index(("caller", "asks"))


async def test_asked_when_done_an_asyncio_future_answers() -> None:
    told: Told = []

    async def divide(dividend: int, divisor: int) -> int:
        return dividend // divisor

    answer = await call_async(divide, nothing_async, lambda *step: told.append(step))
    assert answer == "result 7"
    assert told.index(("A", "result 7")) < told.index(("caller", "asks"))
