"""Decks as people write them: counted, gathered and refused as Marp would show them."""

import html
import json
import re
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest
import segno
from pptx import Presentation
from pypdf import PdfReader

from slides.stage import node
from slides.stage.deck.build import INDEX, build
from slides.stage.deck.contents import Contents, contents
from slides.stage.deck.sections import BuildError
from slides.stage.paths import Paths
from tests.talks import PATHS, invoke

FRONT = "---\nmarp: true\ntheme: asyncio-live\n---\n\n"
PIXEL = b64decode(  # a picture of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAA"
    "SUVORK5CYII="
)

# The text of a section, and the titles of the slides that Marp makes of it.
COUNTED = {
    "rulers": ("# A\n\n***\n\n## B\n\n* * *\n\n## C\n\n___\n\n## D\n", "A B C D"),
    "setext": ("A\n=\n\nB\n---\n\nText.\n\n---\n\nC\n-\n", "A C"),
    "tildes": ("# A\n\n~~~text\n---\n~~~\n\n---\n\n# B\n", "A B"),
    "longer": ("# A\n\n`````md\n```\n---\n```\n---\n`````\n\n---\n\n# B\n", "A B"),
    "indented": ("# A\n\n    ---\n\n---\n\n# B\n", "A B"),
    "crlf": ("# A\r\n\r\n---\r\n\r\n# B\r\n", "A B"),
    "divider": ("---\nheadingDivider: 2\n---\n\n# A\n\n## B\n\n## C\n", "A B C"),
    "dividers": ("---\nheadingDivider: [1]\n---\n\n# A\n\n## a\n\n# B\n", "A B"),
    "background": ("# A\n\n![bg left:40%](p.png)\n\n---\n\n# B\n", "A B"),
    "comment": ("# A\n\n<!--\n---\n-->\n\n---\n\n# B\n\n<!-- Say it. -->\n", "A B"),
    "blank": ("---\ntitle: x\n--- \n\n# A\n\n---\n\n# B\n", None),
    "cut off": ("---\ntitle: x\n\n# A\n\n---\n\n# B\n", None),
    "bold": ("# A **Bold** `code` [link](#2)\n", "A-Bold-code-link"),
    "fit": ("# <!-- fit --> A\n\n---\n\n# B<br>C\n", "A B-C"),
    "hash": ("```sh\n# a comment\n```\n\n# A\n", "A"),
    "picture": ("# ![A](p.png) and B\n", "A-and-B"),
    "nothing": ("Text.\n", ""),
}


def deck(talk: Path, sections: dict[str, str]) -> Paths:
    """Leave a talk nothing but these sections."""
    paths = Paths(talk)
    for section in paths.slides.glob("*.md"):
        section.unlink()
    for name, text in sections.items():
        (paths.slides / name).write_bytes(text.encode())
    return paths


def refused(paths: Paths) -> list[str]:
    """The lines that say why a deck cannot be built."""
    with pytest.raises(BuildError) as error:
        build(paths)
    return str(error.value.message).splitlines()


def page_of(built: Path) -> str:
    return html.unescape((built / INDEX).read_text("utf-8"))


