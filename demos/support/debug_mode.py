"""What asyncio's debug mode has to say."""

import asyncio
import re
from collections.abc import Coroutine
from logging import getLogger
from logging.handlers import BufferingHandler
from typing import Any


def debug_messages(main: Coroutine[Any, Any, object]) -> list[str]:
    """Run `main` in debug mode and return what the 'asyncio' logger was told.

    Folders are left out of the messages, as they tell of this machine only. A step
    of more than 0.1 s (`loop.slow_callback_duration`) is one thing it reports.
    """
    log, logger = BufferingHandler(1000), getLogger("asyncio")
    logger.addHandler(log)
    try:
        asyncio.run(main, debug=True)
    finally:
        logger.removeHandler(log)
    messages = [record.getMessage() for record in log.buffer]
    return [re.sub(r" at .*?(\w+\.py:)", r" at \1", message) for message in messages]
