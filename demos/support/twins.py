"""Two pieces of code that do the same: how long each is, and where they differ."""

import inspect
from collections.abc import Callable
from textwrap import dedent
from typing import Any

from rich.table import Table
from rich.text import Text

from demos.support.console import console


def lines_of_code(*sources: Any) -> int:
    """Count the lines of some functions or classes that are not blank, a comment
    or a docstring of one line.
    """
    lines = map(str.strip, "".join(map(inspect.getsource, sources)).splitlines())
    return sum(not line.startswith(("#", '"""')) for line in lines if line)


def side_by_side(**functions: Callable[..., object]) -> Table:
    """Draw what follows the docstrings of some functions, each in a column.

    Above stand the label that it is given by, and its own name.
    """
    table = Table(box=None, padding=0, header_style="lesson", width=console.width)
    bodies = []
    for label, function in functions.items():
        table.add_column(f"{label}: {function.__qualname__}", ratio=1, no_wrap=True)
        after_docstring = inspect.getsource(function).split('"""\n')[-1]
        bodies.append(Text(dedent(after_docstring).rstrip()))
    table.add_row(*bodies)
    return table
