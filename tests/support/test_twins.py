from demos.api_levels import EchoProtocol, echo
from demos.support.console import console
from demos.support.twins import lines_of_code, side_by_side


def test_docstrings_and_blank_lines_do_not_count() -> None:
    assert lines_of_code(echo) == 6


def first(number: int) -> int:
    """Describe what this does."""
    if number:
        return 1
    return 0


def second() -> None:
    """Describe it, too."""
    print("two")


def test_what_follows_the_docstrings_stands_side_by_side() -> None:
    with console.capture() as capture:
        console.print(side_by_side(one=first, two=second))
    lines = [line.rstrip() for line in capture.get().splitlines()]
    middle = console.width // 2
    assert [line[:middle].rstrip() for line in lines] == [
        "one: first",
        "if number:",
        "    return 1",
        "return 0",
    ]
    assert [line[middle:] for line in lines] == ["two: second", 'print("two")', "", ""]


def test_the_lines_of_the_demo_are_not_cut() -> None:
    with console.capture() as capture:
        console.print(side_by_side(streams=echo, Protocol=EchoProtocol.data_received))
    shown = capture.get()
    assert "…" not in shown
    assert 'lines = (self.rest + data).split(b"\\n")' in shown
