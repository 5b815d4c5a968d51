"""Code and figures on slides, taken from where they are true.

A fence names its source after its language, and its body is a copy of it::

    ```python {1-3|all} demos/downloader.py::download_async
    ```text recordings/downloader.cast

The first shows a function, class, method or top-level name of a Python file, the
second the lesson (the closing line, figures included) of a recorded run. Braces name
the steps in which the lines are walked.
"""

import ast
import contextlib
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import NamedTuple

from slides.stage.paths import Paths
from slides.stage.recordings import lesson

LESSON_WIDTH = 60  # characters; what fits a slide in large type

_FENCE = re.compile(
    r"^(?P<open>```(?P<language>\w+)(?: (?P<steps>\{[^}]*\}))?(?: (?P<source>\S+))?)\n"
    r"(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A fenced block of a Markdown file: where it stands and what it should show."""

    line: int
    language: str
    steps: str
    source: str
    body: str


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a Markdown text, in order."""
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(line, *match.group("language", "steps", "source", "body"))


def current(paths: Paths, source: str) -> str:
    """Return what `source` says now, ending in a newline.

    Raises LookupError when there is no such file, symbol or recording.
    """
    path, _, symbol = source.partition("::")
    if path.endswith(".cast"):
        return textwrap.fill(lesson(paths.slides / path), LESSON_WIDTH) + "\n"
    if not (paths.root / path).is_file():
        raise LookupError(f"there is no file {path}")
    text = (paths.root / path).read_text(encoding="utf-8")
    return _symbol(text, symbol.split("."), source)


def fill(paths: Paths, text: str) -> str:
    """Return `text` with the body of every named fence as its source is now.

    Fences whose source is not there keep what they have: `problems` names them.
    """

    def refresh(match: re.Match[str]) -> str:
        body = match["body"]
        if match["source"]:
            with contextlib.suppress(LookupError, SyntaxError):
                body = current(paths, match["source"])
        return f"{match['open']}\n{body}```"

    return _FENCE.sub(refresh, text)


def problems(
    paths: Paths, text: str, *, fresh: bool = False
) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong) for each fence with no source or a wrong step.

    With `fresh`, a body that differs from its source is wrong too.
    """
    for block in blocks(text):
        lines = block.body.count("\n")
        try:
            if block.source:
                body = current(paths, block.source)
                lines = body.count("\n")
                if fresh and body != block.body:
                    yield block.line, f"{block.source} has changed: invoke sync"
        except (LookupError, SyntaxError) as error:
            yield block.line, str(error)
        for step in (block.steps or "").strip("{}").split("|"):
            if step and not _is_step(step, lines):
                yield block.line, f"step {step!r} is not within the {lines} lines"


def _is_step(step: str, lines: int) -> bool:
    for part in step.split(","):
        if part == "all":
            continue
        if not re.fullmatch(r"\d+(-\d+)?", part):
            return False
        first, _, last = part.partition("-")
        if not 1 <= int(first) <= int(last or first) <= lines:
            return False
    return True


def _symbol(text: str, names: list[str], source: str) -> str:
    body = ast.parse(text).body
    node: ast.stmt | None = None
    for name in names:
        node = next((each for each in body if _named(each)(name)), None)
        if node is None:
            raise LookupError(f"there is no {source}")
        body = node.body if isinstance(node, ast.ClassDef) else []
    assert node is not None  # split() gives one name at least
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines)) + "\n"


def _named(node: ast.stmt) -> Callable[[str], bool]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            names = [node.name]
        case ast.Assign():
            names = [each.id for each in node.targets if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            names = [name]
        case _:
            names = []
    return names.__contains__
