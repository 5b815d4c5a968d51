"""The README's table, written from the slides."""

import subprocess
import sys
from pathlib import Path

from slides.stage.deck import readme
from slides.stage.deck.contents import Contents, SectionEntry, SlideEntry
from tests.talks import invoke

HEAD = "| section | slides | demo | command |\n|---|---|---|---|\n"
STALE = (
    f"# A talk\n\n{HEAD}| what was | 1–9 | | |\n\nAnd so on, in a | table | or not.\n"
)
PROBLEMS = """
from pathlib import Path
from slides.stage.deck import checks
from slides.stage.paths import Paths
stale = checks.stale(Paths(Path.cwd()))
print(*(each for each in stale if each.startswith("README")), sep="\\n")
"""


def held(*sections: tuple[str, list[str | None]]) -> Contents:
    """A deck whose sections have a title, and slides with a demo or none."""
    return Contents(
        [SectionEntry("", title, 0, []) for title, _ in sections],
        [
            SlideEntry(number, "", 1, "", 0, demo, "")
            for number, (_, demos) in enumerate(sections)
            for demo in demos
        ],
    )


def test_the_table_has_a_row_for_each_section_and_each_further_demo() -> None:
    deck = held(
        ("One", [None, None]),
        ("Two", [None, "a_demo", "b", "b-a_flag"]),
        ("Last", [None]),
    )
    filled = readme.fill(STALE, deck)
    assert filled == STALE.replace(
        "| what was | 1–9 | | |",
        "| One | 1–2 | | |\n"
        "| Two | 3–6 | [a_demo](demos/a_demo.py) | `invoke demo.a-demo` |\n"
        "| | | [b](demos/b.py) | `invoke demo.b` |\n"
        "| | | [b](demos/b.py) | `invoke demo.b --a-flag` |\n"
        "| Last | 7 | | |",
    )
    assert readme.fill(filled, deck) == filled


def test_a_bar_in_a_title_ends_no_cell() -> None:
    deck = held(("int | None", [None]))
    assert r"| int \| None | 1 | | |" in readme.fill(HEAD, deck)


def test_a_text_without_the_table_stays_as_it_is() -> None:
    text = "# A talk\n\n| another | table |\n|---|---|\n"
    assert readme.fill(text, held(("One", [None]))) == text


def test_sync_writes_the_table_and_check_says_that_it_is_out_of_date(
    talk: Path,
) -> None:
    def problems() -> str:
        return subprocess.run(
            [sys.executable, "-c", PROBLEMS],
            cwd=talk,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert problems() == ""
    (talk / "README.md").write_text(STALE, encoding="utf-8")
    assert problems() == "README.md is out of date: invoke sync"
    assert "updated README.md\n" in invoke(talk, "sync").stdout
    written = (talk / "README.md").read_text("utf-8")
    assert "| A talk | 1–2 | [ticker](demos/ticker.py) |" in written
    assert problems() == ""
    assert invoke(talk, "sync").stdout == ""
