"""Shell completion, called as invoke's completion scripts do."""

from pathlib import Path

import pytest

from tests.talks import invoke


@pytest.mark.parametrize(
    ("typed", "flags"),
    [
        ("demo.copy-files --m", {"--max-files", "--to"}),
        ("demo.copy-files --max-files 3 --", {"--max-files", "--to"}),
        ("demo.copy-files --max-files", set()),  # its value is not for us to say
    ],
)
def test_flags_are_completed(project: Path, typed: str, flags: set[str]) -> None:
    done = invoke(project, "--complete", "--", "invoke", *typed.split())
    printed = set(done.stdout.splitlines()) - {"copy_files is imported"}
    assert (done.returncode, done.stderr, printed) == (0, "", flags)


@pytest.mark.parametrize("program", ["inv", ".venv/bin/invoke", r"my\ talk/invoke"])
def test_the_program_may_be_a_path(project: Path, program: str) -> None:
    done = invoke(project, "--complete", "--", program, "demo.copy-files", "--t")
    printed = {"copy_files is imported", "--max-files", "--to"}
    assert (done.returncode, done.stderr) == (0, "")
    assert set(done.stdout.splitlines()) == printed


@pytest.mark.parametrize("typed", ["demo.copy", "demo.copy-files"])
def test_names_are_completed(project: Path, typed: str) -> None:
    done = invoke(project, "--complete", "--", "invoke", typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert {"demo.copy-files", "demo.broken-import"} < set(done.stdout.splitlines())


@pytest.mark.parametrize(
    ("typed", "flags"),
    [
        ("demo.copy-files --max-files many --t", {"--max-files", "--to"}),
        ("demo.copy-files --max-files 11 --nothing --t", {"--max-files", "--to"}),
        ('demo.copy-files --to "my fo', set()),
    ],
)
def test_a_mistake_prints_no_error_into_the_prompt(
    project: Path, typed: str, flags: set[str]
) -> None:
    done = invoke(project, "--complete", "--", "invoke", *typed.split())
    printed = set(done.stdout.splitlines()) - {"copy_files is imported"}
    assert (done.returncode, done.stderr, printed) == (0, "", flags)


def test_after_an_unknown_command_come_invokes_own_flags(project: Path) -> None:
    done = invoke(project, "--complete", "--", "invoke", "demo.nothing", "--t")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--version" in done.stdout.splitlines()
