"""What matters on stage and at home in other browsers than Chromium (test_stage.py is
about that one), and what the slides look like in each of them, at each size."""

import functools
import json
import os
import re
import shutil
import threading
from collections.abc import AsyncIterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from slides.stage import node
from slides.stage.deck.build import build
from slides.stage.export import website
from slides.stage.paths import Paths
from slides.stage.show.built import load
from slides.stage.show.state import Show
from tests.browser.layout import (
    DEMO,
    KINDS,
    LAID_OUT,
    LOOKS,
    PRESENTER_SIZES,
    SIZES,
    UPRIGHT,
)
from tests.browser.windows import (
    Played,
    Window,
    Windows,
    firefox,
    firefox_path,
    is_installed,
)
from tests.talks import PATHS, PATIENCE, Served, free_port, present, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What Firefox itself says of a server that is gone.
GONE = re.compile(r"^Error: (Firefox can’t establish a|The) connection to ")


@pytest_asyncio.fixture(
    scope="module", loop_scope="session", params=["Firefox", "WebKit"], name="others"
)
async def other_browser(
    packages: None, request: pytest.FixtureRequest
) -> AsyncIterator[Windows]:
    """Firefox as this machine has it, and WebKit where Playwright's is installed."""
    if request.param == "Firefox":
        path = firefox_path()
        if path is None:
            pytest.skip("there is no Firefox here")
        async with firefox(path) as running:
            yield running
        return
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node.NODE)
    async with async_playwright() as playwright:
        if not is_installed(playwright.webkit):
            pytest.skip("there is no WebKit here: playwright install webkit")
        browser = await playwright.webkit.launch()
        context = await browser.new_context(bypass_csp=True)
        context.set_default_timeout(1000 * PATIENCE)
        yield Played(context)
        await browser.close()


@pytest.fixture
def exported(recorded: Path, tmp_path: Path) -> Path:
    deck = next((recorded / ".build").glob("*-dark"))
    website.write(deck, tmp_path / "web", with_notes=True)
    return tmp_path / "web"


async def sees(
    window: Window, slide: int, label: str = "", screen: str = "", frame: str = ""
) -> None:
    """Wait until a window, or a frame in it, stands on a slide and on its terminal."""
    script = f"""(() => {{
        const slide = document.querySelector("svg.bespoke-marp-active");
        const says = (name, what) =>
            !what || new RegExp(what).test(slide.querySelector(name)?.textContent);
        return slide?.querySelector("section[id='{slide}']")
            && says(".stage-bar span:last-child", {json.dumps(label)})
            && says(".stage-screen", {json.dumps(screen)});
    }})()"""
    await window.until(script, frame)


async def walk(windows: Windows, window: Window, run: str, failed: str) -> None:
    """Show the talk, in this window and in the presenter's; end on the fourth slide."""
    await sees(window, 1)
    await window.press("ArrowRight")
    await sees(window, 2, "→ (runs|plays) it")
    await window.press("ArrowRight")
    await sees(window, 2, run, "There were 3 ticks.")
    await window.press("p")
    presenter = await windows.opened()
    await sees(presenter, 2, run, "There were 3 ticks.", frame="#current")
    await window.press(" ")
    await sees(presenter, 3, frame="#current")
    await presenter.press("PageDown", "PageDown")
    await sees(window, 4, run)
    await presenter.press("5", "Enter", "Enter")
    await sees(window, 5, failed, "There were 3 ticks.")
    await window.press("End")
    await sees(presenter, 6, frame="#current")
    await window.press("PageUp")  # from behind: the last frame
    await sees(presenter, 5, "REC", frame="#current")
    await presenter.press("ArrowLeft", "ArrowLeft", "b")
    black = "document.querySelector('.stage-black:not([hidden])') !== null"
    await window.until(black)
    while await window.evaluate(black):  # for 400 ms a key may be a bounce
        await window.press("x")
    await sees(window, 4, "REC|STOPPED")


async def test_a_show_in_another_browser(others: Windows, talk: Path) -> None:
    window = await others.open()
    with present(talk, "--port", free_port()) as show:
        await window.goto(show.audience)
        await walk(others, window, "LIVE", "REC .* it failed")
        await window.press("r")
        await sees(window, 4, "LIVE", r"pid \d+")
        show.process.kill()
        await sees(window, 4, "REC .* no server", "There were 3 ticks.")
    logged = await others.close()
    assert [line for line in logged if not GONE.match(line)] == []


async def test_an_exported_page_in_another_browser(
    others: Windows, exported: Path
) -> None:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=exported)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for address in (
            (exported / "index.html").as_uri(),
            f"http://127.0.0.1:{server.server_port}/",
        ):
            window = await others.open()
            await window.goto(address)
            await walk(others, window, "REC", "REC")
            assert await others.close() == []
        server.shutdown()


@pytest_asyncio.fixture(scope="module", loop_scope="session", name="all_kinds")
async def all_kinds_of_slides(
    packages: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """The real deck, and its address on it as a QR code; recordings only."""
    talk = tmp_path_factory.mktemp("all kinds")
    large = shutil.ignore_patterns("node_modules", "__pycache__")
    for folder in ("slides", "demos"):
        shutil.copytree(PATHS.root / folder, talk / folder, ignore=large)
    (talk / "slides" / "node_modules").symlink_to(PATHS.packages)
    opening = talk / "slides" / "00-opening.md"
    text = opening.read_text("utf-8")
    address = "url: https://example.org/asyncio-live"
    opening.write_text(text.replace("\nlang:", f"\n{address}\nlang:", 1), "utf-8")
    paths = Paths(talk)
    built = load(build(paths))
    async with serving(paths, built, Show(live=False), talk) as (_, served):
        yield served


async def look_at_each_size(windows: Windows, served: Served) -> None:
    """Look at a slide of each kind, a terminal's run, and the presenter's window."""
    window = await windows.open()
    await window.goto(served.audience)
    await window.until("document.querySelector('svg.bespoke-marp-active') !== null")

    async def look(is_small: bool, sizes: list[int]) -> None:
        for size in SIZES:
            await window.resize(*size)
            turn = is_small and size == UPRIGHT
            expected = {"wrong": [], "sizes": sizes, "turn": turn}
            assert await window.evaluate(LOOKS) == expected, size

    for kind, is_small in KINDS.items():
        number = await window.evaluate(
            "document"
            f".querySelector('.bespoke-marp-slide {kind}').closest('section[id]').id"
        )
        await window.press(*number, "Enter")
        await sees(window, int(number))
        await look(is_small, [1280, 720])
        if kind == DEMO:
            demo = int(number)
            await window.press("ArrowRight")
            await sees(window, int(number), "REC", r"\S")
            await look(is_small, [1280, 720, 1232, 616])  # 80 × 22 cells
    for size in SIZES:
        await window.resize(*size)
        assert await window.evaluate("overflowing(document)") == []
    await window.goto(served.presenter)
    await window.until("document.querySelector('#where').textContent")
    await window.press(*f"{demo}", "Enter")
    await sees(window, demo, "→ plays it", frame="#current")
    for width, height in PRESENTER_SIZES:
        await window.resize(width, height)
        assert await window.evaluate(f"({LAID_OUT})()") == []
    assert await windows.close() == []


async def test_each_kind_of_slide_in_another_browser(
    others: Windows, all_kinds: Served
) -> None:
    await look_at_each_size(others, all_kinds)


async def test_each_kind_of_slide(chromium: Browser, all_kinds: Served) -> None:
    context = await chromium.new_context(bypass_csp=True)
    await look_at_each_size(Played(context), all_kinds)
    await context.close()
