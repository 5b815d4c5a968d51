"""invoke's own complaints about a command line, made UsageErrors.

invoke itself ends with exit code 1 on a wrong command line, and names an object of its
own where a value is missing. While a line is still being typed, it says nothing.
"""

import re
import shlex

import invoke.completion.complete
import invoke.parser.parser
import invoke.program
from invoke.collection import Collection
from invoke.completion.complete import complete as invoke_complete
from invoke.exceptions import Exit
from invoke.parser import Parser
from invoke.parser.context import ParserContext
from invoke.parser.parser import ParseResult

from demos.support.flags import UsageError


class ParseError(UsageError):
    """Stands in for invoke's class of that name."""

    def __init__(self, text: str, context: ParserContext | None = None) -> None:
        valueless = re.match(r"Flag <Argument: ([\w-]+)", text)
        if valueless:
            text = f"--{valueless[1].replace('_', '-')} needs a value"
        if named := re.match(r"No idea what '((?:demo\.|--)[\w-]*_[\w-]*)' is", text):
            text += f" Names have hyphens: {named[1].replace('_', '-')}"
        super().__init__(text)
        self.context = context
        # invoke prints a ParseError, and then the message of an Exit: this is both.
        self.args, self.message = (self.message,), None


def complete(
    names: list[str],
    core: ParseResult,
    initial_context: ParserContext,
    collection: Collection,
    parser: Parser,
) -> Exit:
    """Stand in for invoke's function of that name: print what may come next.

    invoke knows its program by its bare name only, and does not expect a quote that is
    still open, or a number that is out of bounds.
    """
    try:
        _, *words = shlex.split(core.remainder)
    except ValueError:  # an open quote: what is in it is not for us to say
        raise Exit from None
    core.remainder = shlex.join(words)
    for known in parser.contexts.values():
        for argument in known.args.values():
            if not isinstance(argument.kind, type):
                argument.kind = str  # a number is not looked at yet
    return invoke_complete(names, core, initial_context, collection, parser)


def replace_parse_error() -> None:
    """Let invoke raise and catch our ParseError, and complete a line with ours."""
    invoke.parser.parser.ParseError = ParseError  # type: ignore[assignment,attr-defined]
    invoke.program.ParseError = ParseError  # type: ignore[assignment,attr-defined]
    invoke.completion.complete.ParseError = ParseError  # type: ignore[assignment,attr-defined]
    invoke.program.complete = complete  # type: ignore[attr-defined]
