"""The demos that there are: each is a Python file in demos/, and an invoke task."""

import ast
import importlib
import inspect
import re
import runpy
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn, get_type_hints

from invoke.exceptions import Exit
from invoke.parser import Parser
from invoke.parser.context import ParserContext

from demos.support import watchdog
from demos.support.commands import Command, command

DEMOS = Path(__file__).parents[1]


def slugs(folder: Path = DEMOS) -> list[str]:
    """Return the names of all demos: every Python file in demos/ is one.

    What an editor hides there, such as a lock of its own, is none.
    """
    files = (path for path in folder.glob("[!.]*.py") if path.is_file())
    return sorted(path.stem for path in files)


def tasks(words: Iterable[str]) -> list[Command]:
    """Return the tasks of all demos for a command line of these words.

    Only the demos that it names are imported, for their flags.
    """
    asked = re.findall(r"demo\.([\w-]+)", " ".join(words))
    if asked:
        watchdog.start()  # an import may already be without end
    return [task(slug, slug.replace("_", "-") in asked) for slug in slugs()]


def task(slug: str, with_flags: bool = True) -> Command:
    """Return the task that runs ``main`` of demos/<slug>.py.

    Without flags it has its help only, and the demo is not imported before it runs.
    What ``main`` returns is the last line of a run; the next command follows it. It
    raises TooBusy where the machine was too busy to say anything.
    A demo that cannot be imported must not take the other commands down with it:
    its task says what is wrong when it is run.
    """
    name = slug.replace("_", "-")

    def run(**values: Any) -> None:
        main = importlib.import_module(f"demos.{slug}").main
        # rich: only where a demo runs
        from demos.support.console import finish, give_up
        from demos.support.samples import TooBusy

        try:
            lesson = main(**values)
        except TooBusy:
            give_up()
            raise
        except KeyboardInterrupt:
            watchdog.end_interrupted()
        if lesson:
            finish(lesson, try_next(slug, values))

    try:
        source = (DEMOS / f"{slug}.py").read_bytes()
        run.__doc__ = ast.get_docstring(ast.parse(source, f"{slug}.py"))
        signature = inspect.Signature()
        if with_flags:
            main = importlib.import_module(f"demos.{slug}").main
            signature = inspect.signature(main)
            run.__annotations__ = get_type_hints(main, include_extras=True)
        run.__signature__ = signature  # type: ignore[attr-defined]
        return command(run, name)
    except KeyboardInterrupt:  # invoke itself would end with 1
        raise Exit(code=130) from None
    except (Exception, SystemExit) as error:
        reason = error
        problem = f"demos/{slug}.py: {type(error).__name__}: {error}"

    def broken() -> NoReturn:
        raise ImportError(problem) from reason

    broken.__doc__ = problem
    return command(broken, name)


def commands_to_try(help_: str) -> list[str]:
    """Return the commands that a demo's docstring names, each in a line of its own."""
    return re.findall(r"^(?:Try next:)?\s+(invoke .*)$", help_, re.MULTILINE)


def parse(line: str) -> tuple[str, dict[str, Any]]:
    """Return the slug and the values of the parameters that `line` runs a demo with.

    Raises UsageError where invoke would refuse the line.
    """
    _, name, *_ = words = shlex.split(line)
    slug = name.removeprefix("demo.").replace("-", "_")
    context = ParserContext(name, args=task(slug).get_arguments())
    (parsed,) = Parser(contexts=[context]).parse_argv(words[1:])
    return slug, parsed.as_kwargs


def try_next(slug: str, values: dict[str, Any]) -> str | None:
    """Return the first command that a demo's docstring tells to try, or None.

    Where it is the one that was just run, with these values, return the one after it.
    """
    commands = commands_to_try(task(slug).__doc__ or "")
    return next((each for each in commands if not is_run(each, slug, values)), None)


def is_run(line: str, slug: str, values: dict[str, Any]) -> bool:
    """Return whether a demo that runs with `values` has the flags that `line` names."""
    demo, asked = parse(line)
    _, defaults = parse(" ".join(line.split()[:2]))
    named = {name for name, value in asked.items() if value != defaults[name]}
    return demo == slug and all(values[name] == asked[name] for name in named)


def run(file: str) -> None:
    """Do for ``python -m demos.<slug>`` what ``invoke demo.<name>`` does."""
    name = Path(file).stem.replace("_", "-")
    root = str(DEMOS.parent)
    sys.argv = ["invoke", "--search-root", root, f"demo.{name}", *sys.argv[1:]]
    # A spawned process imports the main module again: it shall not be the demo.
    runpy.run_module("invoke", run_name="__main__", alter_sys=True)
