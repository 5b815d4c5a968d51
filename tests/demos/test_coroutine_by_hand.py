import inspect
from pathlib import Path

import pytest

from demos.coroutine_by_hand import add, by_hand, main
from demos.support.console import WIDTH, console
from demos.support.source import ROWS
from tests.demos.changed import changed, last_picture

SECOND = '    second = await ask("second?")\n'
TOTAL = "    return first + second\n"


def test_send_gives_what_was_yielded_and_stop_iteration_carries_the_result() -> None:
    assert by_hand(add(), 42, 8) == 50


@pytest.mark.parametrize(("answers", "asked"), [((), "first?"), ((42,), "second?")])
def test_without_an_answer_it_stays_suspended(
    answers: tuple[int, ...], asked: str
) -> None:
    coroutine = add()
    assert by_hand(coroutine, *answers) == asked
    assert inspect.getcoroutinestate(coroutine) == "CORO_SUSPENDED"
    coroutine.close()


def test_the_lesson_counts_what_was_sent() -> None:
    with console.capture():
        assert main(pace=0) == "No event loop: 3 × send(), and add() has returned 85"


@pytest.mark.parametrize(("questions", "line"), [(0, "first?"), (1, "second?")])
def test_nobody_resumes_what_nobody_answers(questions: int, line: str) -> None:
    with console.capture() as captured:
        lesson = main(questions=questions, pace=0)
    (row,) = [row for row in captured.get().splitlines() if f'ask("{line}")' in row]
    number, glyph, *_ = row.split()
    assert glyph == "■"
    assert lesson == (
        f"Nobody resumes add(): suspended in line {number}, it never returns"
    )


@pytest.mark.parametrize(
    ("replaced", "lesson"),
    [
        pytest.param(
            {TOTAL: '    third = await ask("third?")\n    return first + third\n'},
            "4 × send(), and add() has returned 86",
            id="a third await",
        ),
        pytest.param(
            {SECOND: "", TOTAL: "    return first\n"},
            "2 × send(), and add() has returned 42",
            id="one await",
        ),
        pytest.param(
            {
                '    first = await ask("first?")\n': "    total = 1\n",
                SECOND: "",
                TOTAL: "    return total\n",
            },
            "1 × send(), and add() has returned 1",
            id="no await, a local",
        ),
        pytest.param(
            {
                SECOND: "    other = await twice()\n",
                TOTAL: """    return first + other


async def twice() -> int:
    return 2 * await ask("how much?")
""",
            },
            "3 × send(), and add() has returned 128",
            id="two coroutines",
        ),
        pytest.param(
            {
                SECOND: "    second = 0\n",
                TOTAL: '    while True:\n        second += await ask("more?")\n',
            },
            "Nobody resumes add(): suspended in line 37, it never returns",
            id="no end",
        ),
    ],
)
def test_add_can_be_changed(
    replaced: dict[str, str], lesson: str, tmp_path: Path
) -> None:
    rows, said = last_picture(changed("coroutine_by_hand", tmp_path, replaced))
    assert lesson in said
    for new in "".join(replaced.values()).splitlines():
        assert not new or any(new in row for row in rows)
    assert len(rows) <= ROWS
    assert max(map(len, rows)) <= WIDTH


def test_an_error_in_a_changed_coroutine_is_that_error(tmp_path: Path) -> None:
    demo = changed("coroutine_by_hand", tmp_path, {SECOND: ""})
    with pytest.raises(NameError, match="second"):
        last_picture(demo)
