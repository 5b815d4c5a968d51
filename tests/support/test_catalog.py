from pathlib import Path

import pytest

from demos.support.catalog import slugs
from tests.support.conftest import BROKEN
from tests.talks import invoke, python

IMPORTED = "copy_files is imported"


def test_every_python_file_of_the_folder_is_a_demo(project: Path) -> None:
    assert slugs(project / "demos") == sorted([*BROKEN, "copy_files"])


def test_what_is_no_file_or_hidden_is_no_demo(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / ".#locked.py").symlink_to("nobody@nowhere.1")
    (tmp_path / "._copied.py").touch()
    (tmp_path / "real.py").touch()
    assert slugs(tmp_path) == ["real"]


def test_the_list_has_every_demo_and_imports_none(project: Path) -> None:
    listed = invoke(project, "--list")
    assert (listed.returncode, listed.stderr) == (0, "")
    names = {line.split()[0] for line in listed.stdout.splitlines() if line}
    for slug in (*BROKEN, "copy_files"):
        assert f"demo.{slug.replace('_', '-')}" in names
    assert "Copy files, slowly." in listed.stdout
    assert "(broken_syntax.py, line 1)" in " ".join(listed.stdout.split())
    assert IMPORTED not in listed.stdout


@pytest.mark.parametrize(
    "line",
    [
        "--help demo.copy-files",
        "--help=demo.copy-files",
        "-h demo.copy-files",
        "-hdemo.copy-files",
        "demo.copy-files --help",
    ],
)
def test_help_has_the_flags_however_it_is_asked_for(project: Path, line: str) -> None:
    helped = invoke(project, *line.split())
    assert (helped.returncode, helped.stderr) == (0, "")
    assert "how many (from 1 to 10, default 4)" in helped.stdout


def test_two_demos_run_one_after_the_other(project: Path) -> None:
    two = "demo.copy-files --max-files 2 demo.broken-import"
    done = invoke(project, *two.split())
    assert (done.returncode, done.stdout) == (1, f"{IMPORTED}\n2 copied\n")
    assert "demos/broken_import.py: " in done.stderr


@pytest.mark.parametrize("words", [["--max-files", "2"], ["--max-files", "0"]])
def test_a_demo_runs_as_a_module_as_it_does_as_a_task(
    project: Path, words: list[str]
) -> None:
    task = invoke(project, "demo.copy-files", *words)
    module = python(project, "demos.copy_files", *words)
    assert (module.returncode, module.stderr) == (task.returncode, task.stderr)
    assert module.stdout.splitlines()[-1] == task.stdout.splitlines()[-1]


def test_ctrl_c_while_a_demo_is_imported_is_silent(project: Path) -> None:
    done = invoke(project, "demo.broken-off")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("slug", "error"),
    [
        ("broken_import", "ModuleNotFoundError: No module named 'nothing_like_this'"),
        ("broken_syntax", "SyntaxError: invalid syntax (broken_syntax.py, line 1)"),
        ("broken_bytes", ""),  # a ValueError until 3.11, then a SyntaxError
        ("broken_flags", "ValueError: "),
        ("broken_exit", "SystemExit: 3"),
        ("broken_empty", "AttributeError: "),
    ],
)
def test_a_broken_demo_says_what_is_wrong(project: Path, slug: str, error: str) -> None:
    done = invoke(project, f"demo.{slug.replace('_', '-')}")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"demos/{slug}.py: {error}" in done.stderr
    assert done.stderr.count("\n") == 1
    assert IMPORTED not in done.stdout
