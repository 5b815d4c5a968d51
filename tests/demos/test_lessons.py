"""The lesson of each demo: where it stands, how long it is, that it runs at home."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from slides.stage import names
from slides.stage.deck import fences
from slides.stage.deck.build import build
from slides.stage.deck.contents import contents
from slides.stage.deck.sections import sections
from tests.slides.test_this_talk import FILES
from tests.talks import OWN_DEMOS, PATHS, PATIENCE

HERE = Path(__file__).parent
MOST_LINES, MOST_COLUMNS = 15, 65  # of a function
MOST_BESIDE = 50  # lines beside the docstring, the lesson and the flags
MOST_IN_ALL = {"downloader": 185, "event_loop_trace": 120}  # 100 for the others

# Prints which functions of lesson.py have run.
WATCHED = """
import runpy, sys, threading
ran = set()
def see(frame, event, argument):
    if event == "call" and frame.f_globals.get("__name__") == "lesson":
        ran.add(frame.f_code.co_qualname)
threading.setprofile(see)
sys.setprofile(see)
runpy.run_path("at_home.py", run_name="__main__")
print("ran", *ran)
"""

PARTS = {ast.AnnAssign, ast.Assign, ast.AsyncFunctionDef, ast.ClassDef, ast.FunctionDef}
ALONE = {name: text for name, text in os.environ.items() if name[:6] != "PYTHON"}

each = pytest.mark.parametrize("slug", OWN_DEMOS)


class Demo:
    """The parts of a demo's file, which always stand in the same order."""

    def __init__(self, slug: str) -> None:
        self.source = (PATHS.demos / f"{slug}.py").read_text(encoding="utf-8")
        self.lines = self.source.splitlines()
        self.docstring, *body = ast.parse(self.source).body
        imports = [n for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
        self.ours = [n for n in imports if "demos." in ast.unparse(n)]
        self.others = [n for n in imports if n not in self.ours]
        (self.main,) = (n for n in body if getattr(n, "name", "") == "main")
        place = body.index(self.main)
        self.in_order = body[: len(imports)] == imports
        self.lesson = body[len(imports) : place]
        self.rest = body[place:]

    def functions(self) -> dict[str, ast.AST]:
        """Return the functions of the lesson, and the methods of its classes."""
        found: dict[str, ast.AST] = {}
        for node in self.lesson:
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                        found[f"{node.name}.{inner.name}"] = inner
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name] = node
        return found

    def text(self, node: ast.AST) -> list[str]:
        """Return the lines of a part, with its decorators."""
        first = min(
            (each.lineno for each in getattr(node, "decorator_list", ())),
            default=node.lineno,  # type: ignore[attr-defined]
        )
        return self.lines[first - 1 : node.end_lineno]  # type: ignore[attr-defined]

    def at_home(self) -> str:
        """Return the lesson and its imports as a file of its own."""
        parts = [self.text(node) for node in [*self.others, *self.lesson]]
        return "\n\n".join("\n".join(part) for part in parts) + "\n"


def test_every_demo_on_the_slides_of_this_talk_is_tried_at_home(
    packages: None,
) -> None:
    shown = {
        names.slug(slide.demo)
        for slide in contents(build(PATHS)).slides
        if Path(slide.file).name in FILES and slide.demo
    }
    assert sorted(shown) == OWN_DEMOS


@each
def test_the_lesson_stands_between_the_imports_and_main(slug: str) -> None:
    demo = Demo(slug)
    assert isinstance(demo.docstring, ast.Expr)
    assert demo.in_order
    assert {type(node) for node in demo.lesson} <= PARTS
    assert demo.functions()
    start = demo.rest[-1]
    assert isinstance(start, ast.If), "python -m demos.… runs it, too"
    assert ast.unparse(start) == "if __name__ == '__main__':\n    run(__file__)"


@each
def test_a_lesson_names_nothing_of_ours(slug: str) -> None:
    demo = Demo(slug)
    ours = {alias.asname or alias.name for node in demo.ours for alias in node.names}
    below = {getattr(node, "name", None) for node in demo.rest}
    nodes = [node for part in demo.lesson for node in ast.walk(part)]
    named = {node.id for node in nodes if isinstance(node, ast.Name)}
    for node in nodes:  # an annotation may be a string
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            named |= {*re.findall(r"\w+", ast.unparse(note))} if note else set()
    assert named & (ours | below) == set()
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)


@each
def test_a_lesson_runs_in_an_empty_folder(slug: str, tmp_path: Path) -> None:
    demo = Demo(slug)
    (tmp_path / "lesson.py").write_text(demo.at_home(), encoding="utf-8")
    script = (HERE / "at_home" / f"{slug}.py").read_text(encoding="utf-8")
    (tmp_path / "at_home.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", WATCHED],
        cwd=tmp_path,
        env=ALONE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=2 * PATIENCE,
    )
    # asyncio's debug mode reports each step that a stall of the machine made long.
    loud = [line for line in done.stderr.splitlines() if "Executing <" not in line]
    assert (done.returncode, loud) == (0, [])
    ran = done.stdout.splitlines()[-1].split()
    assert set(ran) >= demo.functions().keys()


@each
def test_a_lesson_fits_a_slide(slug: str) -> None:
    demo = Demo(slug)
    for name, function in demo.functions().items():
        text = demo.text(function)
        assert len(text) <= MOST_LINES, name
        assert max(map(len, text)) <= MOST_COLUMNS, name


@each
def test_a_demo_is_about_a_page_and_most_of_it_its_lesson(slug: str) -> None:
    demo = Demo(slug)
    head = demo.lines[demo.main.lineno - 1 : demo.main.body[0].lineno - 1]  # type: ignore[attr-defined]
    lesson = demo.lesson[-1].end_lineno - demo.lesson[0].lineno + 1  # type: ignore[operator]
    docstring = demo.docstring.end_lineno or 0
    assert len(demo.lines) - docstring - lesson - len(head) <= MOST_BESIDE
    assert len(demo.lines) <= MOST_IN_ALL.get(slug, 100)


def test_what_stands_on_a_slide_is_of_a_lesson() -> None:
    own = [section for section in sections(PATHS) if section.path.name in FILES]
    sources = fences.read(PATHS, own)[0]
    shown = [source.split("::") for source in sources if "::" in source]
    assert shown
    for file, symbol in shown:
        names = Demo(Path(file).stem).functions()
        assert symbol in names or f"{symbol}.__init__" in names, symbol
