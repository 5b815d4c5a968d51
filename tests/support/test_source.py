import sys
from types import FrameType

import pytest
from rich.text import Text

from demos.support.source import code_lines, listing, recording


def doubled(number: int) -> int:
    """Say it twice."""
    other = number
    return number + other


FIRST = doubled.__code__.co_firstlineno


def test_each_line_of_the_wanted_functions_is_seen_before_it_runs() -> None:
    def look(frame: FrameType) -> dict[str, int]:
        return {**frame.f_locals}

    before = sys.gettrace()
    with recording(look, lambda code: code is doubled.__code__) as seen:
        assert max(doubled(4), doubled(3)) == 8
    assert seen == [
        {"number": 4},
        {"number": 4, "other": 4},
        {"number": 3},
        {"number": 3, "other": 3},
    ]
    assert sys.gettrace() is before


def test_tracing_ends_with_an_error() -> None:
    before = sys.gettrace()
    with pytest.raises(ZeroDivisionError), recording(id, lambda _: True):
        _ = 1 / 0
    assert sys.gettrace() is before


def test_the_lines_of_a_function_go_without_its_docstring() -> None:
    assert code_lines(doubled.__code__) == {
        FIRST: "def doubled(number: int) -> int:",
        FIRST + 2: "    other = number",
        FIRST + 3: "    return number + other",
    }


def test_a_listing_has_numbers_and_lights_the_marked_line() -> None:
    marks = {FIRST: (" ", "cyan"), FIRST + 3: ("▶", "green")}
    first, _, lit = listing(doubled.__code__, marks, 40).split("\n")
    assert first.plain == f"{FIRST:2}   def doubled(number: int) -> int:".ljust(40)
    assert lit.plain == f"{FIRST + 3:2} ▶     return number + other".ljust(40)
    assert reversed_cells(first) == 0
    assert reversed_cells(lit) == 40


def test_a_line_that_is_too_long_says_so() -> None:
    first, *_ = listing(doubled.__code__, {}, 20).split("\n")
    assert first.plain == f"{FIRST:2}   def doubled(nu…"


def reversed_cells(text: Text) -> int:
    styles = [text.style, *(span.style for span in text.spans)]
    return len(text) if any(getattr(s, "reverse", None) for s in styles) else 0
