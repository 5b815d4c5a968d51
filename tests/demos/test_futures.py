import asyncio
import contextlib
import re
import threading
from concurrent.futures import Future

import pytest

from demos.futures import ask, follow, in_event_loop, in_threads, main, state
from demos.support import division
from demos.support.console import console
from demos.support.samples import TooBusy

Told = list[tuple[str, str]]


def of(who: str, told: Told) -> list[str]:
    return [what for name, what in told if name == who]


def test_states_of_a_concurrent_future() -> None:
    done, failed, cancelled = Future[int](), Future[int](), Future[int]()
    assert state(done) == "not done"
    done.set_result(42)
    failed.set_exception(OSError())
    assert cancelled.cancel()
    ends = [state(future) for future in (done, failed, cancelled)]
    assert ends == ["result 42", "OSError", "cancelled"]


async def test_states_of_an_asyncio_future() -> None:
    loop = asyncio.get_running_loop()
    done, failed, cancelled = (loop.create_future() for _ in range(3))
    assert state(done) == "not done"
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
    assert told == [("A", "not done"), ("A", "result 1")]


async def test_asyncio_raises_while_pending() -> None:
    told: Told = []
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    ask(future, lambda *step: told.append(step))
    future.set_result(1)
    ask(future, lambda *step: told.append(step))
    assert of("caller", told) == ["asks", "InvalidStateError", "asks", "result 1"]


class Pace:
    """What is told, and jobs that go on only when it has been told.

    The caller goes on from C's future when its job has begun.
    """

    def __init__(self, last: str) -> None:
        """The jobs return when the caller has told `last`."""
        self.last = last
        self.told: Told = []
        self.begun = threading.Semaphore(0)
        self.caller = threading.Event()
        self.caller_async = asyncio.Event()

    def tell(self, who: str, what: str) -> None:
        self.told.append((who, what))
        if (who, what) == ("C", "not done"):
            assert self.begun.acquire(timeout=60)
        if (who, what) == ("caller", self.last):
            self.caller.set()
            self.caller_async.set()

    def divide(self, dividend: int, divisor: int) -> int:
        if divisor == 7:
            self.begun.release()
        assert self.caller.wait(60)
        return dividend // divisor

    def divide_and_tell(self, dividend: int, divisor: int) -> int:
        result = self.divide(dividend, divisor)
        self.told.append(("job", str(result)))
        return result

    async def divide_async(self, dividend: int, divisor: int) -> int:
        await self.caller_async.wait()
        return dividend // divisor


def test_asked_too_early_a_concurrent_future_blocks_and_none_is_cancelled() -> None:
    pace = Pace("asks")
    in_threads(pace.divide, 0, pace.tell)
    assert {who: of(who, pace.told) for who, _ in pace.told} == {
        "A": ["not done", "result 7"],
        "B": ["not done", "ZeroDivisionError"],
        "C": ["not done", "cancel(): False", "result 6"],
        "caller": ["asks", "result 7"],
    }


def test_asked_too_early_an_asyncio_future_raises_and_one_is_cancelled() -> None:
    pace = Pace("InvalidStateError")
    asyncio.run(in_event_loop(pace.divide_async, pace.divide_and_tell, 0, pace.tell))
    assert {who: of(who, pace.told) for who, _ in pace.told} == {
        "A": ["not done", "result 7"],
        "B": ["not done", "ZeroDivisionError"],
        "C": ["not done", "cancelled"],
        "job": ["6"],
        "caller": ["asks", "InvalidStateError"],
    }
    assert pace.told.index(("C", "cancelled")) < pace.told.index(("job", "6"))


def test_asked_when_done_a_concurrent_future_answers() -> None:
    told: Told = []
    done = threading.Event()

    def tell(who: str, what: str) -> None:
        told.append((who, what))
        if (who, what) == ("A", "result 7"):
            done.set()
        if who == "C":  # the caller goes on to work when it has told this
            assert done.wait(60)

    def divide(dividend: int, divisor: int) -> int:
        return dividend // divisor

    in_threads(divide, 0, tell)
    assert of("caller", told) == ["asks", "result 7"]
    assert told.index(("A", "result 7")) < told.index(("caller", "asks"))


async def test_asked_when_done_an_asyncio_future_answers() -> None:
    told: Told = []

    def divide(dividend: int, divisor: int) -> int:
        return dividend // divisor

    async def divide_async(dividend: int, divisor: int) -> int:
        return divide(dividend, divisor)

    await in_event_loop(divide_async, divide, 0, lambda *step: told.append(step))
    assert of("caller", told) == ["asks", "result 7"]
    assert told.index(("A", "result 7")) < told.index(("caller", "asks"))


def test_the_lesson_says_when_the_caller_asked_and_what_it_got(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(division, "SECONDS", 0.4)
    monkeypatch.setattr(division, "FAILING_SECONDS", 0.3)
    with console.capture(), contextlib.suppress(TooBusy):
        assert re.fullmatch(
            r"Asked at \d\.\d\d s: blocked \d\.\d\d s, or InvalidStateError; "
            r"no thread was cancelled",
            main(ask_after=0.2),
        )


def test_where_the_jobs_are_over_too_early_there_is_no_lesson(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(division, "SECONDS", 0.0)
    monkeypatch.setattr(division, "FAILING_SECONDS", 0.0)
    with console.capture() as captured, pytest.raises(TooBusy):
        main(ask_after=0.2)
    assert "result 7" in captured.get()
