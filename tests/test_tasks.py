"""The commands: what each imports, and the flags of all of them, demos included."""

import math
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, get_args, get_origin

import pytest
from invoke.parser import Parser
from invoke.parser.context import ParserContext

import tasks
from demos.support import catalog
from demos.support.catalog import slugs
from demos.support.commands import Command
from demos.support.flags import Flag, UsageError
from tests.talks import PATIENCE, ROOT, invoke

COMMANDS: list[Command] = [
    *tasks.namespace.tasks.values(),
    *(catalog.task(slug) for slug in slugs()),
]


class Case(NamedTuple):
    """A flag of a command; `kinds` is its type, and NoneType where it may be absent."""

    command: Command
    name: str
    kinds: tuple[type, ...]
    flag: Flag

    def given(self, text: str) -> object:
        """Return what the parameter is, for this text on the command line."""
        name = f"--{self.name.replace('_', '-')}"
        context = ParserContext(self.command.name, args=self.command.get_arguments())
        parser = Parser(contexts=[context])
        (parsed,) = parser.parse_argv([self.command.name, f"{name}={text}"])
        return parsed.as_kwargs[self.name]


def cases() -> list[Case]:
    """Return every flag that there is."""
    found = []
    for command in COMMANDS:
        for name, parameter in command.argspec(command.body).parameters.items():
            kind, flag = get_args(parameter.annotation)
            kinds = (list,) if get_origin(kind) is list else get_args(kind) or (kind,)
            found.append(Case(command, name, kinds, flag))
    return found


CASES = cases()
NUMBERS = [case for case in CASES if {int, float} & {*case.kinds}]


def of(chosen: list[Case]) -> pytest.MarkDecorator:
    """Run a test for each of these flags."""
    ids = [f"{case.command.name} --{case.name}" for case in chosen]
    return pytest.mark.parametrize("case", chosen, ids=ids)


def test_there_are_flags_of_the_commands_and_of_every_demo() -> None:
    named = {case.command.name for case in CASES}
    assert named >= {"present", "export", *(slug.replace("_", "-") for slug in slugs())}


@of(CASES)
def test_every_flag_has_a_help(case: Case) -> None:
    assert case.flag.help


@of(NUMBERS)
def test_a_number_has_bounds_which_are_accepted(case: Case) -> None:
    assert math.isfinite(case.flag.least)
    for bound in (case.flag.least, case.flag.most):
        if math.isfinite(bound):
            assert case.given(str(bound)) == bound


@of(NUMBERS)
def test_what_is_no_number_or_out_of_bounds_is_refused_in_a_line(case: Case) -> None:
    below, above = case.flag.least - 1, case.flag.most + 1
    if float in case.kinds:
        below = math.nextafter(case.flag.least, -math.inf)
        above = math.nextafter(case.flag.most, math.inf)
    for text in (str(below), str(above), "many", "nan", "inf"):
        with pytest.raises(UsageError) as caught:
            case.given(text)
        said = caught.value.message or ""
        assert said.startswith(f"--{case.name.replace('_', '-')} takes a ")
        assert repr(text) in said
        assert "\n" not in said
        assert caught.value.code == 2


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("present", set()),
        ("--list", set()),
        ("demo.futures", {"futures"}),
        ("--help=demo.which-model", {"which_model"}),
        ("demo.futures demo.cancellation", {"futures", "cancellation"}),
    ],
)
def test_only_the_demos_that_are_asked_for_are_imported(
    line: str, asked: set[str]
) -> None:
    code = "import sys, tasks; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *line.split()],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
        timeout=PATIENCE,
    )
    loaded = set(done.stdout.split())
    assert {slug for slug in slugs() if f"demos.{slug}" in loaded} == asked
    assert "aiohttp" not in loaded
    assert ("rich" in loaded) == bool(asked)


def test_invoke_alone_is_the_list_from_wherever_inside_it_is_called() -> None:
    alone, listed = invoke(ROOT / "slides" / "diagrams"), invoke(ROOT, "--list")
    assert (alone.returncode, alone.stdout, alone.stderr) == (0, listed.stdout, "")
    assert "demo.futures" in listed.stdout


@pytest.mark.parametrize("command", ["test", "check", "bench"])
def test_without_the_packages_of_the_tests_it_says_the_pip_command(
    talk: Path, command: str
) -> None:
    (talk / "tests").mkdir()
    listed = "-r ../requirements.txt\n\nnothing-like-this==1.0.0\n"
    (talk / "tests" / "requirements.txt").write_text(listed, encoding="utf-8")
    refused = invoke(talk, command)
    listed = str(talk / "tests" / "requirements.txt")  # a path with a space
    install = shlex.join([sys.executable, "-m", "pip", "install", "-r", listed])
    said = f"nothing-like-this is missing: {install}\n"
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", said)
