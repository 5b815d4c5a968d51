"""What a demo is made of: its own file, and all of demos.support that it imports."""

import ast
import hashlib
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from slides.stage.names import slug
from slides.stage.paths import Paths

# The command line: no part of what a demo shows.
COMMAND_LINE = {"catalog", "commands", "flags", "invoke_errors", "watchdog"}


def source_hash(paths: Paths, demo: str) -> str:
    """Return the SHA-256 of a demo's source and of the demos.support it imports."""
    texts: dict[Path, str] = {}
    files = [paths.demos / f"{slug(demo)}.py"]
    for file in files:  # grows while it is walked: what is imported imports too
        if file not in texts:
            texts[file] = file.read_text(encoding="utf-8", errors="replace")
            for name in _imports(parse(file), file.relative_to(paths.root)):
                files += _modules(paths, name)
    text = "".join(texts[file] for file in sorted(texts))
    return hashlib.sha256(text.encode()).hexdigest()


def parse(file: Path) -> ast.Module:
    """Return the syntax tree of a file; an empty one while it is half written.

    So it is of a file that is gone, no Python at all, or nested too deeply.
    """
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, MemoryError, RecursionError):
        return ast.Module([], [])
    except SystemError:  # Python 3.11 may miscount its recursion: cpython #106905
        return ast.parse(file.read_bytes())


def _imports(tree: ast.Module, file: Path) -> Iterator[str]:
    """Yield the dotted names that a file, relative to the root, imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = file.parts[: -node.level] if node.level else ()
            module = [*package, *([node.module] if node.module else [])]
            yield from (".".join([*module, alias.name]) for alias in node.names)


def _modules(paths: Paths, name: str) -> Iterator[Path]:
    """Yield the files of demos.support that importing a dotted name runs."""
    match name.split("."):
        case ["demos", "support", *parts] if not COMMAND_LINE & {*parts[:1]}:
            support = paths.demos / "support"
            for place in accumulate(parts, Path.joinpath, initial=support):
                for file in (place.with_suffix(".py"), place / "__init__.py"):
                    if file.is_file():
                        yield file
