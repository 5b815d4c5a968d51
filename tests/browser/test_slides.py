"""Every slide of the real deck, in a real browser."""

import re
import shutil
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from slides.stage.deck.build import THEMES, build
from slides.stage.deck.contents import contents
from slides.stage.deck.sections import sections
from tests.browser.axe import found_by_axe
from tests.slides.slide import split
from tests.talks import PATHS, ROOT, Present, present

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARKDOWN = [slide for part in sections(PATHS) for slide in split(part.text)]
SLIDES = len(MARKDOWN)
DEMOS = re.findall(r"!\[invoke demo\.", "".join(MARKDOWN))

# For every text on every slide: [slide, text, px, contrast, is in a terminal].
# What lies behind a text is what is painted below its middle.
TEXTS = """() => {
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const s = part / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parse = (text) => text.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
  const paint = (element) => {
    const style = getComputedStyle(element);
    const shape = element instanceof SVGGeometryElement;
    const name = shape ? style.fill : style.backgroundColor;
    const [r, g, b, alpha = 1] = parse(name);
    const opacity = style.opacity * (shape ? style.fillOpacity : 1);
    return [r, g, b, name === "none" ? 0 : alpha * opacity];
  };
  const behind = (layers) => layers.reduceRight(
    (under, [r, g, b, a]) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a)),
    [0, 0, 0],
  );
  const found = [];
  const sections = document.querySelectorAll("foreignObject > section");
  sections.forEach((section, index) => {
    section.scrollIntoView();
    const zoom = section.getBoundingClientRect().width / section.offsetWidth;
    const texts = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      const holder = node.parentElement;
      if (!node.data.trim() || holder.closest("title, style")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (!box.width) continue;
      const style = getComputedStyle(holder);
      const svg = holder.closest("svg[role=img]");
      const scale = svg ? svg.getScreenCTM().a / zoom : 1;
      const under = document
        .elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
        .filter((element) => !(element instanceof SVGTextContentElement));
      const back = behind([...under, section].map(paint));
      const ink = parse(svg ? style.fill : style.color).slice(0, 3);
      const [a, b] = [luminance(ink), luminance(back)].sort((x, y) => y - x);
      const size = parseFloat(style.fontSize) * scale;
      const contrast = (a + 0.05) / (b + 0.05);
      const text = node.data.trim().slice(0, 40);
      const inTerminal = !!holder.closest(".terminal");
      found.push([index + 1, text, size, contrast, inTerminal]);
    }
  });
  return found;
}"""

# For every slide: its class, its heading as [left, top, px, weight], where what follows
# begins (null: nothing does), the strip as [left, top, width, height], and how wide its
# pieces are.
LAYOUT = """() =>
  [...document.querySelectorAll("foreignObject > section")].map((section) => {
    const at = section.getBoundingClientRect();
    const box = (element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const sizes = [x - at.x, y - at.y, width, height];
      return sizes.map((each) => Math.round((each * section.offsetWidth) / at.width));
    };
    const heading = section.querySelector("h1, h2");
    const follows = section.querySelector(":is(h1, h2) + :not(.strip, .qr)");
    const strip = section.querySelector(".strip");
    const { fontSize, fontWeight } = getComputedStyle(heading);
    return [
      section.className,
      [...box(heading).slice(0, 2), fontSize, fontWeight],
      follows && box(follows)[1],
      box(strip),
      [...strip.children].map((piece) => box(piece)[2]),
    ];
  })"""

# Of the demo slide on view, before its run: whether the longest label fits beside the
# question, and whether what stands below the bar fits beneath it.
BEFORE = """() => {
  const slide = document.querySelector("svg.bespoke-marp-active");
  const before = slide.querySelector(".stage-before");
  const label = slide.querySelector(".stage-bar span:last-child");
  label.textContent = "REC 2026-11-26 · too busy to compare";
  const range = document.createRange();
  range.selectNodeContents(slide.querySelector("h2"));
  const [run, room] = [before.getBoundingClientRect(), slide.getBoundingClientRect()];
  return [
    range.getBoundingClientRect().right + 16 < label.getBoundingClientRect().left,
    before.scrollWidth <= before.clientWidth && run.bottom < room.bottom - 24,
  ];
}"""


@pytest_asyncio.fixture(
    scope="module", loop_scope="session", params=THEMES, name="page"
)
async def plain_page(
    request: pytest.FixtureRequest,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Page]:
    """The deck without its scripts, so that all slides are laid out at once."""
    folder = tmp_path_factory.mktemp("plain") / "deck"
    shutil.copytree(build(PATHS, request.param), folder)
    index = folder / "index.html"
    text = re.sub(r"<script.*?</script>", "", index.read_text("utf-8"), flags=re.DOTALL)
    index.write_text(text, encoding="utf-8")
    page = await chromium.new_page(viewport={"width": 1280, "height": 720})
    await page.goto(index.as_uri())
    await page.evaluate("document.fonts.ready")
    yield page
    await page.close()


