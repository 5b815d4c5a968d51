"""Plain functions as invoke tasks: flags, help, defaults and checks written once.

    def main(files: Annotated[int, Flag("files to download", 1, 10_000)] = 40):

becomes ``--files``, with that help and default; a value that is not a number, or
not between the bounds, is one line and exit code 2.
"""

import importlib
import inspect
import logging
import math
import os
import re
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

import invoke.parser.parser
import invoke.program
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.parser.argument import Argument
from invoke.tasks import Task

DEMOS = Path(__file__).parents[1]


@dataclass(frozen=True)
class Flag:
    """What ``invoke --help`` says of a parameter, and the numbers it accepts."""

    help: str
    least: float = -math.inf
    most: float = math.inf


class UsageError(Exit):
    """A command line that makes no sense: one line and exit code 2."""

    def __init__(self, text: str, context: object = None) -> None:
        super().__init__(code=2)
        valueless = re.match(r"Flag <Argument: ([\w-]+)", text)
        if valueless:  # invoke would print an object of its own
            text = f"--{valueless[1].replace('_', '-')} needs a value"
        self.args = (f"{text} (see: invoke --list, invoke --help COMMAND)",)


# invoke itself ends with 1 on a wrong command line; ours ends with 2, as usual.
invoke.parser.parser.ParseError = UsageError  # type: ignore[assignment,attr-defined]
invoke.program.ParseError = UsageError  # type: ignore[assignment,attr-defined]


class Command(Task[Any]):
    """A task that checks its numbers and shows its defaults."""

    numbers: dict[str, Any]  # parameter -> what turns its text into a number

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Return the arguments, those for numbers with a check of their own."""
        arguments = super().get_arguments(ignore_unknown_help)
        for argument in arguments:
            argument.kind = self.numbers.get(str(argument.name), argument.kind)
        return arguments


def _number(parameter: str, kind: type[int] | type[float], flag: Flag) -> Any:
    name = parameter.replace("_", "-")
    noun = "a whole number" if kind is int else "a number"
    if math.isfinite(flag.most):
        noun += f" from {flag.least} to {flag.most}"
    elif math.isfinite(flag.least):
        noun += f" of at least {flag.least}"

    def convert(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not flag.least <= value <= flag.most or math.isinf(value):
            raise UsageError(f"--{name} takes {noun}, not {text!r}")
        return value

    return convert


def command(function: Callable[..., object], name: str = "") -> Command:
    """Turn `function` into an invoke task named `name` (default: its own name).

    Every parameter is ``Annotated[kind, Flag(…)]`` with a default; kinds are bool,
    int, float, str (None for "not given") and list[str] (the flag may be repeated).
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
        except Exception as error:
            cause = error
            while isinstance(cause, ExceptionGroup):  # of a TaskGroup, say
                cause = cause.exceptions[0]
            if isinstance(cause, Exit):
                raise cause from None
            if logging.getLogger("invoke").isEnabledFor(logging.DEBUG):
                raise
            problem = " ".join(f"{type(cause).__name__}: {cause}".split())
            hint = "(add --debug right after invoke to see where)"
            raise Exit(f"{task.name}: {problem} {hint}", code=1) from error

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


def _help(flag: Flag, default: object) -> str:
    if default is None or isinstance(default, bool | list):
        return flag.help
    return f"{flag.help} (default {default})"


def slugs(folder: Path = DEMOS) -> list[str]:
    """Return the names of all demos: every Python file in `folder` is one."""
    return sorted(path.stem for path in folder.glob("*.py"))


def demo(slug: str) -> Command:
    """Return the task that runs ``main`` of demos/<slug>.py.

    A demo that cannot be imported must not take the other commands down with it:
    its task says what is wrong when it is run.
    """
    name = slug.replace("_", "-")
    try:
        return _demo(slug, name)
    except (Exception, SystemExit) as error:
        reason = error
        problem = f"demos/{slug}.py: {type(error).__name__}: {error}"

    def broken() -> NoReturn:
        raise ImportError(problem) from reason

    broken.__doc__ = problem
    return command(broken, name)


def _demo(slug: str, name: str) -> Command:
    module = importlib.import_module(f"demos.{slug}")
    main = module.main

    def run(**values: Any) -> None:
        if os.environ.get("ASYNCIO_LIVE_PARENT"):
            threading.Thread(target=_end_with_parent, daemon=True).start()
        main(**values)

    run.__doc__ = inspect.getdoc(module)
    run.__signature__ = inspect.signature(main)  # type: ignore[attr-defined]
    run.__annotations__ = get_type_hints(main, include_extras=True)
    return command(run, name)


def _end_with_parent() -> None:
    """End this process and its children when the program that started it is gone."""
    while os.read(0, 1):  # not sys.stdin: its lock would hold up a normal exit
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
