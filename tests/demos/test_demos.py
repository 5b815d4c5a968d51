"""Every demo, as an attendee types it: with its defaults, and with a bad flag."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from invoke.collection import Collection
from invoke.parser import Parser

from demos.support import catalog
from demos.support.catalog import slugs
from slides.stage import runner
from tests.talks import PATHS, ROOT, invoke

STRICT = [sys.executable, "-W", "error", "-m", "invoke"]
TASKS = {slug: catalog.task(slug) for slug in slugs()}

each = pytest.mark.parametrize("slug", slugs())


def run(slug: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a demo in another folder, in the C locale, strict: no warning, no leak."""
    return subprocess.run(
        [*STRICT, "--search-root", str(ROOT), f"demo.{slug.replace('_', '-')}"],
        cwd=folder,
        env=os.environ | {"LANG": "C", "LC_ALL": "C", "COLUMNS": str(runner.COLUMNS)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=2 * runner.DEADLINE,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("another folder")


@pytest.fixture(scope="module")
def runs(
    folder: Path, request: pytest.FixtureRequest
) -> Iterator[dict[str, Future[Any]]]:
    """All demos that are tested, four at a time: they wait more than they compute."""
    asked = [
        str(item.callspec.params["slug"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and "runs" in item.fixturenames
    ]
    with ThreadPoolExecutor(4) as pool:
        yield {slug: pool.submit(run, slug, folder) for slug in asked}


@pytest.fixture(scope="module")
def parser() -> Parser:
    """Return invoke's parser, for command lines of all demos."""
    demos = Collection("demo", *TASKS.values())
    return Parser(contexts=Collection(demos).to_contexts())


@pytest.mark.smoke
@each
def test_a_demo_runs_with_its_defaults_and_ends_with_its_lesson(
    slug: str, runs: dict[str, Future[Any]], folder: Path, parser: Parser
) -> None:
    done = runs[slug].result()
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    *_, lesson, try_next = done.stdout.splitlines()
    assert re.search(r"\d", lesson), "a lesson names what was measured"
    assert len(lesson) <= runner.COLUMNS
    assert try_next.startswith("try next: invoke demo.")
    parser.parse_argv(shlex.split(try_next)[3:])  # raises where invoke would refuse it
    assert list(folder.iterdir()) == []


@pytest.mark.smoke
@each
def test_a_demo_refuses_a_flag_it_does_not_know(slug: str) -> None:
    refused = invoke(ROOT, f"demo.{slug.replace('_', '-')}", "--no-such-flag")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("No idea what '--no-such-flag' is!")
    assert refused.stderr.count("\n") == 1


@each
def test_every_command_and_flag_that_a_demo_names_exists(
    slug: str, parser: Parser
) -> None:
    source = (PATHS.demos / f"{slug}.py").read_text(encoding="utf-8")
    named = re.findall(r"invoke (demo\.[\w-]+)((?: --[a-z-]+)*)", source)
    assert (f"demo.{slug.replace('_', '-')}", "") in named, "it says how it is run"
    for demo, flags in named:
        assert set(flags.split()) <= parser.contexts[demo].flags.keys()
    own = parser.contexts[f"demo.{slug.replace('_', '-')}"].flags.keys()
    help_ = re.sub("invoke .*", "", TASKS[slug].__doc__ or "")
    assert set(re.findall(r"(?<!\S)--[a-z-]+", help_)) <= own


@each
def test_the_first_line_of_its_help_is_its_lesson(slug: str) -> None:
    first, empty, *_ = (TASKS[slug].__doc__ or "").splitlines()
    assert re.fullmatch(r".{20,85}\.", first)
    assert empty == ""
