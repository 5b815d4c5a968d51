"""Functions as commands, run by invoke in this process."""

import asyncio
import errno
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from invoke.collection import Collection
from invoke.program import Program

from demos.support.commands import command
from demos.support.flags import Flag, UsageError
from tests import talks

Outcome = tuple[int, str, str]  # the exit code, the output and the errors
Run = Callable[[str], Outcome]


def throw(error: BaseException) -> None:
    raise error


async def fail(error: Exception) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(throw, error))


def copy_files(
    max_files: Annotated[int, Flag("how many", 1, 10)] = 4,
    wait: Annotated[float, Flag("seconds between", 0)] = 0.5,
    port: Annotated[int | None, Flag("port", 1, 65535)] = None,
    fast: Annotated[bool, Flag("no pause")] = False,
    color: Annotated[bool, Flag("in colour")] = True,
    url: Annotated[list[str], Flag("what to copy; may be repeated")] = [],  # noqa: B006
    to: Annotated[str | None, Flag("folder")] = None,
) -> None:
    """Copy files, slowly.

    And more about it.
    """
    match to:
        case "nowhere":
            asyncio.run(fail(UsageError("--to takes a folder, not 'nowhere'")))
        case "broken":
            asyncio.run(fail(ValueError("it broke,\nbadly")))
        case "full":
            raise OSError(errno.ENOSPC, "No space left", "from", None, "a file")
        case "interrupted":
            raise KeyboardInterrupt
    print(max_files, wait, port, fast, color, url, to)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command line in which `copy_files` is a command."""

    def outcome(line: str) -> Outcome:
        program = Program(namespace=Collection(command(copy_files)))
        code = 0
        try:
            program.run(["invoke", *line.split()])
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return outcome


@pytest.mark.parametrize(
    ("flags", "printed"),
    [
        ("", "4 0.5 None False True [] None"),
        ("--max-files 10 --wait=0 --port 80", "10 0.0 80 False True [] None"),
        ("--fast --no-color", "4 0.5 None True False [] None"),
        ("--url a --url b --to c", "4 0.5 None False True ['a', 'b'] c"),
    ],
)
def test_flags_reach_the_function(run: Run, flags: str, printed: str) -> None:
    assert run(f"copy-files {flags}") == (0, f"{printed}\n", "")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("copy-files --max-files", "--max-files needs a value"),
        ("copy-files --to", "--to needs a value"),
        (
            "copy-files --max-files 11",
            "--max-files takes a whole number from 1 to 10, not '11'",
        ),
        ("copy-files --wait=nan", "--wait takes a number of at least 0, not 'nan'"),
        ("copy-files --speed 3", "No idea what '--speed' is!"),
        (
            "copy-files --max_files 3",
            "No idea what '--max_files' is! Names have hyphens: --max-files",
        ),
        (
            "demo.tiny_event_loop",
            "No idea what 'demo.tiny_event_loop' is! "
            "Names have hyphens: demo.tiny-event-loop",
        ),
        ("copy-files again", "No idea what 'again' is!"),
        ("copy-files --to nowhere", "--to takes a folder, not 'nowhere'"),
        ("nothing", "No idea what 'nothing' is!"),
        ("--help nothing", "No idea what 'nothing' is!"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    run: Run, line: str, problem: str
) -> None:
    hint = "(see: invoke --list, invoke --help COMMAND)"
    assert run(line) == (2, "", f"{problem} {hint}\n")


def test_a_failure_is_one_line_and_exit_code_1(run: Run) -> None:
    hint = "(add --debug right after invoke to see where)"
    said = f"copy-files: ValueError: it broke, badly {hint}\n"
    assert run("copy-files --to broken") == (1, "", said)


def test_a_full_disk_is_named(run: Run) -> None:
    said = "copy-files: the disk is full, with a file: make room on it\n"
    assert run("copy-files --to full") == (1, "", said)


def test_an_interrupt_is_silent(run: Run) -> None:
    assert run("copy-files --to interrupted") == (130, "", "")


def test_debug_shows_where_it_failed(project: Path) -> None:
    done = talks.invoke(project, "--debug", "demo.copy-files", "--to", "broken")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "copy_files.py" in done.stderr


def test_help_has_the_docstring_and_the_flags_with_their_defaults(run: Run) -> None:
    code, out, _ = run("--help copy-files")
    assert code == 0
    for part in (
        "Copy files, slowly.",
        "And more about it.",
        "--max-files",
        "how many (from 1 to 10, default 4)",
        "seconds between (at least 0, default 0.5)",
        "port (from 1 to 65535)",
        "--[no-]color",
        "--fast",
    ):
        assert part in out
    assert "(default None)" not in out


@pytest.mark.parametrize(
    ("default", "shown"),
    [(0, "x (default 0)"), (1, "x (default 1)"), (None, "x")],
)
def test_a_default_is_shown_even_if_it_is_zero_or_one(
    default: int | None, shown: str
) -> None:
    def function(count: Annotated[int | None, Flag("x")] = default) -> None: ...

    (argument,) = command(function).get_arguments()
    assert argument.help == shown
