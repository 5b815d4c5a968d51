"""Code and figures named by their source: refreshed, refused when there is none."""

from pathlib import Path

import pytest

from slides.stage.deck import fences
from slides.stage.deck.marks import FORM
from slides.stage.deck.sections import Section
from slides.stage.paths import Paths
from tests.talks import HEAD

MODULE = '''import dataclasses

LIMIT = 3
NAMES: list[str] = ["a"]


@dataclasses.dataclass
class Point:
    """A point."""

    x: int = 0

    async def move(self) -> None:
        """Move."""
        self.x += 1


def after() -> int:
    return 1
'''


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    (tmp_path / "module.py").write_text(MODULE, encoding="utf-8")
    return Paths(tmp_path)


@pytest.mark.parametrize(
    ("symbol", "first", "last"),
    [
        ("LIMIT", "LIMIT = 3", "LIMIT = 3"),
        ("NAMES", 'NAMES: list[str] = ["a"]', 'NAMES: list[str] = ["a"]'),
        ("Point", "@dataclasses.dataclass", "        self.x += 1"),
        ("Point.move", "async def move(self) -> None:", "    self.x += 1"),
        ("after", "def after() -> int:", "    return 1"),
    ],
)
def test_a_symbol_is_shown_whole(
    paths: Paths, symbol: str, first: str, last: str
) -> None:
    lines = fences.current(paths, f"module.py::{symbol}").splitlines()
    assert (lines[0], lines[-1]) == (first, last)


@pytest.mark.parametrize(
    "source",
    ["module.py::nothing", "module.py::Point.nothing", "gone.py::after", "module.py"],
)
def test_what_is_not_there_is_a_lookup_error(paths: Paths, source: str) -> None:
    with pytest.raises(LookupError, match=r"there is no"):
        fences.current(paths, source)


def test_fill_refreshes_named_blocks_and_leaves_the_rest(paths: Paths) -> None:
    text = "# A\n\n```python {1|all} module.py::after\nold\n```\n\n```text\nkeep\n```\n"
    section = Section(paths.slides / "10-x.md", text)
    sources, problems = fences.read(paths, [section])
    assert problems == []
    fresh = text.replace("old\n", "def after() -> int:\n    return 1\n")
    assert fences.fill(text, sources) == fresh
    assert fences.fill(fresh, sources) == fresh
    assert list(fences.stale(section, sources)) == [
        "slides/10-x.md:3: module.py::after has changed: invoke sync"
    ]
    assert list(fences.stale(Section(section.path, fresh), sources)) == []


@pytest.mark.parametrize(
    ("fence", "filled"),
    [
        ("~~~py module.py::LIMIT\nold\n~~~\n", "~~~py module.py::LIMIT\n{}~~~\n"),
        ("````py  module.py::LIMIT\n```\n````", "````py  module.py::LIMIT\n{}````"),
        ("```py module.py::LIMIT\n```\n", "```py module.py::LIMIT\n{}```\n"),
        (
            "> ```py module.py::LIMIT\n> old\n> ```\n",
            "> ```py module.py::LIMIT\n> {}> ```\n",
        ),
        (
            "- ```py module.py::LIMIT\n  old\n  ```\n",
            "- ```py module.py::LIMIT\n  {}  ```\n",
        ),
        (
            "1. > ```py module.py::LIMIT\n   > old\n   > ```\n",
            "1. > ```py module.py::LIMIT\n   > {}   > ```\n",
        ),
    ],
)
def test_a_fence_is_what_markdown_says(paths: Paths, fence: str, filled: str) -> None:
    sources, _ = fences.read(paths, [Section(Path("x.md"), fence)])
    assert fences.fill(fence, sources) == filled.format("LIMIT = 3\n")


@pytest.mark.parametrize(
    "text",
    [
        '```python title="module.py::after"\nold\n```\n',
        "```python {lines:true}\nold\n```\n",
        "```python module.py\nold\n```\n",
        "    ```python module.py::after\n    old\n    ```\n",
        "````md\n```python module.py::after\nold\n```\n````\n",
    ],
)
def test_what_names_no_source_is_left_alone(paths: Paths, text: str) -> None:
    sources, problems = fences.read(paths, [Section(Path("x.md"), text)])
    assert problems == []
    assert fences.fill(text, sources) == text


def test_a_fence_that_is_not_closed_is_named(paths: Paths) -> None:
    text = "# A\n\n```python module.py::after\nold\n"
    sources, problems = fences.read(paths, [Section(paths.slides / "10-x.md", text)])
    assert problems == ["slides/10-x.md:3: this fence is not closed"]
    assert fences.fill(text, sources) == text


