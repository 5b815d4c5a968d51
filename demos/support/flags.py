"""What a demo says of its flags: the help of each, and the numbers it accepts.

    def main(files: Annotated[int, Flag("files to download", 1, 10_000)] = 40):

becomes ``--files`` (see ``commands``).
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from invoke.exceptions import Exit

LONGEST = 40  # characters of what was given instead of a number, told back

_WRITTEN = {  # as Python writes it: float("1_0") and int("１") are numbers, too
    int: re.compile(r"[+-]?(0|[1-9][0-9]*)"),
    float: re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE),
}


@dataclass(frozen=True)
class Flag:
    """What ``invoke --help`` says of a parameter, and the numbers it accepts."""

    help: str
    least: float = -math.inf
    most: float = math.inf

    def number(self, name: str, kind: type[int] | type[float], text: str) -> float:
        """Return `text` as a number; raise UsageError if it is none, or out of bounds.

        `name` is the parameter's.
        """
        try:
            value = kind(text) if _WRITTEN[kind].fullmatch(text) else math.nan
        except ValueError:  # too many digits for Python
            value = math.nan
        if self.least <= value <= self.most and abs(value) != math.inf:
            return value
        noun = "a whole number" if kind is int else "a number"
        bounds = f" {self.bounds}" if self.bounds else ""
        flag = f"--{name.replace('_', '-')}"
        given = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        raise UsageError(f"{flag} takes {noun}{bounds}, not {given!r}")

    @property
    def bounds(self) -> str:
        """What numbers it accepts, in words; "" for any."""
        if math.isfinite(self.most):
            return f"from {self.least} to {self.most}"
        return f"of at least {self.least}" if math.isfinite(self.least) else ""


class UsageError(Exit):
    """A command line that makes no sense: one line and exit code 2."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} (see: invoke --list, invoke --help COMMAND)", code=2)


def some_of(names: Iterable[str], text: str | None, flag: str) -> list[str]:
    """Return the names that commas separate in `text`; all of them, if it is None.

    Raises UsageError for one that is not among `names`; `flag` is what it was given to.
    """
    known = list(names)
    if text is None:
        return known
    chosen = [name.strip() for name in text.split(",")]
    for name in chosen:
        if name not in known:
            raise UsageError(f"{flag} takes some of {','.join(known)}, not {name!r}")
    return chosen
