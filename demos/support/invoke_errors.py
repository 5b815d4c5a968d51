"""invoke's own complaints about a command line, made UsageErrors.

invoke itself ends with exit code 1 on a wrong command line, and names an object of its
own where a value is missing.
"""

import re

import invoke.completion.complete
import invoke.parser.parser
import invoke.program
from invoke.parser.context import ParserContext

from demos.support.flags import UsageError


class ParseError(UsageError):
    """Stands in for invoke's class of that name."""

    def __init__(self, text: str, context: ParserContext | None = None) -> None:
        valueless = re.match(r"Flag <Argument: ([\w-]+)", text)
        if valueless:
            text = f"--{valueless[1].replace('_', '-')} needs a value"
        super().__init__(text)
        self.context = context
        # invoke prints a ParseError, and then the message of an Exit: this is both.
        self.args, self.message = (self.message,), None


def replace_parse_error() -> None:
    """Let invoke raise and catch these; no bad flag ends a shell completion."""
    invoke.parser.parser.ParseError = ParseError  # type: ignore[assignment,attr-defined]
    invoke.program.ParseError = ParseError  # type: ignore[assignment,attr-defined]
    invoke.completion.complete.ParseError = UsageError  # type: ignore[assignment,attr-defined]
