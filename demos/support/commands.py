"""Plain functions as invoke tasks: flags, help, defaults and checks written once."""

import errno
import inspect
import logging
from collections.abc import Callable
from typing import Any, get_args, get_origin, get_type_hints

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.parser.argument import Argument
from invoke.tasks import Task

from demos.support.flags import Flag
from demos.support.invoke_errors import replace_parse_error

replace_parse_error()


class Command(Task[Any]):
    """A task that checks its numbers and shows its defaults."""

    numbers: dict[str, Any]  # parameter -> what turns its text into a number

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Return the arguments, those for numbers with a check of their own."""
        arguments = super().get_arguments(ignore_unknown_help)
        for argument in arguments:
            argument.kind = self.numbers.get(str(argument.name), argument.kind)
        return arguments


def command(function: Callable[..., object], name: str = "") -> Command:
    """Turn `function` into an invoke task named `name` (default: its own name).

    Every parameter is ``Annotated[kind, Flag(…)]`` with a default; kinds are bool,
    int, float, str (None for "not given") and list[str] (the flag may be repeated).
    A number that `Flag.number` refuses is one line and exit code 2.
    """
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    shown: dict[str, str] = {}
    numbers: dict[str, Any] = {}
    lists: list[str] = []
    for parameter in parameters:
        kind, flag = get_args(hints[parameter.name])
        shown[parameter.name] = _help(flag, parameter.default)
        if get_origin(kind) is list:
            lists.append(parameter.name)
        for number in (int, float):
            if kind in (number, number | None):
                numbers[parameter.name] = _number(parameter.name, number, flag)

    def body(context: Context, /, **values: Any) -> None:
        try:
            function(**values)
        except KeyboardInterrupt:
            raise Exit(code=130) from None
        except Exception as error:
            cause = first_of(error)
            if isinstance(cause, Exit):
                raise cause from None
            if logging.getLogger("invoke").isEnabledFor(logging.DEBUG):
                raise
            if is_full(cause):
                raise Exit(f"{task.name}: {in_words(cause)}", code=1) from error
            hint = "(add --debug right after invoke to see where)"
            raise Exit(f"{task.name}: {in_words(cause)} {hint}", code=1) from error

    body.__doc__ = inspect.getdoc(function)
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_ONLY)
    body.__signature__ = inspect.Signature([context, *parameters])  # type: ignore[attr-defined]
    task = Command(
        body,
        name=name or function.__name__.replace("_", "-"),
        auto_shortflags=False,
        positional=(),
        iterable=lists,
        help=shown,
    )
    task.numbers = numbers
    return task


def first_of(error: Exception) -> Exception:
    """Return an error or, of a group as a TaskGroup raises it, the first one."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def is_full(error: Exception) -> bool:
    """Return whether an error is that no space is left on a disk."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def in_words(error: Exception) -> str:
    """Return in a line what an error says."""
    if isinstance(error, OSError) and is_full(error):
        file = error.filename2 or error.filename
        return f"the disk is full{f', with {file}' if file else ''}: make room on it"
    if isinstance(error, Exit):
        return str(error.message)
    name, text = type(error).__name__, str(error)
    return " ".join(f"{name}: {text}".split() if text else [name])


def _number(
    parameter: str, kind: type[int] | type[float], flag: Flag
) -> Callable[[str], float]:
    def convert(text: str) -> float:  # invoke asks for its __name__: no partial
        return flag.number(parameter, kind, text)

    return convert


def _help(flag: Flag, default: object) -> str:
    more = [flag.bounds.removeprefix("of ")] if flag.bounds else []
    if default is not None and not isinstance(default, bool | list):
        more.append(f"default {default}")
    return f"{flag.help} ({', '.join(more)})" if more else flag.help
