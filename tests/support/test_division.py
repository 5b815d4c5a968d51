import pytest

from demos.support import division
from demos.support.division import (
    divide,
    divide_and_tell,
    divide_async,
    refuse_disturbed,
)
from demos.support.history import Scene, Step
from demos.support.samples import TooBusy

IN_THREADS = {
    "A": [Step("not done", 0.0), Step("result 7", 3.0)],
    "C": [Step("not done", 0.0), Step("cancel(): False", 1.0), Step("result 6", 3.0)],
    "caller": [Step("works", 0.0), Step("asks", 2.0), Step("result 7", 3.0)],
}
RETURNED = Step("its job returned 6", 3.0)
IN_LOOP = IN_THREADS | {
    "C": [Step("not done", 0.0), Step("cancelled", 1.0), RETURNED],
    "caller": [Step("works", 0.0), Step("asks", 2.0), Step("InvalidStateError", 2.0)],
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "SECONDS", 0.001)
    monkeypatch.setattr(division, "FAILING_SECONDS", 0.001)


def scene(steps: dict[str, list[Step]]) -> Scene:
    made = Scene("", "", "works")
    made.steps |= steps
    return made


def test_a_division_in_a_thread() -> None:
    assert divide(42, 6) == 7
    with pytest.raises(ZeroDivisionError):
        divide(42, 0)


async def test_a_division_in_the_loop() -> None:
    assert await divide_async(42, 6) == 7
    with pytest.raises(ZeroDivisionError):
        await divide_async(42, 0)


def test_a_division_that_tells_when_it_has_returned() -> None:
    told: list[tuple[str, str]] = []
    assert divide_and_tell(lambda *step: told.append(step))(42, 7) == 6
    assert told == [("C", "its job returned 6")]


def test_two_scenes_in_order_are_not_refused() -> None:
    refuse_disturbed(scene(IN_THREADS), scene(IN_LOOP))


@pytest.mark.parametrize(
    ("in_threads", "in_loop", "seen"),
    [
        pytest.param(
            {"C": [Step("not done", 0.0), Step("cancelled", 1.0)]},
            {},
            "the pool had not begun C",
            id="in the queue when it was cancelled",
        ),
        pytest.param(
            {},
            {"C": [Step("not done", 0.0), Step("cancelled", 1.0)]},
            "the job of C was not under way",
            id="never begun",
        ),
        pytest.param(
            {},
            {"C": [Step("not done", 0.0), RETURNED, Step("result 6", 3.0)]},
            "the job of C was not under way",
            id="over when it was cancelled",
        ),
        pytest.param(
            {},
            {"caller": [Step("works", 0.0), Step("asks", 2.5), Step("result 7", 2.5)]},
            "the caller asked after 2.00 and 2.50 s",
            id="asked late",
        ),
        pytest.param(
            {},
            {"A": [Step("not done", 0.0), Step("result 7", 1.9)]},
            "the result of A came before one caller asked",
            id="done early",
        ),
    ],
)
def test_what_a_busy_machine_has_disturbed_is_refused(
    in_threads: dict[str, list[Step]], in_loop: dict[str, list[Step]], seen: str
) -> None:
    with pytest.raises(TooBusy, match=seen):
        refuse_disturbed(scene(IN_THREADS | in_threads), scene(IN_LOOP | in_loop))
