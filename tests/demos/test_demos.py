"""Every demo, as an attendee types it: with its defaults, and with a bad flag."""

import re

import pytest
from invoke.collection import Collection
from invoke.parser import Parser

from demos.support import catalog
from demos.support.catalog import slugs
from demos.support.console import TOO_BUSY
from slides.stage import runner
from tests.talks import PATHS, ROOT, DemoRuns, invoke

TASKS = {slug: catalog.task(slug) for slug in slugs()}

each = pytest.mark.parametrize("slug", slugs())


@pytest.fixture(scope="module")
def parser() -> Parser:
    """Return invoke's parser, for command lines of all demos."""
    demos = Collection("demo", *TASKS.values())
    return Parser(contexts=Collection(demos).to_contexts())


@pytest.mark.smoke
@each
def test_a_demo_with_its_defaults_ends_with_its_lesson_or_says_why_it_has_none(
    slug: str, demo_runs: DemoRuns
) -> None:
    done = demo_runs.of[slug].result()
    assert list(demo_runs.folder.iterdir()) == []
    if TOO_BUSY in done.stderr:  # a machine that these tests keep busy, perhaps
        assert re.fullmatch(rf"this machine was {TOO_BUSY}: .*\n", done.stderr)
        assert done.returncode == 1
        assert "try next: " not in done.stdout, "there is no lesson"
        return
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    *_, lesson, try_next = lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= runner.COLUMNS
    assert re.search(r"\d", lesson), "a lesson names what was measured"
    assert len(lesson) <= runner.COLUMNS
    assert try_next.startswith("try next: invoke demo.")
    catalog.parse(try_next.removeprefix("try next: "))  # raises where it is refused


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
