import asyncio

import pytest

from demos.cancellation import (
    Children,
    child,
    in_gather,
    in_task_group,
    in_timeout,
    play,
)
from demos.support.history import History

SECONDS = (0.8, 0.0, 0.4)  # B fails at once, long before A and C would be done


@pytest.fixture
def logs() -> list[History]:
    return [History() for _ in range(4)]


def children(logs: list[History], b_fails: bool) -> Children:
    jobs = zip(SECONDS, (False, b_fails, False), logs, strict=False)
    return [child(*job) for job in jobs]


def scene(logs: list[History]) -> dict[str, History]:
    return dict(zip(("A", "B", "C", "caller"), logs, strict=True))


def steps(logs: list[History]) -> list[list[str]]:
    return [[step for step, _ in log] for log in logs]


async def test_a_task_group_ends_the_siblings_of_a_child_that_fails(
    logs: list[History],
) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        await in_task_group(children(logs, b_fails=True))
    assert [type(error) for error in caught.value.exceptions] == [OSError]
    a, b, c, _ = steps(logs)
    assert a == c == ["running", "■ CancelledError", "finally"]
    assert b == ["running", "▲ OSError", "finally"]
    assert len(asyncio.all_tasks()) == 1


async def test_a_timeout_ends_who_is_not_done(logs: list[History]) -> None:
    with pytest.raises(TimeoutError):
        await in_timeout(0.05, children(logs, b_fails=False))
    a, b, c, _ = steps(logs)
    assert a == c == ["running", "■ CancelledError", "finally"]
    assert b == ["running", "● done", "finally"]
    assert len(asyncio.all_tasks()) == 1


async def test_gather_raises_while_the_siblings_go_on(logs: list[History]) -> None:
    with pytest.raises(OSError, match="connection lost"):
        await in_gather(children(logs, b_fails=True))
    a, b, c, _ = steps(logs)
    assert a == c == ["running"]
    assert b == ["running", "▲ OSError", "finally"]
    orphans = asyncio.all_tasks() - {asyncio.current_task()}
    assert len(orphans) == 2
    _, (last,) = await asyncio.wait(orphans, return_when=asyncio.FIRST_COMPLETED)
    assert steps(logs)[2] == ["running", "● done", "finally"]
    last.cancel()
    await asyncio.wait([last])
    assert steps(logs)[0] == ["running", "■ CancelledError", "finally"]


def test_the_scene_counts_the_orphans_and_leaves_none(logs: list[History]) -> None:
    assert asyncio.run(play(in_gather, True, scene(logs), SECONDS)) == 2
    a, _, c, caller = steps(logs)
    assert a == c == ["running", "▲ orphan", "■ CancelledError", "finally"]
    assert caller == ["waits", "▲ got OSError"]


def test_the_scene_of_a_task_group_has_no_orphans(logs: list[History]) -> None:
    assert asyncio.run(play(in_task_group, True, scene(logs), SECONDS)) == 0
    order = sorted((when, step) for log in logs for step, when in log)
    assert order[-1][1] == "▲ got ExceptionGroup"
