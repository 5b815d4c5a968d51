"""What holds for this talk: its sections, length, notes and terms.

It looks at its own files only; what others add beside them is none of its business.
"""

import re

import pytest

from slides.stage import recordings
from slides.stage.deck.sections import Section, sections
from tests.slides.slide import FENCE, MARK, Slide, slides, split
from tests.talks import PATHS

FILES = [
    "00-opening.md",
    "10-asynchronous-programming.md",
    "20-what-is-asyncio.md",
    "30-coroutine.md",
    "40-event-loop.md",
    "50-beyond.md",
    "90-closing.md",
    "99-appendix.md",
]
MOST_WORDS = 35
MOST_LINES = 15
FIGURES = {"sync", "threads", "processes", "asyncio", "figure"}
MOST_COLUMNS = 70
WORDS_A_MINUTE = 130  # of a calm speaker
PAUSE = 5  # seconds for the room after a question
TITLES = [
    "# Asyncio, live",
    "# 1. Asynchronous Programming",
    "# 2. What is asyncio?",
    "# 2.1. Coroutine",
    "# 2.2. Event loop",
    "# Beyond the article",
    "# Your questions",
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

_NOT_OURS = re.compile(  # names and other people's words
    r"`[^`\n]*`|\"[^\"]*\"|\]\([^)]*\)|demo\.\S+|^Source: .*", re.MULTILINE
)

SECTIONS = [part for part in sections(PATHS) if part.path.name in FILES]
SLIDES = slides(SECTIONS)
MAIN = [slide for slide in SLIDES if slide.path.name != "99-appendix.md"]
each_slide = pytest.mark.parametrize("slide", SLIDES, ids=str)
each_demo = pytest.mark.parametrize(
    "slide", [slide for slide in SLIDES if slide.kind == "demo"], ids=str
)

# Units of what a measurement gives, and settings in such a unit.
_MEASURED = re.compile(r"\d[\d.,–]*\s?(?:×|[mµμ]s\b|[KMG]iB\b|%)")
_SETTINGS = {"5 ms", "100 ms"}  # of the GIL; of debug mode, and of a timer in a demo


def test_its_sections_are_there() -> None:
    assert [section.path.name for section in SECTIONS] == FILES


def minutes(section: Section) -> float:
    (line,) = re.findall(r"^minutes: (.+)$", section.text, re.MULTILINE)
    return float(line)


def test_the_minutes_add_up_to_thirty() -> None:
    assert sum(map(minutes, SECTIONS)) == 30


def test_the_main_path_is_of_a_length_that_fits() -> None:
    assert len(MAIN) <= 55  # what bounds the talk are its words, counted below


@pytest.mark.parametrize(
    "section",
    [each for each in SECTIONS if minutes(each)],
    ids=lambda each: each.path.name,
)
def test_what_is_said_and_run_fits_in_the_minutes_of_its_section(
    section: Section,
) -> None:
    words, seconds = 0, 0.0
    for slide in slides([section]):
        words += sum(len(each.words) for each in slide.paragraphs if each.is_spoken)
        seconds += PAUSE * sum(each.label == "Ask:" for each in slide.paragraphs)
        if slide.kind == "demo":
            ((_, picture),) = slide.images
            cast = (PATHS.slides / picture).with_suffix(".cast")
            seconds += recordings.length(cast)
    needed = words / WORDS_A_MINUTE + seconds / 60
    given = minutes(section)
    assert needed <= given, (
        f"{words} words, and {seconds:.0f} s of demos and pauses, "
        f"take {needed:.2f} of {given} min"
    )


def test_sections_stand_in_the_order_and_under_the_titles_of_the_article() -> None:
    headings = [heading for slide in SLIDES for heading in slide.headings]
    assert [each for each in headings if each.startswith("# ")] == TITLES


@pytest.mark.parametrize("section", SECTIONS[1:6], ids=lambda each: each.path.name)
def test_a_section_ends_on_what_to_remember(section: Section) -> None:
    assert "<!-- _class: remember -->" in split(section.text)[-1]


@each_slide
def test_a_slide_is_short(slide: Slide) -> None:
    words = re.findall(r"\w[\w’'./-]*", slide.prose)
    assert len(words) <= MOST_WORDS, words
    code = [body for info, body in slide.fences if info.split()[0] not in FIGURES]
    lines = [line for body in code for line in body.splitlines()]
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines), default=0) <= MOST_COLUMNS


@each_slide
def test_a_note_says_what_to_say_and_from_where(slide: Slide) -> None:
    assert any(each.is_spoken and each.words for each in slide.paragraphs)
    assert "Source:" in [each.label for each in slide.paragraphs]


@each_slide
def test_the_labels_of_a_note_are_known(slide: Slide) -> None:
    for label, text in slide.paragraphs:
        unknown = not label and re.match(r"[\w’'-]+(?: [\w’'-]+)?:(?!\S)", text)
        assert not unknown, f"no label: {text[:30]!r}; before what is spoken, Say:"


@each_demo
def test_a_demo_says_which_figure_to_expect_and_what_if_not(slide: Slide) -> None:
    done = "\n".join(each.text for each in slide.paragraphs if each.label == "Demo:")
    expected = re.search(r"\bExpect\b(.*)\bOtherwise\b", done, re.DOTALL)
    assert expected, "Demo: … Expect … Otherwise …"
    ((_, picture),) = slide.images
    quoted = [cast for _, cast in MARK.findall(expected[1])]
    assert picture.replace(".svg", ".cast") in quoted, "Expect a figure: a mark"


@each_slide
def test_a_measured_figure_in_a_note_is_the_recording_s(slide: Slide) -> None:
    for label, text in slide.paragraphs:
        if label != "Source:":
            unmarked = re.sub(r"`[^`]*`", "", MARK.sub("", text))
            assert set(_MEASURED.findall(unmarked)) <= _SETTINGS


@each_slide
def test_a_number_on_a_slide_has_its_source_in_the_note(slide: Slide) -> None:
    for number in re.findall(r"\d[\d.,]*\d|\d", slide.prose):
        assert number in slide.note


@pytest.mark.parametrize("slug", WATCHED_FOR)
def test_a_demo_of_the_title_is_announced_and_summed_up(slug: str) -> None:
    shown = [i for i, each in enumerate(MAIN) if f"recordings/{slug}.svg" in each.text]
    before, after = MAIN[shown[0] - 1], MAIN[shown[0] + 1]
    assert re.search(r"\b[Ww]atch\b", before.headings[0] + before.prose)
    assert any(f" recordings/{slug}.cast" in opening for opening, _ in after.fences)


def test_no_two_slides_have_the_same_title() -> None:
    titles = [slide.headings[0] for slide in SLIDES]
    assert len(set(titles)) == len(titles)


@each_slide
def test_terms_are_spelled_as_in_the_python_documentation(slide: Slide) -> None:
    text = _NOT_OURS.sub("", FENCE.sub("", slide.text))
    for wrong, right in SPELLINGS.items():
        found = re.search(wrong, text)
        assert not found, f"{found} should be {right}"
