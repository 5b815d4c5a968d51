"""A coroutine is a function that can be suspended; send() drives it, no event loop.

Run:       invoke demo.coroutine-by-hand
Look for:  ▶ runs, ■ is suspended there, and has kept its line and its variables.
Your own:  let add() ask a third time, and run it again.
Try next:  invoke demo.coroutine-by-hand --questions 1
           invoke demo.event-loop-trace
"""

import types
from collections.abc import Coroutine, Generator
from typing import Annotated

from demos.support.catalog import run
from demos.support.coroutine_view import recorded, show
from demos.support.flags import Flag

Coro = Coroutine[str, int | None, int]  # yields, is sent, returns


def by_hand(coro: Coro, *answers: int) -> object:
    """Drive a coroutine with no event loop."""
    try:
        question = coro.send(None)  # starts it
        for answer in answers:
            question = coro.send(answer)  # resumes
    except StopIteration as stop:  # it has returned
        return stop.value
    return question  # no answers left: suspended


async def add() -> int:
    """Ask twice: each await pauses at the yield in ask()."""
    first = await ask("first?")
    second = await ask("second?")
    return first + second


@types.coroutine  # lets a generator be awaited
def ask(question: str) -> Generator[str, int, int]:
    """Hand the question to whoever drives us."""
    answer = yield question  # paused until send()
    return answer


def main(
    questions: Annotated[int, Flag("to answer at most", 0, 100)] = 10,
    pace: Annotated[float, Flag("seconds a line", 0, 10)] = 0.35,
) -> str:
    """Run it once, recorded line by line, then show the lines."""
    record = recorded(by_hand, add(), *range(42, 42 + questions))
    show(record.steps, pace)
    if line := record.left_in:
        return f"Nobody resumes add(): suspended in line {line}, it never returns"
    return (
        f"No event loop: {record.sends} × send(), "
        f"and add() has returned {record.result}"
    )


if __name__ == "__main__":
    run(__file__)
