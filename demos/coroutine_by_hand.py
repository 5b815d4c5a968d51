"""A coroutine is a function that can be suspended: send() drives it, with no loop.

Run:       invoke demo.coroutine-by-hand
Look for:  ▶ runs, ■ is suspended there, and has kept its line and its variables;
           then let add() ask a third time, and run it again.
Try next:  invoke demo.coroutine-by-hand --answers 1
           invoke demo.event-loop-trace
"""

import types
from collections.abc import Coroutine, Generator
from typing import Annotated

from demos.support.catalog import run
from demos.support.coroutine_view import recorded, show
from demos.support.flags import Flag

Adding = Coroutine[str, int | None, int]  # yields, is sent, returns


def by_hand(coro: Adding, *answers: int) -> object:
    """Drive a coroutine with no event loop."""
    try:
        question = coro.send(None)
        for answer in answers:
            question = coro.send(answer)
    except StopIteration as stop:
        return stop.value
    return question


async def add() -> int:
    """Ask twice: an await goes down to a yield."""
    first = await ask("first?")
    second = await ask("second?")
    return first + second


@types.coroutine
def ask(question: str) -> Generator[str, int, int]:
    """Hand the question to whoever drives us."""
    answer = yield question
    return answer


def main(
    answers: Annotated[int, Flag("questions answered at most", 0, 100)] = 10,
    pace: Annotated[float, Flag("seconds a line", 0, 10)] = 0.35,
) -> str:
    """Run it once, recorded line by line, then show the lines."""
    drive = recorded(by_hand, add(), *range(42, 42 + answers))
    show(drive.steps, pace)
    if line := drive.left_in:
        return f"Nobody resumes add(): suspended in line {line}, it never returns."
    return f"No loop: {drive.sends} × send(), and add() has returned {drive.result}."


if __name__ == "__main__":
    run(__file__)