RECORDED = f"""{HEAD}\
[0.1, "o", "threads   1.20 s [1.10–1.30]  ███\\r\\n"]
[0.1, "o", "asyncio   0.2 s [0.1–0.3]\\r\\ntasks 10,000: 1.1 KiB each\\r\\n"]
[0.1, "m", "10 at once: threads 9.3 ×, asyncio 9.2 ×: 7% of asyncio 3"]
[0.1, "x", "0"]
"""


@pytest.fixture
def recorded(paths: Paths) -> Paths:
    paths.recordings.mkdir(parents=True)
    (paths.recordings / "a.cast").write_text(RECORDED, encoding="utf-8")
    return paths


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("at once: threads *", "9.3 ×\n"),
        ("* at once", "10\n"),
        ("asyncio *:", "9.2 ×\n"),
        (": * of", "7%\n"),
        ("[1.10–1.30]", None),
        ("tasks *:", "10,000\n"),
        ("10,000: * each", "1.1 KiB\n"),
        ("threads * ███", "1.20 s\n[1.10–1.30]\n"),
    ],
)
def test_a_figure_is_what_a_recording_says(
    recorded: Paths, words: str, figure: str | None
) -> None:
    text = f"```threads  recordings/a.cast  {words}\nold\n```\n"
    sources, problems = fences.read(recorded, [Section(Path("x.md"), text)])
    assert problems == []
    lesson = fences.current(recorded, "recordings/a.cast")
    assert list(sources.values()) == [figure or lesson]


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("processes *", "nothing"),
        ("hreads *", "nothing"),
        ("threads *", "1.20 s [1.10–1.30] or 9.3 ×"),
    ],
)
def test_words_that_do_not_name_one_figure_are_refused(
    recorded: Paths, words: str, read: str
) -> None:
    text = f"```threads recordings/a.cast {words}\n```\n"
    _, problems = fences.read(recorded, [Section(recorded.slides / "x.md", text)])
    assert problems == [f"slides/x.md:1: recordings/a.cast has {read} for {words!r}"]


@pytest.mark.parametrize(
    ("note", "filled"),
    [
        (
            '<!-- [old](recordings/a.cast "at once: threads *"). -->',
            '<!-- [9.3 ×](recordings/a.cast "at once: threads *"). -->',
        ),
        (
            '<!--\nA.\n\n[](recordings/a.cast "threads * █") [x](y)\n-->',
            '<!--\nA.\n\n[1.20 s](recordings/a.cast "threads * █") [x](y)\n-->',
        ),
        (
            'B <!-- [1](recordings/a.cast "tasks *:"), '
            '[2](recordings/a.cast ": * of") --> C',
            'B <!-- [10,000](recordings/a.cast "tasks *:"), '
            '[7%](recordings/a.cast ": * of") --> C',
        ),
        (
            '- D\n\n  <!-- [1.1\n  KB](recordings/a.cast\n  "10,000: *\n  each") -->',
            '- D\n\n  <!-- [1.1 KiB](recordings/a.cast\n  "10,000: *\n  each") -->',
        ),
    ],
)
def test_a_note_quotes_a_figure_without_its_range(
    recorded: Paths, note: str, filled: str
) -> None:
    text = f"# Ä\n\n{note}\n\n```threads recordings/a.cast asyncio *:\nold\n```\n"
    section = Section(recorded.slides / "x.md", text)
    sources, problems = fences.read(recorded, [section])
    assert problems == []
    fresh = text.replace(note, filled).replace("\nold\n", "\n9.2 ×\n")
    assert fences.fill(text, sources) == fresh
    assert len(list(fences.stale(section, sources))) == 1 + note.count("(recordings/")
    assert list(fences.stale(Section(section.path, fresh), sources)) == []


def test_a_stale_figure_in_a_note_is_named_with_its_line(recorded: Paths) -> None:
    mark = '[10,000](recordings/a.cast "tasks *:") [9](recordings/a.cast ": * of")'
    section = Section(recorded.slides / "x.md", f"# A\n\n<!--\nSay: {mark}\n-->\n")
    sources, _ = fences.read(recorded, [section])
    assert list(fences.stale(section, sources)) == [
        "slides/x.md:4: recordings/a.cast : * of has changed: invoke sync"
    ]


