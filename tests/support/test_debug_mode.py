import asyncio
import logging
import re
import time

from demos.support.debug_mode import debug_message


async def slow_step() -> None:
    time.sleep(0.11)  # noqa: ASYNC251 - the blocking call is what it is about


def test_a_slow_step_is_reported_in_a_line() -> None:
    assert re.fullmatch(
        r"Executing <Task finished coro=<slow_step\(\) done>> took \d\.\d\d\d seconds",
        debug_message(slow_step()),
    )


def test_a_quick_step_is_not_reported_and_nothing_is_left_behind() -> None:
    assert debug_message(asyncio.sleep(0)).startswith("nothing")
    assert logging.getLogger("asyncio").handlers == []
