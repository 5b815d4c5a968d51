"""The README: its commands, its table, and its five minutes, held against the repo."""

import re
from pathlib import Path

import pytest

from demos.support.commands import slugs
from slides.stage import runner
from slides.stage.deck.sections import sections
from tests.talks import PATHS, ROOT, invoke

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)


def test_the_two_commands_stand_as_they_are_typed() -> None:
    blocks = re.findall(r"^```bash\n(.*?)```$", README, re.MULTILINE | re.DOTALL)
    assert blocks == [
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"
        " && .venv/bin/invoke present\n",
        ".venv/bin/pip install -r tests/requirements.txt && .venv/bin/invoke test\n",
    ]


def test_the_table_is_the_deck() -> None:
    expected = []
    first = 1
    for part in sections(PATHS):
        title = part.title.partition(":")[0]
        last = first + len(part.slides) - 1
        span = f"{first}–{last}"
        for name in re.findall(r"!\[invoke demo\.([\w-]+)\]", part.text) or [""]:
            slug = name.replace("-", "_")
            demo = f"[{slug}](demos/{slug}.py)" if slug else ""
            command = f"`{runner.command(slug)}`" if slug else ""
            expected.append((title, span, demo, command))
            title = span = ""
        first = last + 1
    table = README.partition("## What runs where")[2].partition("## For speakers")[0]
    padded = re.sub(r"\|(?= *\|)", "| ", table)
    rows = [tuple(cell.strip() for cell in row) for row in ROW.findall(padded)]
    assert rows[1:] == expected
    assert {slug for _, _, demo, _ in expected for slug in slugs() if slug in demo} == (
        set(slugs())
    )


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
def example() -> tuple[str, str]:
    """The demo and the section of "in five minutes", as the README shows them."""
    fenced = re.findall(r"^   (`{3,4})\w+\n(.*?)^   \1$", README, re.M | re.S)
    demo, section = (re.sub(r"^   ", "", body, flags=re.M) for _, body in fenced)
    return demo, section


def test_a_section_and_a_demo_in_five_minutes(
    talk: Path, example: tuple[str, str]
) -> None:
    demo, section = example
    (talk / "demos" / "hello.py").write_text(demo, encoding="utf-8")
    (talk / "slides" / "60-hello.md").write_text(section, encoding="utf-8")
    recorded = invoke(talk, "record", "--demo", "hello")
    assert recorded.returncode == 0, recorded.stderr
    synced = invoke(talk, "sync")
    assert "updated 60-hello.md" in synced.stdout
    written = (talk / "slides" / "60-hello.md").read_text("utf-8")
    assert "async def greet(names: list[str]) -> list[str]:" in written
    said = invoke(talk, "demo.hello", "--name", "you", "--name", "me")
    greeted = [line for line in said.stdout.splitlines() if line]
    assert greeted[:3] == ["Hello, you!", "Hello, me!", "2 greeted."]
