import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from demos.support import commands
from demos.support.flags import Flag

TASKS = """
import sys
from invoke.collection import Collection
from demos.support.catalog import tasks
namespace = Collection(Collection("demo", *tasks(sys.argv)))
"""

COPY_FILES = '''
"""Copy files, slowly.

And more about it.
"""
import asyncio
import sys
from typing import Annotated
from demos.support.flags import Flag, UsageError

async def fail(error: Exception) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(throw, error))

def throw(error: Exception) -> None:
    raise error

def main(
    max_files: Annotated[int, Flag("how many", 1, 10)] = 4,
    wait: Annotated[float, Flag("seconds between", 0)] = 0.5,
    port: Annotated[int | None, Flag("port", 1, 65535)] = None,
    fast: Annotated[bool, Flag("no pause")] = False,
    color: Annotated[bool, Flag("in colour")] = True,
    url: Annotated[list[str], Flag("what to copy; may be repeated")] = [],
    to: Annotated[str | None, Flag("folder")] = None,
) -> None:
    """Copy."""
    match to:
        case "nowhere":
            asyncio.run(fail(UsageError("--to takes a folder, not 'nowhere'")))
        case "broken":
            asyncio.run(fail(ValueError("it broke,\\nbadly")))
        case "interrupted":
            raise KeyboardInterrupt
        case "parent":
            print("running", flush=True)
            asyncio.run(asyncio.sleep(60))
    print(max_files, wait, port, fast, color, url, to)
'''

BROKEN = {
    "broken_import": "import nothing_like_this",
    "broken_syntax": "def main(:",
    "broken_flags": "def main(count: int = 3) -> None: ...",
    "broken_exit": "raise SystemExit(3)",
    "broken_empty": "",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a scratch project with one demo that works and some that do not."""
    folder = tmp_path_factory.mktemp("a talk")
    support = Path(commands.__file__).parent
    shutil.copytree(support, folder / "demos" / "support")
    (folder / "tasks.py").write_text(TASKS)
    (folder / "demos" / "copy_files.py").write_text(COPY_FILES.lstrip())
    for slug, source in BROKEN.items():
        (folder / "demos" / f"{slug}.py").write_text(source)
    return folder


def invoke(project: Path, *words: str) -> tuple[int, str, str]:
    """Return the exit code, the output and the errors of a command."""
    done = subprocess.run(
        [sys.executable, "-m", "invoke", *words],
        cwd=project,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("flags", "printed"),
    [
        ("", "4 0.5 None False True [] None"),
        ("--max-files 10 --wait=0 --port 80", "10 0.0 80 False True [] None"),
        ("--fast --no-color", "4 0.5 None True False [] None"),
        ("--url a --url b --to c", "4 0.5 None False True ['a', 'b'] c"),
    ],
)
def test_flags_reach_the_function(project: Path, flags: str, printed: str) -> None:
    code, out, err = invoke(project, "demo.copy-files", *flags.split())
    assert (code, out.strip(), err) == (0, printed, "")


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ("--max-files", "--max-files needs a value"),
        ("--to", "--to needs a value"),
        ("--max-files abc", "--max-files takes a whole number from 1 to 10, not 'abc'"),
        ("--max-files 1.5", "--max-files takes a whole number from 1 to 10, not '1.5'"),
        ("--max-files 11", "--max-files takes a whole number from 1 to 10, not '11'"),
        ("--max-files -1", "--max-files takes a whole number from 1 to 10, not '-1'"),
        ("--port 99999", "--port takes a whole number from 1 to 65535, not '99999'"),
        ("--wait -1", "--wait takes a number of at least 0, not '-1'"),
        ("--wait nan", "--wait takes a number of at least 0, not 'nan'"),
        ("--wait inf", "--wait takes a number of at least 0, not 'inf'"),
        ("--speed 3", "No idea what '--speed' is!"),
        ("again", "No idea what 'again' is!"),
        ("--to nowhere", "--to takes a folder, not 'nowhere'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    project: Path, flags: str, problem: str
) -> None:
    code, out, err = invoke(project, "demo.copy-files", *flags.split())
    hint = "(see: invoke --list, invoke --help COMMAND)"
    assert (code, out, err) == (2, "", f"{problem} {hint}\n")


def test_an_unknown_demo_is_bad_input(project: Path) -> None:
    code, out, err = invoke(project, "demo.nothing")
    assert (code, out) == (2, "")
    assert err.startswith("No idea what 'demo.nothing' is!")
    assert err.count("\n") == 1


def test_a_failure_is_one_line_and_exit_code_1(project: Path) -> None:
    code, out, err = invoke(project, "demo.copy-files", "--to", "broken")
    assert (code, out) == (1, "")
    assert err.startswith("copy-files: ValueError: it broke, badly (")
    assert err.count("\n") == 1


def test_debug_shows_where_it_failed(project: Path) -> None:
    code, _, err = invoke(project, "--debug", "demo.copy-files", "--to", "broken")
    assert code == 1
    assert "Traceback" in err
    assert "copy_files.py" in err


def test_an_interrupt_is_silent(project: Path) -> None:
    interrupted = invoke(project, "demo.copy-files", "--to", "interrupted")
    assert interrupted == (130, "", "")


def test_help_has_the_docstring_and_the_flags_with_their_defaults(
    project: Path,
) -> None:
    code, out, _ = invoke(project, "--help", "demo.copy-files")
    assert code == 0
    for part in (
        "Copy files, slowly.",
        "And more about it.",
        "--max-files",
        "how many (default 4)",
        "--[no-]color",
        "--fast",
    ):
        assert part in out
    assert "(default None)" not in out


def test_broken_demos_are_listed_beside_those_that_work(project: Path) -> None:
    code, out, err = invoke(project, "--list")
    assert (code, err) == (0, "")
    assert "demo.copy-files" in out
    assert "Copy files, slowly." in out
    for slug in BROKEN:
        assert f"demo.{slug.replace('_', '-')}" in out


@pytest.mark.parametrize(
    ("slug", "error"),
    [
        ("broken_import", "ModuleNotFoundError: No module named 'nothing_like_this'"),
        ("broken_syntax", "SyntaxError: "),
        ("broken_flags", "ValueError: "),
        ("broken_exit", "SystemExit: 3"),
        ("broken_empty", "AttributeError: "),
    ],
)
def test_a_broken_demo_says_what_is_wrong(project: Path, slug: str, error: str) -> None:
    code, out, err = invoke(project, f"demo.{slug.replace('_', '-')}")
    assert (code, out) == (1, "")
    assert f"demos/{slug}.py: {error}" in err
    assert err.count("\n") == 1


def test_a_demo_ends_when_its_parent_is_gone(project: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "invoke", "demo.copy-files", "--to", "parent"],
        cwd=project,
        env=os.environ | {"ASYNCIO_LIVE_PARENT": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"running"
    child.communicate(timeout=10)  # closes its standard input
    assert child.returncode != 0


@pytest.mark.parametrize(
    ("default", "shown"),
    [(0, "x (default 0)"), (1.0, "x (default 1.0)"), (False, "x"), (None, "x")],
)
def test_a_default_is_shown_even_if_it_is_zero_or_one(
    default: object, shown: str
) -> None:
    assert commands._help(Flag("x"), default) == shown
