"""Slides of others: what Marp shows of them is what is exported, or it is named."""

import io
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image, ImageChops
from pptx import Presentation
from pypdf import PdfReader

from slides.stage import node
from slides.stage.deck.build import build
from slides.stage.deck.contents import contents
from slides.stage.paths import Paths
from tests.talks import PATHS, invoke

MARP = PATHS.packages / "@marp-team" / "marp-cli" / "marp-cli.js"
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="50" id="my-svg"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" aria-labelledby="t">'
)
INSIDE = r"""
<style><![CDATA[
#my-svg rect { fill: #336699 } #one > circle, :root .dot { fill: #cc3366 }
.up { fill: url('#fade') } @keyframes go { to { opacity: 0.5 } } .dot { stroke: none }
text::selection { fill: red } svg { overflow: visible } text { font-family: serif }
]]></style>
<style>g &gt; .late { fill: #669933 }</style><!-- id="no" -->
<title id="t">Kept</title>
<linearGradient id='fade'><stop stop-color="#f00"/><stop offset="1"/></linearGradient>
<symbol id="s" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></symbol>
<rect width="20" height="20"/><g id="one"><circle cx="35" cy="10" r="9"/></g>
<circle class="dot" cx="60" cy="10" r="9"/><path class="up" d="M75 0h20v20z"/>
<path fill="url('#fade')" d="M100 0h20v20z"/>
<path fill='url( "#fade" )' d="M125 0h20v20z"/>
<use xlink:href='#s' x="150" width="20" height="20"/>
<g><path class="late" d="M180 0h9v9z"/></g>
<use href = "#s" x="200" width="20" height="20"/><rect x="300" width="20" height="20">
<animate id="a-1" attributeName="opacity" begin="0s" dur="1ms"/>
<set attributeName="x" begin="a\-1.end" to="230"/></rect><text y="40">#one, 16 px</text>
"""
PICTURES = {
    "own.svg": f"{HEAD}{INSIDE}</svg>",
    "themed.svg": f'{HEAD}{INSIDE}<path fill="var(--ink)"/></svg>',
    "red.svg": f"{HEAD}<style>rect, circle {{ fill: red }}</style>"
    '<linearGradient id="fade"/><path fill="var(--ink)"/></svg>',
    "wide.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 6"'
    ' width="900" height="600"><path fill="teal" d="M0 0h9v6H0z"/></svg>',
}
DUSK = (
    "<style scoped>section { background: #111; color: #fff }"
    'section[data-color-scheme="light"] { background: #fff; color: #000 }</style>'
)
LONG = f"x = {'long + ' * 30}1"


class Row(NamedTuple):
    """A slide as others write it, and what is right."""

    text: str
    same: bool = True  # its picture is that of Marp
    told: str = ""  # what an export says of it
    checked: str = ""  # what a check says of it
    shown: str = ""  # a text of its page in the PDF
    title: str = ""
    notes: str = ""
    on_paper: str = ""  # a text of its sheet in the handout
    ink: tuple[float, ...] = ()  # and its colour


ROWS = {
    # First: it must not be the whole deck's.
    "a formula for KaTeX": Row(
        "<!-- math: katex -->\n\n$a_1 < b_1$\n\n$c$",
        same=False,
        shown="$a_1 < b_1$",
        checked="3: formulas for KaTeX are not drawn: leave math: katex out",
    ),
    "a heading that is fitted": Row("# <!-- fit --> Fitted to the slide's whole width"),
    "a line of code that is fitted": Row(f"```python\n{LONG}\n```"),
    "a drawing alone": Row("![](own.svg)"),
    "a drawing with the page's colours": Row("![](red.svg) ![](themed.svg)"),
    "a split background": Row(
        f"{DUSK}\n\n![bg left:40%](wide.svg)\n\nBeside it.",
        on_paper="Beside it.",
        ink=(0, 0, 0),
    ),
    "a background of its own": Row(
        f"{DUSK}\n\n<!-- _backgroundColor: #123 -->\n\nUpon it.",
        on_paper="Upon it.",
        ink=(1, 1, 1),
    ),
    "pictures that are cut off": Row(
        "![h:500](wide.svg)\n![h:500](wide.svg)",
        told="1: 'wide.svg' is \\d+ px outside its slide",
    ),
    "two comments": Row(
        "## Said\n\n<!-- One.\nLine. -->\n\n<!-- Two. -->", notes="One.\nLine.\n\nTwo."
    ),
    "a formula": Row("## Of $a_1^2$\n\n$$\n\\frac{1}{2}\n$$\n\nIt costs $5 or $6."),
    "emoji": Row(
        "## To \U0001f680 or :rocket:", same=False, title="To \U0001f680 or \U0001f680"
    ),
    "mermaid": Row(
        "``` Mermaid\nA-->B\n```\n\n```mermaid\nB-->C\n```",
        shown="A-->B",
        checked="1: diagrams for mermaid are not drawn: show one as an SVG picture",
    ),
    "a slide that is too full": Row(
        "\n".join(f"- {n}" for n in range(30)),
        told="1: '29' is \\d+ px outside its slide",
    ),
}
JOINED = "\n\n---\n\n".join(row.text for row in ROWS.values() if row.same)
SQUARE = "---\nsize: 4:3\n---\n\n# Four thirds\n\n---\n\n# <!-- fit --> Fitted, too\n"


