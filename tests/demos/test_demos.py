"""Every demo, as an attendee types it: defaults, help and bad flags."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from demos.support.catalog import DEMOS, slugs
from slides.stage import runner
from tests.talks import ROOT, invoke

pytestmark = pytest.mark.smoke

STRICT = [sys.executable, "-W", "error", "-m", "invoke"]


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
def runs(folder: Path) -> Iterator[dict[str, Future[Any]]]:
    """All demos, three at a time: they wait more than they compute."""
    with ThreadPoolExecutor(3) as pool:
        yield {slug: pool.submit(run, slug, folder) for slug in slugs()}


@pytest.mark.parametrize("slug", slugs())
def test_a_demo_runs_with_its_defaults_and_ends_with_its_lesson(
    slug: str, runs: dict[str, Future[Any]], folder: Path
) -> None:
    done = runs[slug].result()
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    *_, lesson, try_next = done.stdout.splitlines()
    assert re.search(r"\d", lesson), "a lesson names what was measured"
    assert len(lesson) <= runner.COLUMNS
    assert try_next.startswith("try next: invoke demo.")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("slug", slugs())
def test_what_a_demo_says_to_try_next_exists(slug: str) -> None:
    name = f"demo.{slug.replace('_', '-')}"
    source = (DEMOS / f"{slug}.py").read_text(encoding="utf-8")
    told = re.findall(r"invoke (demo\.[\w-]+)((?: --[a-z-]+)*)", source)
    assert told, "a demo says how it is run"
    helped = invoke(ROOT, "--help", name)
    assert helped.returncode == 0, helped.stderr
    for other, flags in told:
        assert other.removeprefix("demo.").replace("-", "_") in slugs()
        if other == name:
            for flag in flags.split():
                assert flag in helped.stdout


@pytest.mark.parametrize("slug", slugs())
def test_a_demos_help_is_its_lesson_and_every_flag_has_one(slug: str) -> None:
    helped = invoke(ROOT, "--help", f"demo.{slug.replace('_', '-')}")
    assert helped.returncode == 0
    for line in re.findall(r"^  --.+", helped.stdout, re.MULTILINE):
        assert re.match(r"  --[\w\[\]-]+(=\w+)? {2,}\S+", line), line


@pytest.mark.parametrize("slug", slugs())
@pytest.mark.parametrize("flag", ["--no-such-flag", "extra"])
def test_a_demo_refuses_what_it_does_not_know(slug: str, flag: str) -> None:
    refused = invoke(ROOT, f"demo.{slug.replace('_', '-')}", flag)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("slug", slugs())
def test_a_demo_refuses_numbers_that_are_none_or_out_of_bounds(slug: str) -> None:
    name = f"demo.{slug.replace('_', '-')}"
    listed = invoke(ROOT, "--help", name).stdout
    numbers = re.findall(r"^  --([\w-]+)  .+\(default [\d.]+\)", listed, re.MULTILINE)
    wrong = [[name, f"--{flag}", value] for flag in numbers for value in ("abc", "-1")]
    with ThreadPoolExecutor(2) as pool:
        for words, refused in zip(
            wrong, pool.map(lambda words: invoke(ROOT, *words), wrong), strict=True
        ):
            assert refused.returncode == 2, words
            assert refused.stderr.startswith(f"{words[1]} takes a")
            assert refused.stderr.count("\n") == 1


def test_an_unknown_demo_is_one_line() -> None:
    refused = invoke(ROOT, "demo.nothing")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
