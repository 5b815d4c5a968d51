"""What asyncio's debug mode has to say."""

import asyncio
import re
from collections.abc import Coroutine
from logging import getLogger
from logging.handlers import BufferingHandler
from typing import Any

# Of a task: its name, its result, and where it was defined and created.
ASIDE = r" name='[^']*'|,? (defined|created|running) at .*?:\d+| result=[^ >]*"


def debug_message(main: Coroutine[Any, Any, object]) -> str:
    """Run `main` in debug mode and return the first that the 'asyncio' logger is told.

    A step of more than 0.1 s (`loop.slow_callback_duration`) is one thing it reports.
    """
    log, logger = BufferingHandler(1000), getLogger("asyncio")
    logger.addHandler(log)
    try:
        asyncio.run(main, debug=True)
    finally:
        logger.removeHandler(log)
    for record in log.buffer:
        return re.sub(ASIDE, "", record.getMessage())
    return "nothing, as no step took more than 0.1 seconds"