def marps(folder: Path, browser_path: Path) -> list[Image.Image]:
    """The pictures that Marp itself draws: of all rows, then of the square slides."""
    for name, text in ("a.md", JOINED), ("b.md", SQUARE):
        (folder / name).write_text(text, "utf-8")
    command = [str(node.NODE), str(MARP), "--no-stdin", "--images", "png"]
    command += ["--image-scale", "1.5", "--allow-local-files", "--no-config-file"]
    command += ["--browser-path", str(browser_path), "a.md", "b.md"]
    environment = node.environment() | {"CHROME_NO_SANDBOX": "1"}
    subprocess.run(command, cwd=folder, env=environment, check=True)
    drawn = sorted(folder.glob("*.png"))
    return [Image.open(io.BytesIO(path.read_bytes())) for path in drawn]


def ours(show: str) -> list[Image.Image]:
    """The pictures of the slides of a PowerPoint file."""
    pages = [[*page.shapes][-1] for page in Presentation(show).slides]
    return [Image.open(io.BytesIO(page.image.blob)) for page in pages]


def is_same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures are alike, but for the edges of letters."""
    if one.size != other.size:
        return False
    coarse = [each.convert("RGB").reduce(20) for each in (one, other)]
    return max(ImageChops.difference(*coarse).tobytes()) < 30  # of 255


def of(lines: Iterable[str], number: int) -> str:
    """What these lines say of a row: its line in the file, and what it is."""
    place = f"slides/{number}.md:"
    return "\n".join(each[len(place) :] for each in lines if each.startswith(place))


def inks(pdf: PdfReader) -> dict[str, tuple[float, ...]]:
    """The texts of a PDF, and the colour of each."""
    found: dict[str, tuple[float, ...]] = {}
    ink: tuple[float, ...] = ()

    def see(operator: bytes, words: Any, *_: object) -> None:
        nonlocal ink
        if operator == b"rg":
            ink = tuple(float(word) for word in words)

    def keep(text: str, *_: object) -> None:
        found.setdefault(text.strip(), ink)

    for page in pdf.pages:
        page.extract_text(visitor_operand_before=see, visitor_text=keep)
    return found


def test_slides_of_others(talk: Path, browser_path: Path, tmp_path: Path) -> None:
    slides = talk / "slides"
    plain = tmp_path / "plain"
    plain.mkdir()
    for name, svg in PICTURES.items():
        for folder in (slides, plain):
            (folder / name).write_text(svg, "utf-8")
    for old in slides.glob("*.md"):
        old.unlink()
    for number, row in enumerate(ROWS.values(), 10):
        (slides / f"{number}.md").write_text(f"{row.text}\n", "utf-8")
    export = ("export", "--to", "out", "--browser", str(browser_path))
    all_of_it = ("--only", "pdf,handout,pptx", "--overflow")
    refused = invoke(talk, *export, "--only", "image")
    done = invoke(talk, *export, *all_of_it)
    assert (refused.returncode, done.returncode) == (1, 0), done.stderr
    told = [line for line in done.stdout.splitlines() if line.startswith("slides/")]
    *_, last = refused.stderr.splitlines()
    assert last == f"{told[-1]} (--overflow exports it as it is)"
    checked = contents(build(Paths(talk))).undrawn
    show = str(talk / "out" / "asyncio-live.pptx")
    pdf = PdfReader(talk / "out" / "asyncio-live.pdf")
    paper = inks(PdfReader(talk / "out" / "asyncio-live-handout.pdf"))
    pages = Presentation(show).slides
    drawn = marps(plain, browser_path)
    wrong: list[str] = []
    rows = zip(ROWS.items(), ours(show), pdf.pages, pages, strict=True)
    for number, ((name, row), picture, page, slide) in enumerate(rows, 10):
        right = {
            "picture": not row.same or is_same(picture, drawn.pop(0)),
            "export": re.fullmatch(row.told, of(told, number)),
            "check": row.checked == of(checked, number),
            "text": row.shown in page.extract_text(),
            "title": row.title in slide.shapes.title.text,
            "notes": row.notes == slide.notes_slide.notes_text_frame.text,
            "paper": not row.ink or paper[row.on_paper] == row.ink,
        }
        wrong += [f"{name}: {what}" for what, is_right in right.items() if not is_right]
    assert wrong == []
    for old in slides.glob("*.md"):
        old.unlink()
    (slides / "10.md").write_text(SQUARE, "utf-8")
    done = invoke(talk, *export, "--only", "pdf,pptx")
    assert done.returncode == 0, done.stderr
    pairs = zip(ours(show), drawn, strict=True)
    assert [is_same(one, other) for one, other in pairs] == [True, True]
    for page in PdfReader(talk / "out" / "asyncio-live.pdf").pages:
        assert page.mediabox.width / page.mediabox.height == pytest.approx(
            4 / 3, abs=0.01
        )