@pytest.fixture(name="show")
def shown(packages: None) -> Iterator[Present]:
    with present(ROOT) as show:
        yield show


async def test_the_arrow_key_walks_all_slides_and_nothing_remote_is_fetched(
    chromium: Browser, show: Present
) -> None:
    page = await chromium.new_page(viewport={"width": 1280, "height": 720})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    await page.goto(show.audience)
    seen = [await shown_on(page)]
    assert await found_by_axe(page) == []
    active = page.locator("svg.bespoke-marp-active")
    before = []
    for _ in range(SLIDES * 4):  # steps of code take more than one key
        if seen[-1][0] == str(SLIDES):
            break
        await page.keyboard.press("ArrowRight")
        number, text = await shown_on(page)
        if number != seen[-1][0]:
            seen.append((number, text))
            if await active.locator(".stage-before").count():
                before.append(await page.evaluate(BEFORE))
                await page.keyboard.press("t")  # a demo that has just begun is not left
    assert [number for number, _ in seen] == [str(n + 1) for n in range(SLIDES)]
    assert all(text for _, text in seen)
    assert before == [[True, True]] * len(DEMOS)
    assert set(asked) == {urlsplit(show.audience).netloc}
    await page.close()


async def shown_on(page: Page) -> tuple[str, str]:
    section = page.locator("svg.bespoke-marp-active section").first
    return await section.get_attribute("id") or "", await section.inner_text()


async def test_axe_finds_nothing_on_any_slide(page: Page) -> None:
    assert await found_by_axe(page, ".bespoke-marp-parent, svg") == []


async def test_nothing_overflows(page: Page) -> None:
    script = (PATHS.slides / "stage" / "page" / "overflow.js").read_text("utf-8")
    assert await page.evaluate(f"{script}; overflowing(document)") == []


async def test_texts_are_large_and_stand_out(page: Page) -> None:
    texts: list[list[Any]] = await page.evaluate(TEXTS)
    assert {text[0] for text in texts} == set(range(1, SLIDES + 1))
    assert [text for text in texts if text[2] < (25 if text[4] else 24)] == []
    assert [text for text in texts if text[3] < 7 and not text[4]] == []


async def test_headings_have_one_place_and_so_has_what_follows(page: Page) -> None:
    for kind, heading, follows, _, _ in await page.evaluate(LAYOUT):
        if kind == "demo":
            assert (heading, follows) == ([0, 0, "30px", "700"], 0)
        elif kind != "title":
            assert heading == [64, 48, "46px", "700"]
            assert follows in (150, None)


async def test_the_strip_has_a_piece_for_each_section_as_long_as_its_minutes(
    page: Page,
) -> None:
    planned = [each.minutes for each in contents(build(PATHS)).sections if each.minutes]
    for kind, _, _, strip, pieces in await page.evaluate(LAYOUT):
        if kind == "demo":
            assert strip[2:] == [0, 0]
            continue
        is_large = kind in ("title", "opener", "close")
        assert strip == ([64, 588, 1152, 36] if is_large else [64, 680, 1000, 8])
        shares = [piece / sum(pieces) * sum(planned) for piece in pieces]
        assert shares == pytest.approx(planned, abs=0.05)


async def test_pictures_say_what_they_show(page: Page) -> None:
    labels = await page.eval_on_selector_all(
        "section svg[role=img]", "all => all.map(each => each.ariaLabel)"
    )
    assert len([label for label in labels if label.startswith("invoke demo.")]) == len(
        DEMOS
    )
    assert all(len(label.split()) > 5 or "invoke" in label for label in labels)
    images = await page.eval_on_selector_all(
        "section img", "all => all.filter(each => !each.alt).length"
    )
    assert images == 0


async def test_headings_are_in_order_and_the_language_is_set(page: Page) -> None:
    assert await page.get_attribute("html", "lang") == "en"
    headings = await page.eval_on_selector_all(
        "foreignObject > section",
        """all => all.map(each => [...each.querySelectorAll("h1, h2, h3, h4, h5, h6")]
            .map(heading => heading.tagName))""",
    )
    assert len(headings) == SLIDES
    assert headings[0] == ["H1"]
    assert all(heading in (["H1"], ["H2"]) for heading in headings)


async def test_every_slide_has_a_note(page: Page) -> None:
    notes = await page.locator(".bespoke-marp-note").all_inner_texts()
    assert len(notes) == SLIDES
    texts = await page.eval_on_selector_all(
        ".bespoke-marp-note", "all => all.map(each => each.textContent.trim())"
    )
    assert all(texts)


async def test_links_lead_somewhere_named(page: Page) -> None:
    links = await page.eval_on_selector_all(
        "section a", "all => all.map(each => [each.href, each.textContent.trim()])"
    )
    assert links
    for address, text in links:
        assert address.startswith(("https://", "http://"))
        assert text
