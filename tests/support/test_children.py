import asyncio
from collections.abc import Callable

import pytest

from demos.cancellation import child, in_gather, in_task_group
from demos.support.children import play, refuse_disturbed
from demos.support.history import ROWS, Scene, Step
from demos.support.samples import TooBusy

SECONDS = {"A": 0.8, "B": 0.0, "C": 0.4}  # B fails at once


@pytest.fixture
def scene() -> Scene:
    return Scene("", "asyncio", "waits")


def steps(scene: Scene) -> dict[str, list[str]]:
    return {row: [step.what for step in scene.steps[row]] for row in ROWS}


def test_no_child_of_a_task_group_is_left(scene: Scene) -> None:
    assert asyncio.run(play(scene, in_task_group, child, "B", SECONDS)) == 0
    assert steps(scene) == {
        "A": ["runs", "cleans up", "CancelledError"],
        "B": ["runs", "cleans up", "OSError"],
        "C": ["runs", "cleans up", "CancelledError"],
        "caller": ["waits", "ExceptionGroup"],
    }
    ends = [scene.steps[row][-1].at for row in ROWS]
    assert ends[-1] == max(ends)


def test_the_orphans_of_gather_are_counted_and_ended(scene: Scene) -> None:
    assert asyncio.run(play(scene, in_gather, child, "B", SECONDS)) == 2
    assert steps(scene) == {
        "A": ["runs", "orphan", "cleans up", "the demo ended it"],
        "B": ["runs", "cleans up", "OSError"],
        "C": ["runs", "orphan", "cleans up", "the demo ended it"],
        "caller": ["waits", "OSError"],
    }


def test_when_no_child_fails_all_are_done(scene: Scene) -> None:
    at_once = dict.fromkeys(SECONDS, 0.0)
    assert asyncio.run(play(scene, in_gather, child, seconds=at_once)) == 0
    done = ["runs", "cleans up", "done"]
    caller = ["waits", "goes on"]
    assert steps(scene) == {"A": done, "B": done, "C": done, "caller": caller}


async def test_to_be_cancelled_while_a_child_fails_is_not_missed(scene: Scene) -> None:
    cleaning = asyncio.Event()

    async def watched(
        seconds: float, fails: bool, tell: Callable[[str], object]
    ) -> None:
        def told(what: str) -> None:
            tell(what)
            if what == "cleans up" and not fails:
                cleaning.set()

        await child(seconds, fails, told)

    task = asyncio.create_task(play(scene, in_task_group, watched, "B", SECONDS))
    await cleaning.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps(scene)["caller"] == ["waits"]


FAILING = [Step("runs", 0.0), Step("cleans up", 0.5), Step("OSError", 0.6)]
CANCELLED = [Step("runs", 0.0), Step("cleans up", 0.6), Step("CancelledError", 0.7)]


def test_children_that_ran_until_one_had_failed_are_not_refused(scene: Scene) -> None:
    scene.steps |= {"A": CANCELLED, "B": FAILING, "C": CANCELLED}
    refuse_disturbed(scene)


@pytest.mark.parametrize("row", ["A", "C"])
def test_a_child_that_was_over_before_one_had_failed_is_refused(
    scene: Scene, row: str
) -> None:
    early = [Step("runs", 0.0), Step("cleans up", 0.55), Step("done", 0.65)]
    undisturbed = Scene("", "asyncio", "waits")
    undisturbed.steps |= {"A": CANCELLED, "B": FAILING, "C": CANCELLED}
    scene.steps |= {"A": CANCELLED, "B": FAILING, "C": CANCELLED} | {row: early}
    with pytest.raises(TooBusy, match=r"was over before one of 0.5 s had failed"):
        refuse_disturbed(undisturbed, scene)
