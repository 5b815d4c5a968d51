import os
import subprocess
import sys

import pytest

from demos.support.console import MARK, MARK_END, STYLES, WIDTH, console
from tests.talks import PATIENCE, ROOT

PLAIN = {"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "TTY_COMPATIBLE": "0"}
STAGE = {"PYTHONIOENCODING": "utf-8", "FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"}


def run(source: str, environment: dict[str, str]) -> str:
    """Return what a new Python prints when its standard output is a pipe."""
    done = subprocess.run(
        [sys.executable, "-c", f"from demos.support.console import *; {source}"],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        encoding=environment["PYTHONIOENCODING"],
        check=True,
        timeout=PATIENCE,
    )
    return done.stdout


@pytest.mark.parametrize("style", STYLES)
def test_styles_are_for_light_and_dark_terminals_alike(style: str) -> None:
    colour = console.get_style(style).color
    assert colour is None or colour.is_default or (colour.number or 0) in range(1, 16)


def test_each_model_has_a_colour_of_its_own() -> None:
    models = ("sync", "threads", "processes", "sub-interpreters", "asyncio")
    assert len({STYLES[model] for model in models}) == len(models)


def test_what_went_wrong_is_told_from_what_went_well() -> None:
    well = {STYLES[state] for state in ("running", "done")}
    wrong = {STYLES[state] for state in ("blocked", "failed")}
    assert not well & wrong


@pytest.mark.parametrize(("columns", "width"), [("70", 70), ("80", 80), ("200", WIDTH)])
def test_a_demo_is_never_wider_than_a_slide(columns: str, width: int) -> None:
    printed = run("print(console.width)", PLAIN | {"COLUMNS": columns})
    assert int(printed) == width


def test_a_demo_ends_with_its_lesson_and_what_to_try_next() -> None:
    printed = run("finish('saw [3] tasks', 'invoke demo.x')", PLAIN)
    assert printed.split("\n")[-3:] == ["saw [3] tasks", "try next: invoke demo.x", ""]


def test_a_lesson_is_marked_for_the_stage_and_for_nobody_else() -> None:
    source = "finish('saw [3] tasks', 'invoke demo.x')"
    marked = run(source, STAGE | {"ASYNCIO_LIVE_PARENT": "1"})
    assert marked == f"{MARK}saw [3] tasks{MARK_END}{run(source, STAGE)}"
    assert "SetMark" not in run(source, STAGE)


def test_the_mark_of_a_lesson_of_two_lines_is_a_line() -> None:
    source = r"finish('saw\n 3\ttasks', 'invoke demo.x')"
    marked = run(source, STAGE | {"ASYNCIO_LIVE_PARENT": "1"})
    assert marked.startswith(f"{MARK}saw 3 tasks{MARK_END}")


def test_colours_are_there_on_the_stage_which_is_no_terminal() -> None:
    assert "\x1b[1msaw\x1b[0m" in run("finish('saw', 'invoke demo.x')", STAGE)


def test_glyphs_that_an_encoding_lacks_do_not_end_a_demo() -> None:
    latin = PLAIN | {"PYTHONIOENCODING": "latin-1"}
    assert "3 × ??" in run(r"finish('3 \xd7 \u2588\u25cf', 'invoke demo.x')", latin)