@pytest.fixture(scope="module")
def counted(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What a deck of all these sections holds."""
    talk = tmp_path_factory.mktemp("counted") / "talk"
    shutil.copytree(recorded, talk, symlinks=True)
    (talk / "slides" / "p.png").write_bytes(PIXEL)
    texts = {f"{name}.md": text for name, (text, _) in COUNTED.items()}
    return contents(build(deck(talk, texts)))


@pytest.fixture(scope="module")
def plain(packages: None) -> dict[str, dict[str, object]]:
    """What Marp itself says of them."""
    texts = {name: text for name, (text, _) in COUNTED.items()}
    done = subprocess.run(
        [
            str(node.NODE),
            str(Path(__file__).with_name("plain.mjs")),
            str(PATHS.packages),
        ],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    told: dict[str, dict[str, object]] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("name", COUNTED)
def test_slides_are_counted_as_marp_counts_them(
    name: str, counted: Contents, plain: dict[str, dict[str, object]]
) -> None:
    text, titles = COUNTED[name]
    number = [each.file for each in counted.sections].index(f"slides/{name}.md")
    slides = counted.of(number)
    assert len(slides) == plain[name]["slides"]
    assert [slide.notes for slide in slides] == plain[name]["notes"]
    if titles is not None:
        found = [slide.title.replace(" ", "-") for slide in slides]
        assert found == titles.split(" ")
    lines = text.splitlines()
    for slide in slides[1:]:  # it begins at the ruler, or at the heading that divides
        assert re.match(r"[-*_#]|.*\S$", lines[slide.line - 1])


def test_each_slide_says_where_it_begins(talk: Path) -> None:
    section = "---\nmarp: true\n---\n\n# A\n\n---\n\n## B\n\n***\n\n## C\n"
    paths = deck(talk, {"10-a.md": section, "20-b.md": "# D\n"})
    slides = contents(build(paths)).slides
    assert [slide.place for slide in slides] == [
        "slides/10-a.md:5",
        "slides/10-a.md:7",
        "slides/10-a.md:11",
        "slides/20-b.md:1",
    ]


def test_a_section_is_a_document_of_its_own(talk: Path) -> None:
    first = (
        "---\nmarp: true\ntheme: asyncio-live\nfooter: first\nclass: odd\n"
        "backgroundColor: red\npaginate: true\nheadingDivider: 2\nminutes: 2\n---\n\n"
        "# One\n\n<style>h1 { color: rgb(1, 2, 3) }</style>\n\n[a][r]\n\n"
        "[r]: https://first.test\n\n## Two\n\n```text\nunclosed\n"
    )
    second = (
        "---\nmarp: true\npaginate: true\n---\n\n# Three\n\n[b][r]\n\n## Still\n\n"
        "---\n\n# Four\n\n<!-- unclosed\n"
    )
    third = "---\nminutes: 1.5\ntitle: Another\n---\n\n# Five\n"
    paths = deck(talk, {"10-a.md": first, "20-b.md": second, "30-c.md": third})
    built = build(paths)
    held = contents(built)
    assert [each.minutes for each in held.sections] == [2, 0, 1.5]
    assert [each.title for each in held.sections] == ["One", "Three", "Another"]
    assert [slide.title for slide in held.slides] == [
        *("One", "Two", "Three", "Four", "Five"),
    ]
    page = page_of(built)
    opening = re.findall(r"<section id=\"(\d)\"([^>]*)>", page)
    assert [number for number, _ in opening] == ["1", "2", "3", "4", "5"]
    assert ["odd" in marks for _, marks in opening] == [True] * 2 + [False] * 3
    assert ["background-color:red" in m for _, m in opening] == [True] * 2 + [False] * 3
    pages = re.findall(r'data-marpit-pagination="(\d)" [^>]*total="(\d)"', page)
    assert pages == [("1", "5"), ("2", "5"), ("3", "5"), ("4", "5")]
    assert page.count("<footer>first</footer>") == 2
    assert "[b][r]" in page
    styles = re.findall(r"section:where\(\[data-section=\"(\d)\"\]\) :is\(h1", page)
    assert styles == ["0"]
    assert "<title>A talk</title>" not in page
    assert "<title>Another</title>" not in page
    strips = re.findall(r'<div class="strip" aria-hidden="true">(.*?)</div>', page)
    pieces = [
        re.findall(r'<i(?: class="(\w+)")? style="(.+?)">', each) for each in strips
    ]
    long, short = "--minutes: 2", "--minutes: 1.5"  # a section without has no piece
    assert pieces == [
        [("here", f"{long}; --share: 50%"), ("", short)],
        [("here", f"{long}; --share: 100%"), ("", short)],
        [("done", long), ("", short)],
        [("done", long), ("", short)],
        [("done", long), ("here", f"{short}; --share: 100%")],
    ]


def test_the_address_of_the_talk_is_where_it_begins_and_where_it_ends(
    talk: Path,
) -> None:
    url = "https://example.org/a?b=1&c=2"
    first = (
        f"---\ntheme: asyncio-live\nurl: {url}\n---\n\n<!-- _class: title -->\n"
        "# One\n\n---\n\n## Two\n"
    )
    last = "<!-- _class: close -->\n## Thank you!\n"
    built = build(deck(talk, {"10-a.md": first, "20-b.md": last}))
    assert contents(built).url == url
    page = (built / INDEX).read_text("utf-8")
    link = 'class="address" href="https://example.org/a?b=1&amp;c=2"'
    one, two, thanks = page.split('<section id="')[1:]
    assert [link in slide for slide in (one, two, thanks)] == [True, False, True]
    code = segno.make(url, micro=False)
    size = code.symbol_size()[0]
    codes = re.findall(r'class="qr" aria-hidden="true"><svg viewBox="0 0 (\d+)', page)
    assert codes == [str(size)] * 2


def test_without_an_address_none_is_shown(talk: Path) -> None:
    built = build(deck(talk, {"10-a.md": "<!-- _class: title -->\n# One\n"}))
    assert contents(built).url == ""
    assert 'class="qr"' not in page_of(built)


def test_what_a_page_needs_is_there_wherever_it_lies(talk: Path) -> None:
    files = [
        *("beside.png", "images/sub.png", "diagrams/deep/photo.jpg", "logo@2x.png"),
        *("größe.png", "my pic.png", "a.webp", "b.gif", "film.mp4", "poster.png"),
        *("diagrams/drawn.svg", "in/style.png", "in/html.png"),
    ]
    slides = talk / "slides"
    for file in files:
        (slides / file).parent.mkdir(exist_ok=True, parents=True)
        (slides / file).write_bytes(PIXEL)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
    (slides / "diagrams" / "drawn.svg").write_text(svg, "utf-8")
    (slides / "diagrams" / "my pic.svg").write_text(svg, "utf-8")
    section = FRONT + (
        "# A\n\n![](beside.png) ![x](images/sub.png 'title') ![y][r]\n\n"
        "[r]: diagrams/deep/photo.jpg\n\n![bg](logo@2x.png)\n![bg right](größe.png)\n\n"
        "---\n\n## B\n\n![x](my%20pic.png) ![z](<a.webp>) ![z](b.gif?x#y)\n"
        "![bg](diagrams/drawn.svg) ![w:20](diagrams/my%20pic.svg)\n\n"
        '<img src="in/html.png" width="20">\n\n'
        '<style>h2 { background: url("in/style.png") }</style>'
        "\n\n---\n\n## C\n\n"
        '<video src="film.mp4" poster="poster.png"></video>\n\n'
        "```html\n![a](cat.png) <script src='https://x.test'></script>\n```\n"
    )
    paths = deck(talk, {"10-a.md": section})
    first = build(paths)
    done = invoke(talk, "export", "--only", "web,pptx", "--to", "out")
    assert done.returncode == 0, done.stderr
    for folder in (first, talk / "out" / "web"):
        assert [file for file in files if not (folder / file).is_file()] == []
    (slides / "images" / "sub.png").write_bytes(PIXEL + b" ")
    assert build(paths) != first, "a change of a picture is a change"


def test_what_a_page_needs_and_is_not_there_is_named(talk: Path) -> None:
    lines = {
        "![x](<no such.png>)": "there is no no such.png",
        '![x](none.png "title")': "there is no none.png",
        '<img src="gone.png">': "there is no gone.png",
        "<!-- _backgroundImage: url(lost.png) -->": "there is no lost.png",
        "![x](../README.png)": "../README.png is outside of slides/",
        "![x](https://a.test/x.png)": "https://a.test/x.png is remote",
        "![bg](//b.test/x.png)": "//b.test/x.png is remote",
        "![x][r]\n\n[r]: https://c.test/x.png": "https://c.test/x.png is remote",
        "<style>@import url(https://d.test/x.css);</style>": "https://d.test/x.css is",
        "<style>h1 { background: url('none.gif') }</style>": "there is no none.gif",
    }
    names = {f"{number}.md": line for number, line in enumerate(lines, 10)}
    found = refused(deck(talk, {n: f"{FRONT}# A\n\n{t}\n" for n, t in names.items()}))
    assert len(found) == len(lines)
    for name, problem in zip(names, lines.values(), strict=True):
        (said,) = [each for each in found if each.startswith(f"slides/{name}:")]
        assert problem in said
        place = int(said.split(":")[1])
        assert place == 8, said


def test_mistakes_in_front_matter_are_named_with_their_line(talk: Path) -> None:
    front = {
        "10-a.md": "theme: asyncio-live",
        "20-b.md": "theme: asyncio-life",
        "30-c.md": "minutes: 1.2.3",
        "40-d.md": "minutes: two",
        "50-e.md": "minutes: 5,5",
        "60-f.md": "theme: uncover",
    }
    texts = {
        name: f"---\nmarp: true\n{line}\n---\n\n# A\n" for name, line in front.items()
    }
    found = refused(deck(talk, texts))
    assert [line.split(": ")[0] for line in sorted(found)] == [
        *(f"slides/{name}:3" for name in list(front)[1:]),
    ]
    said = "\n".join(found)
    assert "there is no theme asyncio-life; there are " in said
    assert "minutes are a number such as 2 or 1.5, not two" in said
    assert "theme uncover in a deck of theme asyncio-live (slides/10-a.md)" in said


def test_a_theme_that_loads_fonts_from_elsewhere_is_named(talk: Path) -> None:
    paths = deck(talk, {"10-a.md": "---\nmarp: true\ntheme: gaia\n---\n\n# A\n"})
    found = refused(paths)
    assert found
    assert all(line.startswith("slides/10-a.md:3: https://") for line in found)


def test_a_theme_of_ones_own_is_there(talk: Path) -> None:
    (talk / "slides" / "mine.css").write_text(
        "/* @theme mine */\nsection { background: url(mine.png); width: 1280px }\n",
        encoding="utf-8",
    )
    paths = deck(talk, {"10-a.md": "---\ntheme: mine\n---\n\n# A\n"})
    assert refused(paths) == ["slides/mine.css:2: there is no mine.png"]
    (talk / "slides" / "mine.png").write_bytes(PIXEL)
    assert (build(paths) / "mine.png").is_file()


def test_an_export_is_about_the_slides_that_marp_shows(talk: Path) -> None:
    (talk / "slides" / "p.png").write_bytes(PIXEL)
    section = (
        "---\nmarp: true\ntheme: asyncio-live\nheadingDivider: 2\nminutes: 3\n---\n\n"
        "# A **Bold** start\n\n![bg left:40%](p.png)\n\n<!-- First. -->\n\n"
        '<!-- [old](recordings/ticker.cast\n"were * ticks") ticks. -->\n\n'
        "## B\n\n## C\n\n<!-- Third. -->\n"
    )
    paths = deck(talk, {"10-a.md": section, "20-b.md": "# D\n"})
    done = invoke(talk, "export", "--only", "pdf,pptx", "--to", "out")
    assert done.returncode == 0, done.stderr
    built = build(paths)
    titles = [slide.title for slide in contents(built).slides]
    assert titles == ["A Bold start", "B", "C", "D"]
    assert "<p>3 ticks.</p>" in page_of(built)
    show = Presentation(str(talk / "out" / "asyncio-live.pptx"))
    assert [page.shapes.title.text for page in show.slides] == titles
    said = [page.notes_slide.notes_text_frame.text for page in show.slides]
    assert said == ["First.\n\n3 ticks.", "", "Third.", ""]  # as recorded
    pdf = PdfReader(talk / "out" / "asyncio-live.pdf")
    assert len(pdf.pages) == 4
    assert "Bold" in pdf.pages[0].extract_text()


def test_what_a_section_asks_for_holds_for_it_alone(talk: Path) -> None:
    first = (
        f"{FRONT}# Same\n\n<style>\nh1 {{ animation: turn 1s }}\n"
        "@keyframes turn { to { opacity: 0 } }\n"
        "section { h1 { color: rgb(1, 2, 3) } }\n</style>\n\n"
        "<!-- transition: cube -->\n\n---\n\n[x](#1) [y](#same)\n"
    )
    first = first.replace("---\n", "---\nlang: fr\n", 1)
    second = first.replace("cube", "coverflow").replace("lang: fr\n", "")
    built = build(deck(talk, {"10-a.md": first, "20-b.md": second}))
    page = page_of(built)
    assert re.findall(r'href="#([^"]+)">[xy]<', page) == ["1", "same", "3", "same-2"]
    assert re.findall(r'<h1 id="([^"]+)"', page) == ["same", "same-2"]
    names = set(re.findall(r"@keyframes (turn[\w-]*)", page))
    assert names == {"turn-0", "turn-1"}
    assert {"cube", "coverflow"} <= set(
        re.findall(r"transition-__builtin__(\w+)", page)
    )
    assert page.count("color:rgb(1, 2, 3)") + page.count("color: rgb(1, 2, 3)") == 2
    # But the language of the first is that of each that names none.
    assert re.findall(r'<section[^>]* lang="(\w+)"', page) == ["fr"] * 4


def test_pages_are_numbered_through(talk: Path) -> None:
    sections = {
        "10-a.md": "# A\n\n---\n\n# B\n",  # counted, though not shown
        "20-b.md": "---\npaginate: true\n---\n\n# C\n\n---\n\n"
        "<!-- _paginate: hold -->\n\n---\n\n<!-- _paginate: false -->\n\n---\n\n# F\n",
        "30-c.md": "---\npaginate: true\n---\n\n# G\n",
    }
    page = page_of(build(deck(talk, sections)))
    found = re.findall(r'data-marpit-pagination="(\d)" [^>]*total="(\d)"', page)
    assert found == [("3", "6"), ("3", "6"), ("5", "6"), ("6", "6")]


def test_steps_are_what_next_stays_for(talk: Path) -> None:
    lines = (
        f"{FRONT}* one\n* two\n\n---\n\n`<li data-marpit-fragment=1>`\n\n---\n\n"
        "```text {1|2}\na\nb\n```\n\n---\n\n- none\n"
    )
    held = contents(build(deck(talk, {"10-a.md": lines})))
    assert [slide.steps for slide in held.slides] == [2, 0, 2, 0]


def test_a_style_sheet_brings_what_it_loads(talk: Path) -> None:
    styles = talk / "slides" / "css"
    styles.mkdir()
    (styles / "a.css").write_text('@import "b.css"; h1 { background: url(p.png) }')
    (styles / "b.css").write_text(
        "@import 'a.css'; h2 { background: url('q (1).png') }"
    )
    for name in ("p.png", "q (1).png"):
        (styles / name).write_bytes(PIXEL)
    section = f"{FRONT}# A\n\n<style>@import url(css/a.css);</style>\n"
    built = build(deck(talk, {"10-a.md": section}))
    assert {path.name for path in (built / "css").iterdir()} == {
        *("a.css", "b.css", "p.png", "q (1).png"),
    }
    (styles / "p.png").unlink()
    assert refused(Paths(talk)) == ["slides/css/a.css:1: there is no css/p.png"]


ADDRESSES = {  # what a slide says on its line 8, and what is wrong with it
    "![](/etc/passwd)": "8: /etc/passwd is outside of slides/",
    '<img src="deck.json">': "8: there is no deck.json",
    '<img src="fonts">': "8: there is no fonts",
    "![](a%00b.png)": "8: there is no a%00b.png",
    "![x](data.png)\n\n![x](a.png)": "10: there is no a.png",
    "```js constructor\n1\n```\n\n![](gone.png)": "12: there is no gone.png",
}
WORDS = {
    "![](%E0%A4.svg)": "8: %E0%A4.svg is no address",
    "| a |\n|---|\n| ![t](no.svg) |": "10: there is no no.svg",
    "<style>\nh1 { color: red\n</style>": "8: this style is no CSS: Unclosed block",
}


@pytest.mark.parametrize("odd", [ADDRESSES, WORDS], ids=["addresses", "words"])
def test_odd_addresses_and_words(talk: Path, odd: dict[str, str]) -> None:
    (talk / "slides" / "data.png").write_bytes(PIXEL)
    texts = {f"{n}.md": f"{FRONT}# A\n\n{text}\n" for n, text in enumerate(odd, 10)}
    assert refused(deck(talk, texts)) == [
        f"slides/{name}:{problem}"
        for name, problem in zip(texts, odd.values(), strict=True)
    ]


def test_front_matter_that_marp_would_drop(talk: Path) -> None:
    odd = {
        'title: "x': "3: Marp cannot read the front matter from here on",
        "minutes: 1\nminutes: 2": "4: Marp cannot read the front matter from here on",
        "footer: @me: here\nheader: **b** x": "4: Marp cannot read the front matter",
        "style: |\n  h1 {": "3: this style is no CSS: Unclosed block",
        "title: theme minutes\nminutes: few": "4: minutes are a number",
        '"theme": nope': "3: there is no theme nope",
    }
    texts = {
        f"{n}.md": f"---\nmarp: true\n{front}\n---\n\n# A\n"
        for n, front in enumerate(odd, 10)
    }
    found = refused(deck(talk, texts))
    for name, said, problem in zip(texts, found, odd.values(), strict=True):
        assert said.startswith(f"slides/{name}:{problem}")


def test_front_matter_is_as_loose_as_marps(talk: Path) -> None:
    front = 'backgroundColor: #fff\nfooter: @me: here\nheader: "**bold**"'
    paths = deck(talk, {"10-a.md": f"---\nmarp: true\n{front}\n---\n\n# A\n"})
    page = page_of(build(paths))
    assert "<footer>@me: here</footer>" in page
    assert "<header><strong>bold</strong></header>" in page


def test_mistakes_come_in_the_order_of_the_deck(talk: Path) -> None:
    texts = {f"{n}.md": f"{FRONT}![](no.svg)\n\n![](none.svg)\n" for n in (10, 20)}
    assert refused(deck(talk, texts)) == [
        f"slides/{name}:{line}: there is no {picture}"
        for name in texts
        for line, picture in ((6, "no.svg"), (8, "none.svg"))
    ]


def test_a_page_has_one_size(talk: Path) -> None:
    wide = "---\ntheme: default\n---\n\n# A\n"
    narrow = "---\ntheme: default\nsize: 4:3\n---\n\n# B\n"
    assert refused(deck(talk, {"10-a.md": wide, "20-b.md": narrow})) == [
        "slides/20-b.md:3: size 4:3 in a deck of 1280 × 720 px (slides/10-a.md):"
        " a page has one"
    ]
    build(deck(talk, {"10-a.md": "# A\n", "20-b.md": wide.replace("A", "B")}))
    build(deck(talk, {"20-b.md": narrow, "30-c.md": "# C\n"}))


def test_a_picture_named_as_a_drawing_stays_what_it_is(talk: Path) -> None:
    (talk / "slides" / "1.png").write_bytes(PIXEL)
    deck(talk, {"10-a.md": f"{FRONT}# A\n\n![](1.png)\n\n<!-- Welcome. -->\n"})
    done = invoke(talk, "export", "--only", "web,image", "--to", "out")
    assert done.returncode == 0, done.stderr
    assert (talk / "out" / "web" / "1.png").read_bytes() == PIXEL
    page = (talk / "out" / "web" / "index.html").read_text("utf-8")
    assert "Welcome." not in page


def test_a_moved_folder_is_a_change(talk: Path) -> None:
    (talk / "slides" / "images").mkdir()
    (talk / "slides" / "images" / "a.png").write_bytes(PIXEL)
    paths = deck(talk, {"10-a.md": f"{FRONT}# A\n\n![](images/a.png)\n"})
    build(paths)
    (talk / "slides" / "images").rename(talk / "slides" / "imgs")
    assert refused(paths) == ["slides/10-a.md:8: there is no images/a.png"]


def test_the_slide_that_overflows_is_the_one_named(talk: Path) -> None:
    (talk / "slides" / "p.png").write_bytes(PIXEL)
    wide = "word" * 60
    section = f"{FRONT}# A\n\n![bg left:40%](p.png)\n\n---\n\n## {wide}\n"
    deck(talk, {"10-a.md": section})
    done = invoke(talk, "export", "--only", "pdf", "--to", "out")
    assert done.returncode == 1
    assert done.stderr.startswith(f"slides/10-a.md:10: '{wide}' is ")
