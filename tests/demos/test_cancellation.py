import asyncio
import re
from collections.abc import Callable

import pytest

from demos.cancellation import (
    Children,
    child,
    in_gather,
    in_task_group,
    in_timeout,
    main,
)
from demos.support.children import SECONDS
from demos.support.console import console
from demos.support.samples import TooBusy

Told = list[tuple[str, str]]

BOTH = ["runs", "cleans up"]


def teller(told: Told, who: str) -> Callable[[str], object]:
    return lambda what: told.append((who, what))


def children(told: Told, *, b_fails: bool) -> Children:
    """Return three of which B ends at once, long before A and C would."""
    return [
        child(0.8, False, teller(told, "A")),
        child(0.0, b_fails, teller(told, "B")),
        child(0.4, False, teller(told, "C")),
    ]


def of(who: str, told: Told) -> list[str]:
    return [what for name, what in told if name == who]


def others() -> set[asyncio.Task[object]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_a_child_cleans_up_when_it_is_done() -> None:
    told: list[str] = []
    await child(0.0, False, told.append)
    assert told == BOTH


async def test_a_child_cleans_up_when_it_fails() -> None:
    told: list[str] = []
    with pytest.raises(OSError, match="connection lost"):
        await child(0.0, True, told.append)
    assert told == BOTH


async def test_a_child_cleans_up_when_it_is_cancelled() -> None:
    told: list[str] = []
    task = asyncio.create_task(child(60.0, False, told.append))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert told == BOTH
    task.cancel()  # it would clean up for a while
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_task_group_ends_the_siblings_of_a_child_that_fails() -> None:
    told: Told = []
    with pytest.raises(ExceptionGroup) as caught:
        await in_task_group(children(told, b_fails=True))
    assert [type(error) for error in caught.value.exceptions] == [OSError]
    assert of("A", told) == of("B", told) == of("C", told) == BOTH
    assert not others()


async def test_a_timeout_ends_who_is_not_done() -> None:
    told: Told = []
    with pytest.raises(TimeoutError):
        await in_timeout(0.05, children(told, b_fails=False))
    assert of("A", told) == of("B", told) == of("C", told) == BOTH
    assert not others()


async def test_a_timeout_that_is_long_enough_changes_nothing() -> None:
    told: list[str] = []
    await in_timeout(60, [child(0.0, False, told.append)])
    assert told == BOTH


async def test_gather_raises_while_the_siblings_go_on() -> None:
    told: Told = []
    with pytest.raises(OSError, match="connection lost"):
        await in_gather(children(told, b_fails=True))
    assert of("B", told) == BOTH
    assert of("A", told) == of("C", told) == ["runs"]
    orphans = others()
    assert len(orphans) == 2
    _, (last,) = await asyncio.wait(orphans, return_when=asyncio.FIRST_COMPLETED)
    assert of("C", told) == BOTH
    last.cancel()
    await asyncio.wait([last])
    assert of("A", told) == BOTH


def set_seconds(monkeypatch: pytest.MonkeyPatch, **seconds: float) -> None:
    for row, each in seconds.items():
        monkeypatch.setitem(SECONDS, row, each)


def test_the_lesson_counts_who_was_cancelled_and_who_was_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_seconds(monkeypatch, A=4.0, B=0.0, C=2.0)
    with console.capture() as captured:
        lesson = main(timeout=0.1)
    assert re.fullmatch(
        r"TaskGroup cancelled 2 and left 0 running, "
        r"timeout [23] and 0; gather left 2",
        lesson,
    )
    assert captured.get().count("the demo ended it") == 2


def test_where_a_child_is_over_before_one_fails_there_is_no_lesson(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_seconds(monkeypatch, A=0.2, B=0.2, C=0.0)
    with console.capture() as captured, pytest.raises(TooBusy):
        main(timeout=0.1)
    assert "gather(): B fails" in captured.get()
