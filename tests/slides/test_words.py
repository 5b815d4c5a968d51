"""The words of the deck: length, notes, order, terms, and code that is typed there."""

import doctest
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import pytest

from demos.support.commands import slugs
from slides.stage.deck.sections import Section, sections
from tests.talks import PATHS

MOST_WORDS = 35
MOST_LINES = 12
MOST_COLUMNS = 70
CLASSES = {"title", "opener", "demo", "code", "quote", "question", "remember"}
TITLES = [
    "# Asyncio, live",
    "# 1. Asynchronous Programming",
    "# 2. What is asyncio?",
    "# 2.1. Coroutine",
    "# 2.2. Event loop",
]
WATCHED_FOR = ["downloader", "threads_vs_processes", "event_loop_trace"]

# What not to write, and what the Python documentation writes instead.
SPELLINGS = {
    r"AsyncIO|async ?IO|Asyncio(?!, live)": "asyncio",
    r"eventloop|event-loop(?!-trace)|main loop": "event loop",
    r"(?i)\bco-routine": "coroutine",
    r"(?i)async(hronous)? function(?! call)": "coroutine function",
    r"(?i)multi-thread|multi-process": "threading, multiprocessing",
    r"(?i)subinterpreter": "sub-interpreter",
    r"(?i)free ?threaded|freethreaded|no-?gil\b": "free-threaded",
    r"(?i)non blocking|nonblocking": "non-blocking",
    r"(?i)cpu bound|i/?o bound|IO-bound": "CPU-bound, I/O-bound",
    r"(?i)sub-process": "subprocess",
    r"(?i)synchronis": "synchronization",
    r"(?i)task ?group(?<!TaskGroup)": "TaskGroup",
    r"(?i)time-out": "timeout",
    r"canceled|canceling": "cancelled, cancelling",
    r"\bthreadpool|thread-pool": "thread pool",
    r"\bpython\b(?!3| -|-)": "Python",
    r"\bgil\b": "GIL",
    r"(?i)green ?thread|fiber": "coroutine or task",
}

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_FENCE = re.compile(r"^```(.*?)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]+\)")
_NOT_OURS = re.compile(  # names and other people's words
    r"`[^`\n]*`|\"[^\"]*\"|\]\([^)]*\)|demo\.\S+|^Source: .*", re.MULTILINE
)
_HEADING = re.compile(r"^#+ .+$", re.MULTILINE)
_PROMPT = doctest.DocTestParser()


class Slide(NamedTuple):
    """A slide, and where it stands."""

    file: str
    number: int
    text: str

    @property
    def markdown(self) -> str:
        return _COMMENT.sub("", self.text)

    @property
    def kind(self) -> str:
        found = re.search(r"<!-- _class: (\w+) -->", self.text)
        return found[1] if found else ""

    @property
    def note(self) -> str:
        comments = _COMMENT.findall(self.text)
        return "\n".join(each for each in comments if "_class:" not in each)

    @property
    def headings(self) -> list[str]:
        return _HEADING.findall(_FENCE.sub("", self.markdown))

    @property
    def fences(self) -> list[tuple[str, str]]:
        """The opening line and the body of each fence."""
        return _FENCE.findall(self.markdown)

    @property
    def images(self) -> list[tuple[str, str]]:
        """The alt text and the target of each image."""
        return _IMAGE.findall(self.markdown)

    @property
    def prose(self) -> str:
        """What stands beside the title, the code and the pictures."""
        text = _HEADING.sub("", _FENCE.sub("", self.markdown))
        return _LINK.sub(r"\1", _IMAGE.sub("", text))

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


SECTIONS = sections(PATHS)
SLIDES = [
    Slide(section.path.name, number, text)
    for section in SECTIONS
    for number, text in enumerate(section.slides, 1)
]
MAIN = [slide for slide in SLIDES if slide.file != "99-appendix.md"]
each_slide = pytest.mark.parametrize("slide", SLIDES, ids=str)


def test_the_minutes_add_up_to_thirty() -> None:
    assert sum(section.minutes for section in SECTIONS) == 30


def test_the_main_path_is_of_a_length_that_fits() -> None:
    assert 32 <= len(MAIN) <= 38