def test_a_mark_broken_over_lines_is_current_when_its_words_are(
    recorded: Paths,
) -> None:
    text = '<!-- [9.3\n×](recordings/a.cast\n"at once:\nthreads *") -->\n'
    section = Section(recorded.slides / "x.md", text)
    sources, problems = fences.read(recorded, [section])
    assert problems == []
    assert fences.fill(text, sources) == text
    assert list(fences.stale(section, sources)) == []


@pytest.mark.parametrize(
    "text",
    [
        '[9](recordings/a.cast "gone *")',
        '```md\n<!-- [9](recordings/a.cast "gone *") -->\n```',
        '    <!-- [9](recordings/a.cast "gone *") -->',
        '<!-- unclosed [9](recordings/a.cast "gone *")',
        "<!-- Source: slides/recordings/a.cast (all of it); [1](https://x.test) -->",
    ],
)
def test_only_a_link_in_a_note_is_a_mark(recorded: Paths, text: str) -> None:
    sources, problems = fences.read(recorded, [Section(Path("x.md"), text)])
    assert (sources, problems) == ({}, [])


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (
            '[9](recordings/a.cast "threads *")',
            "recordings/a.cast has 1.20 s [1.10–1.30] or 9.3 × for 'threads *'",
        ),
        (
            '[9](recordings/a.cast "gone *")',
            "recordings/a.cast has nothing for 'gone *'",
        ),
        (
            '[9](recordings/b-c.cast "*")',
            "there is no recordings/b-c.cast: invoke record --demo b-c",
        ),
        ("[9](recordings/a.cast)", FORM),
        ('[9](recordings/a.cast "threads")', FORM),
        ('[9](recordings/a.cast "threads * *")', FORM),
        ("[9](recordings/a.cast 'threads *')", FORM),
        ('[9](recordings/a "threads *")', FORM),
        ('[9] (recordings/a.cast "threads *")', FORM),
        ('[9](../recordings/a.cast "threads *")', FORM),
        ('[[9]](recordings/a.cast "threads *")', FORM),
        ('9](recordings/a.cast "threads *")', FORM),
        ('[9](recordings/a.cast\n"threads *', FORM),
    ],
)
def test_a_mark_that_quotes_nothing_is_named_with_its_line(
    recorded: Paths, mark: str, said: str
) -> None:
    text = f"# A\n\n<!--\nSay: well.\n\nThey take {mark} each.\n-->\n"
    _, problems = fences.read(recorded, [Section(recorded.slides / "x.md", text)])
    assert problems == [f"slides/x.md:6: {said}"]


@pytest.mark.parametrize("file", ["../outside.py", "gone.py"])
def test_no_source_from_outside_the_project(paths: Paths, file: str) -> None:
    (paths.root.parent / "outside.py").write_text(MODULE, encoding="utf-8")
    with pytest.raises(LookupError, match=f"^there is no file {file}$"):
        fences.current(paths, f"{file}::after")


def test_a_source_that_is_not_there_is_named_with_its_line(paths: Paths) -> None:
    names = ("module", "half", "latin", "null", "deep", "x" * 300)
    for name, source in (
        ("half", b"x = 1\ndef half(:\n"),
        ("latin", b"x = '\xe9'\n"),
        ("null", b"x = '\0'\n"),
        ("deep", b"x = " + b"-" * 99_999),
    ):
        (paths.root / f"{name}.py").write_bytes(source)
    text = "".join(f"```python {name}.py::x\n```\n" for name in names)
    _, problems = fences.read(paths, [Section(paths.slides / "10-x.md", text)])
    for number, said in enumerate(
        (
            "there is no module.py::x",
            "half.py:2: invalid syntax",
            "latin.py: 'utf-8' codec can't decode",
            "null.py",  # a ValueError until 3.11, then a SyntaxError
            "deep.py: ",
            "",  # an OSError until 3.13, then there is no such file
        )
    ):
        line = f"slides/10-x.md:{2 * number + 1}: {said}"
        assert problems[number].startswith(line)
    assert len(problems) == 6


def test_a_recording_that_no_terminal_understands_is_named(recorded: Paths) -> None:
    odd = RECORDED.replace("threads   1.20", "\\u001b[?1;2c")
    (recorded.recordings / "odd.cast").write_text(odd, encoding="utf-8")
    text = "```threads recordings/odd.cast tasks *:\n```\n"
    _, problems = fences.read(recorded, [Section(recorded.slides / "x.md", text)])
    said = "slides/x.md:1: recordings/odd.cast cannot be drawn: "
    assert [problem[: len(said)] for problem in problems] == [said]
