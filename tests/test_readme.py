"""The README: its commands, its table, and its five minutes, held against the repo."""

import re
import shutil
from pathlib import Path

import pytest

from demos.support.catalog import slugs
from slides.stage.deck import readme
from slides.stage.deck.build import build
from slides.stage.deck.contents import contents
from tests.talks import PATHS, ROOT, invoke, present, python

README = (ROOT / "README.md").read_text(encoding="utf-8")
STEP = re.compile(  # of the five minutes: a file to write, or a command to run
    r"Write `(?P<file>\S+)`.*?^   (?P<fence>`{3,4})\w+\n(?P<text>.*?)^   (?P=fence)$"
    r"|`invoke (?P<words>[^`]+)`",
    re.MULTILINE | re.DOTALL,
)
# The tests that a new section and a new demo must pass.
SLIDES = ["tests/slides", "tests/test_readme.py", "tests/browser/test_slides.py"]
DEMOS = ["tests/demos/test_demos.py", "tests/stage/test_recordings.py"]


def test_the_two_commands_stand_as_they_are_typed() -> None:
    blocks = re.findall(r"^```bash\n(.*?)```$", README, re.MULTILINE | re.DOTALL)
    assert blocks == [
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"
        " && .venv/bin/invoke present\n",
        ".venv/bin/pip install -r tests/requirements.txt && .venv/bin/invoke test\n",
    ]


def test_the_table_is_the_deck(packages: None) -> None:
    assert readme.fill(README, contents(build(PATHS))) == README
    linked = re.findall(r"\[\w+\]\(demos/(\w+)\.py\)", README)
    assert sorted({*linked}) == slugs()


def test_every_command_it_names_exists() -> None:
    listed = invoke(ROOT, "--list").stdout
    for command in re.findall(r"`invoke ([\w.-]+)", README):
        if not command.startswith("-"):
            name = "demo.downloader" if command == "demo.hello" else command
            assert re.search(rf"^  {re.escape(name)} ", listed, re.MULTILINE), command


def test_every_file_it_links_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not re.match(r"https?:|recordings/", target):  # of the web, or an example
            assert (ROOT / target).exists(), target


@pytest.fixture
def copy(packages: None, tmp_path: Path) -> Path:
    """A copy of the repository, to be changed."""
    listed = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    names = [line.strip("/").rpartition("/")[2] for line in listed]
    copy = tmp_path / "a copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", *names))
    (copy / "slides" / "node_modules").symlink_to(PATHS.packages)
    return copy


def passes(folder: Path, *words: str) -> None:
    """Check that some of the tests in `folder` pass."""
    done = python(folder, "pytest", "--quiet", *words)
    assert done.returncode == 0, done.stdout


def test_a_section_and_a_demo_in_five_minutes(copy: Path) -> None:
    recipe = README.partition("### A section and a demo of your own")[2]
    ran = []
    for step in STEP.finditer(recipe):
        if step["file"]:
            text = re.sub(r"^   ", "", step["text"], flags=re.MULTILINE)
            (copy / step["file"]).write_text(text, encoding="utf-8")
            continue
        ran.append(step["words"])
        if step["words"] == "test":  # not all: what does not look at it, or takes long
            passes(copy, *SLIDES, "-k", "not five_minutes and not arrow_key")
            passes(copy, *DEMOS, "-k", "hello")
        elif step["words"] == "present":
            with present(copy) as show:
                assert show.end() == 0
        else:
            done = invoke(copy, *step["words"].split())
            assert done.returncode == 0, done.stderr
    assert ran == ["record --demo hello", "sync", "test", "present"]
    section = (copy / "slides" / "60-hello.md").read_text("utf-8")
    assert "async def greet_all(names: list[str]) -> list[str]:" in section
    row = "[hello](demos/hello.py) | `invoke demo.hello` |"
    assert row in (copy / "README.md").read_text("utf-8")
    said = invoke(copy, "demo.hello", "--name", "you", "--name", "me")
    greeted = [line for line in said.stdout.splitlines() if line]
    assert greeted[:3] == ["Hello, you!", "Hello, me!", "2 greeted."]
