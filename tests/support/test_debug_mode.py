import asyncio
import logging
import time

from demos.support.debug_mode import debug_messages


async def slow_step() -> None:
    time.sleep(0.11)  # noqa: ASYNC251 - the blocking call is what it is about


def test_a_slow_step_is_reported_without_folders() -> None:
    messages = debug_messages(slow_step())
    assert any("slow_step() done" in line and " took 0." in line for line in messages)
    assert any("defined at test_debug_mode.py:" in line for line in messages)
    assert not any("/" in line for line in messages)


def test_a_quick_step_is_not_reported_and_nothing_is_left_behind() -> None:
    assert debug_messages(asyncio.sleep(0)) == []
    assert logging.getLogger("asyncio").handlers == []
