"""What holds for every slide of any talk, whoever adds a section or a demo."""

import code
import doctest
import re
import warnings

import pytest

from demos.support.catalog import slugs
from slides.stage import names
from slides.stage.deck import fences
from slides.stage.deck.sections import Section, sections
from tests.slides.slide import Slide, front_matter, slides
from tests.talks import PATHS

CLASSES = {"title", "opener", "close", "quote", "remember", "twins", "seen", "demo"}
LONGEST_QUESTION = 40  # characters; beside it stands what a demo does
SECTIONS = sections(PATHS)
SLIDES = slides(SECTIONS)
DEMOS = [slide for slide in SLIDES if slide.kind == "demo"]
each_slide = pytest.mark.parametrize("slide", SLIDES, ids=str)
each_section = pytest.mark.parametrize(
    "section", SECTIONS, ids=lambda each: each.path.name
)

_TYPED = doctest.DocTestParser()


@each_section
def test_a_section_previews_alone(section: Section) -> None:
    front, _ = front_matter(section.text)
    for key in ("marp: true", "theme: asyncio-live", "lang: en", "paginate: true"):
        assert key in front
    assert any(line.startswith("minutes: ") for line in front)


@each_section
def test_code_and_figures_are_as_their_sources_are(section: Section) -> None:
    sources, problems = fences.read(PATHS, [section])
    assert problems == []
    assert list(fences.stale(section, sources)) == []


@each_slide
def test_a_slide_has_one_heading(slide: Slide) -> None:
    assert len(slide.headings) == 1


@each_slide
def test_a_slide_is_of_a_known_kind_and_has_no_html(slide: Slide) -> None:
    assert slide.kind in {*CLASSES, ""}
    assert not re.search(r"</?[a-z]+[ >/]", slide.prose)


@each_slide
def test_a_slide_has_a_note(slide: Slide) -> None:
    assert slide.note.strip()


@each_slide
def test_images_are_here_and_described(slide: Slide) -> None:
    for alt, target in slide.images:
        folder, _, name = target.partition("/")
        assert folder in {"diagrams", "recordings"}
        assert (slide.path.parent / folder / name).is_file()
        assert alt


def test_every_demo_has_its_slide_and_may_have_others_with_flags() -> None:
    shown = [image for slide in DEMOS for image in slide.images]
    demos = [names.demo_of(command) or "" for command, _ in shown]
    assert [target for _, target in shown] == [
        f"recordings/{each}.svg" for each in demos
    ]
    assert len(demos) == len({*demos}) == len(DEMOS)
    assert {*slugs()} <= {*demos}


@pytest.mark.parametrize("slide", DEMOS, ids=str)
def test_a_demo_has_its_slide_for_itself(slide: Slide) -> None:
    assert len(slide.headings[0].removeprefix("## ")) <= LONGEST_QUESTION
    assert not slide.prose.strip()
    assert not slide.fences


class Prompt(code.InteractiveInterpreter):
    """A real prompt, which of an error prints the last line only, as slides do."""

    def write(self, data: str) -> None:
        print(data.splitlines()[-1])


@pytest.mark.parametrize(
    "slide",
    [each for each in SLIDES if any(">>>" in body for _, body in each.fences)],
    ids=str,
)
def test_code_typed_on_a_slide_gives_what_the_slide_says(
    slide: Slide, capsys: pytest.CaptureFixture[str]
) -> None:
    session = "".join(body for name, body in slide.fences if name.startswith("pycon"))
    names: dict[str, object] = {}
    prompt, said = Prompt(names), doctest.OutputChecker()
    examples = _TYPED.get_examples(session)
    assert examples
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # as at a prompt, not as in pytest
        warnings.simplefilter("ignore", ResourceWarning)
        for example in examples:
            assert not prompt.runsource(f"{example.source}\n", symbol="single")
            printed = capsys.readouterr().out
            assert said.check_output(example.want, printed, doctest.ELLIPSIS), printed
        names.clear()  # here, where a socket may be left open
