"""What a show says on the speaker's terminal: a line each, and not a long one."""

import contextlib
import logging

from demos.support.console import console

LONGEST = 300  # characters
MOST = 20  # lines about what goes wrong in the server
LOG = logging.getLogger(__name__)  # of what goes wrong in the server


def one_line(text: str) -> str:
    """Return a text as one line, which does nothing to a terminal but stand there."""
    line = "".join(each if each.isprintable() else " " for each in text)
    line = " ".join(line.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 2]} …"


def tell(text: str, style: str | None = None) -> None:
    """Say a text as it stands; a terminal that is gone does not end the show."""
    with contextlib.suppress(OSError, SystemExit):  # rich's, of a broken pipe
        console.print(text, style=style, markup=False, soft_wrap=True)


def say(text: str) -> None:
    """Say a text in one line."""
    tell(one_line(text))


class Lines(logging.Handler):
    """Says what is logged: each thing in one line and once, and not without end."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Say what was logged, as long as it is new, and one of the first."""
        error = record.exc_info[1] if record.exc_info else None
        why = f": {type(error).__name__}: {error}" if error else ""
        line = one_line(f"the server: {record.getMessage()}{why}")
        if line in self._said or len(self._said) == MOST:
            return
        self._said.add(line)
        say(line)
        if len(self._said) == MOST:
            say("the server: what else goes wrong there is not said any more")


def keep_quiet() -> None:
    """Let no library write to the terminal by itself.

    What aiohttp logs is the mistakes of those who ask for something: nothing is said of
    them. What is left is a line.
    """
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    lines = Lines()
    for logger in (LOG, logging.getLogger("asyncio")):
        logger.addHandler(lines)
        logger.propagate = False
