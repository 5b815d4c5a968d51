"""The demos that there are: each is a Python file in demos/, and an invoke task."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn, get_type_hints

from invoke.exceptions import Exit

from demos.support import watchdog
from demos.support.commands import Command, command

DEMOS = Path(__file__).parents[1]


def slugs(folder: Path = DEMOS) -> list[str]:
    """Return the names of all demos: every Python file in demos/ is one."""
    return sorted(path.stem for path in folder.glob("*.py"))


def tasks(words: Iterable[str]) -> list[Command]:
    """Return the tasks of all demos for a command line of these words.

    Only the demos that it names are imported, for their flags.
    """
    asked = re.findall(r"demo\.([\w-]+)", " ".join(words))
    return [task(slug, slug.replace("_", "-") in asked) for slug in slugs()]


def task(slug: str, with_flags: bool = True) -> Command:
    """Return the task that runs ``main`` of demos/<slug>.py.

    Without flags it has its help only, and the demo is not imported before it runs.
    A demo that cannot be imported must not take the other commands down with it:
    its task says what is wrong when it is run.
    """
    name = slug.replace("_", "-")

    def run(**values: Any) -> None:
        watchdog.start()
        importlib.import_module(f"demos.{slug}").main(**values)

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
