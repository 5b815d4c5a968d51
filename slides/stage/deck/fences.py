"""Code and figures on slides and in notes, taken from where they are true.

A fence names its source after its language, and its body is a copy of it::

    ```python {1-3|all} demos/downloader.py::download_async
    ```text recordings/downloader.cast
    ```threads recordings/downloader.cast at once: threads *
    ```text recordings/

The first shows a function, class, method or top-level name of a Python file, the
second the lesson (the closing line, figures included) of a recorded run, the fourth
what the recordings ran on. The third shows one figure with its unit, and with its range
if it has one: what stands for `*` where the lesson, or a row of the last frame, has
these words. What is in braces is the engine's. A figure in a note is a mark, see
``marks``: without its range.
"""

import ast
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from slides.stage import recordings
from slides.stage.deck.marks import FORM, marks
from slides.stage.deck.sections import Section
from slides.stage.paths import Paths

LESSON_WIDTH = 60  # characters; what fits a slide in large type

_SOURCE = re.compile(
    r" ([\w./-]+\.py::[\w.]+|[\w./-]+\.cast(?: [^{}*]*\*[^{}*]*)?|recordings/)(?= |$)"
)
_FIGURE = r"\d(?:[\d.,]*\d)?(?: ?(?:[×%]|[mµ]?s|[KMG]iB)(?!\w))?(?: \[[\d.,–]+\])?"
_MARKDOWN = MarkdownIt("commonmark")


def read(paths: Paths, sections: Sequence[Section]) -> tuple[dict[str, str], list[str]]:
    """Return what each source of fences and marks says now, and what is wrong.

    That is a line, with file and line number, for each source that is not there.
    """
    sources: dict[str, str] = {}
    problems = []
    for section in sections:
        for fence, source in _named(section.text):
            try:
                sources[source] = current(paths, source)
                if not _is_closed(fence, section.text.split("\n")):
                    raise LookupError("this fence is not closed")
            except (LookupError, OSError) as error:
                problems.append(f"{section.name}:{_line(fence)}: {error}")
        for mark in marks(section.text):
            try:
                if mark.source is None:
                    raise LookupError(FORM)
                sources[mark.source] = current(paths, mark.source)
            except (LookupError, OSError) as error:
                problems.append(f"{section.name}:{mark.line}: {error}")
    return sources, list(dict.fromkeys(problems))


def fill(text: str, sources: dict[str, str]) -> str:
    """Return `text` with every fence and mark as its source is, if it has one."""
    for mark in reversed(list(marks(text))):
        if mark.source in sources and mark.figure != _median(sources[mark.source]):
            figure = _median(sources[mark.source])
            text = text[: mark.start] + figure + text[mark.end :]
    lines = text.split("\n")
    for fence, source in reversed(list(_named(text))):
        if source not in sources or not _is_closed(fence, lines):
            continue
        start, end = fence.map or (0, 0)
        margin, *_ = lines[end - 1].partition(fence.markup)  # of a list, or a quote
        margin += " " if margin.endswith(">") else ""
        body = sources[source].removesuffix("\n").split("\n")
        lines[start + 1 : end - 1] = [f"{margin}{line}".rstrip() for line in body]
    return "\n".join(lines)


def stale(section: Section, sources: dict[str, str]) -> Iterator[str]:
    """Yield one line for each fence and mark that is not as its source is."""
    old = [
        (_line(fence), source)
        for fence, source in _named(section.text)
        if source in sources and sources[source] != fence.content
    ]
    old += [
        (mark.line, mark.source)
        for mark in marks(section.text)
        if mark.source in sources and _median(sources[mark.source]) != mark.figure
    ]
    for line, source in sorted(old):
        yield f"{section.name}:{line}: {source} has changed: invoke sync"


def current(paths: Paths, source: str) -> str:
    """Return what `source` says now, ending in a newline.

    Raises LookupError when there is no such file, symbol or recording, and when the
    file is not Python.
    """
    file, _, words = source.partition(".cast ")
    if words:
        return _figure(paths.slides / f"{file}.cast", words)
    path, _, symbol = source.partition("::")
    if path == "recordings/":
        return recordings.made_on(paths)
    if path.endswith(".cast"):
        lesson = recordings.lesson(paths.slides / path)
        return textwrap.fill(lesson, LESSON_WIDTH) + "\n"
    module = (paths.root / path).resolve()
    if not module.is_relative_to(paths.root.resolve()) or not module.is_file():
        raise LookupError(f"there is no file {path}")
    try:
        text = module.read_text(encoding="utf-8")
        return _symbol(text, symbol.split("."), source)
    except SyntaxError as error:
        raise LookupError(f"{path}:{error.lineno or 1}: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError) as error:  # not UTF-8, say
        why = str(error) or type(error).__name__
        raise LookupError(f"{path}: {why}") from None


def sources_in(text: str) -> Iterator[str]:
    """Yield the sources that the fences and the marks of a Markdown text name."""
    yield from (source for _, source in _named(text))
    yield from (mark.source for mark in marks(text) if mark.source)


def _named(text: str) -> Iterator[tuple[Token, str]]:
    """Yield the fences of a Markdown text that name a source, and that source."""
    for token in _MARKDOWN.parse(text):
        info = " ".join(token.info.split())
        if token.type == "fence" and (found := _SOURCE.search(info)):
            yield token, found[1]


def _is_closed(fence: Token, lines: list[str]) -> bool:
    start, end = fence.map or (0, 0)
    closing = lines[end - 1].lstrip("> \t")
    return end - start > 1 and closing.startswith(fence.markup)


def _line(fence: Token) -> int:
    return (fence.map or [0])[0] + 1


def _median(figure: str) -> str:
    """Return a figure without its range."""
    return figure.split("\n")[0]


@lru_cache
def _last_frame(cast: Path, changed: int) -> list[str]:
    """Return the rows of the last frame of a recording that was `changed` then (ns).

    Raises LookupError when it cannot be drawn.
    """
    from slides.stage import frame  # what draws it is slow to import

    try:
        return list(frame.screen(recordings.read(cast)).display)
    except Exception as error:  # of a terminal that does not know what it prints
        problem = f"recordings/{cast.name} cannot be drawn: {error}"
        raise LookupError(problem) from error


def _figure(cast: Path, words: str) -> str:
    """Return the figure for which `words` have a `*`; its range in a line of its own.

    Raises LookupError when there is no such recording, when nothing in it reads so, and
    when several things do.
    """
    lesson = recordings.lesson(cast)
    before, after = map(re.escape, words.split("*"))
    wanted = re.compile(rf"(?<!\w){before}({_FIGURE}){after}(?!\w)")
    rows = [lesson, *_last_frame(cast, cast.stat().st_mtime_ns)]
    texts = [" ".join(row.split()) for row in rows]
    found = {each[1] for text in texts for each in wanted.finditer(text)}
    if len(found) != 1:
        read = " or ".join(sorted(found)) or "nothing"
        raise LookupError(f"recordings/{cast.name} has {read} for {words!r}")
    return found.pop().replace(" [", "\n[") + "\n"


def _symbol(text: str, names: list[str], source: str) -> str:
    body = ast.parse(text).body
    node: ast.stmt | None = None
    for name in names:
        node = next((each for each in body if _defines(each)(name)), None)
        if node is None:
            raise LookupError(f"there is no {source}")
        body = node.body if isinstance(node, ast.ClassDef) else []
    assert node is not None  # split() gives one name at least
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines)) + "\n"


def _defines(node: ast.stmt) -> Callable[[str], bool]:
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