def test_sections_stand_in_the_order_and_under_the_titles_of_the_article() -> None:
    headings = [heading for slide in SLIDES for heading in slide.headings]
    assert [each for each in headings if each.startswith("# ")] == TITLES


@pytest.mark.parametrize("section", SECTIONS, ids=lambda each: each.path.name)
def test_a_section_previews_alone(section: Section) -> None:
    for key in ("marp: true", "theme: asyncio-live", "lang: en", "paginate: true"):
        assert key in section.front_matter.splitlines()
    assert "minutes:" in section.front_matter


@pytest.mark.parametrize("section", SECTIONS[1:6], ids=lambda each: each.path.name)
def test_a_section_ends_on_what_to_remember(section: Section) -> None:
    assert "<!-- _class: remember -->" in section.slides[-1]


@each_slide
def test_a_slide_has_one_heading(slide: Slide) -> None:
    assert len(slide.headings) == 1


@each_slide
def test_a_slide_is_of_a_known_kind_and_has_no_html(slide: Slide) -> None:
    assert slide.kind in {*CLASSES, ""}
    assert not re.search(r"</?[a-z]+[ >/]", slide.prose)


@each_slide
def test_a_slide_is_short(slide: Slide) -> None:
    words = re.findall(r"\w[\w’'./-]*", slide.prose)
    assert len(words) <= MOST_WORDS, words
    lines = [line for _, body in slide.fences for line in body.splitlines()]
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines), default=0) <= MOST_COLUMNS


@each_slide
def test_a_slide_has_a_note_that_says_what_to_say_and_from_where(slide: Slide) -> None:
    assert len(slide.note.split()) >= 40
    assert "\nSource: " in slide.note
    if slide.kind == "demo":
        assert "\nDemo: " in slide.note


@each_slide
def test_a_number_on_a_slide_has_its_source_in_the_note(slide: Slide) -> None:
    for number in re.findall(r"\d[\d.,]*\d|\d", slide.prose):
        assert number in slide.note


@each_slide
def test_images_are_here_and_described(slide: Slide) -> None:
    for alt, target in slide.images:
        folder, _, name = target.partition("/")
        assert folder in {"diagrams", "recordings"}
        assert (PATHS.slides / folder / name).is_file()
        assert alt


def test_every_demo_has_its_slide() -> None:
    demos = [slide for slide in SLIDES if slide.kind == "demo"]
    shown = [Path(slide.images[0][1]).stem for slide in demos]
    assert sorted(shown) == slugs()
    for slug, slide in zip(shown, demos, strict=True):
        command = f"invoke demo.{slug.replace('_', '-')}"
        assert slide.images == [(command, f"recordings/{slug}.svg")]
        assert not slide.prose.strip()
        assert not slide.fences


@pytest.mark.parametrize("slug", WATCHED_FOR)
def test_a_demo_of_the_title_is_announced_and_summed_up(slug: str) -> None:
    shown = [i for i, each in enumerate(MAIN) if f"recordings/{slug}.svg" in each.text]
    before, after = MAIN[shown[0] - 1], MAIN[shown[0] + 1]
    assert re.search(r"\b[Ww]atch\b", before.headings[0] + before.prose)
    assert f"text recordings/{slug}.cast" in dict(after.fences)


def test_no_two_slides_have_the_same_title() -> None:
    titles = [slide.headings[0] for slide in SLIDES]
    assert len(set(titles)) == len(titles)


@each_slide
def test_terms_are_spelled_as_in_the_python_documentation(slide: Slide) -> None:
    text = _NOT_OURS.sub("", _FENCE.sub("", slide.text))
    for wrong, right in SPELLINGS.items():
        found = re.search(wrong, text)
        assert not found, f"{found} should be {right}"


@pytest.mark.parametrize(
    "slide",
    [each for each in SLIDES if any(">>>" in body for _, body in each.fences)],
    ids=str,
)
def test_code_typed_on_a_slide_gives_what_the_slide_says(slide: Slide) -> None:
    session = "".join(body for name, body in slide.fences if name.startswith("pycon"))
    test = _PROMPT.get_doctest(session, {}, str(slide), slide.file, 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # as at a prompt, not as in pytest
        warnings.simplefilter("ignore", ResourceWarning)
        runner.run(test, out=said.append)
    assert not runner.summarize(verbose=False).failed, "".join(said)
