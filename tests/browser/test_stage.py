"""The stage in a real browser: keys, labels, players, two windows, no server."""

import asyncio
import functools
import gzip
import json
import re
import threading
import time
import wave
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    Dialog,
    FrameLocator,
    Page,
    expect,
)

from slides.stage.deck.build import build
from slides.stage.export import website
from slides.stage.paths import Paths
from slides.stage.show.built import Built, load
from slides.stage.show.saved import Saved
from slides.stage.show.state import Run, Show
from tests.browser.axe import found_by_axe
from tests.browser.layout import LAID_OUT, PRESENTER_SIZES
from tests.talks import PATIENCE, Present, Served, free_port, gone, present, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

ACTIVE = "svg.bespoke-marp-active"
SCREEN = f"{ACTIVE} .stage-screen"
LABEL = f"{ACTIVE} .stage-bar span:last-child"
STATUS = ".stage-status[role=status]"
BAR = ".bespoke-marp-osc"
ONLY_LOOKS = "This window only looks: open what `invoke present` has printed."
REC = r"^REC \d{4}-\d\d-\d\d"


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A browser whose windows log no error."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 720})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    await context.close()
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def strangers(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Another browser: it shares no storage with that of the windows."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context
    await context.close()


@asynccontextmanager
async def served(
    talk: Path, built: Built, show: Show, folder: Path, **options: Any
) -> AsyncIterator[Served]:
    async with serving(Paths(talk), built, show, folder, **options) as (_, address):
        yield address


@pytest.fixture(scope="session")
def built(recorded: Path) -> Built:
    return load(next((recorded / ".build").glob("*-dark")))


@pytest_asyncio.fixture(loop_scope="session")
async def show(recorded: Path, built: Built, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(recorded, built, Show(live=True), tmp_path) as running:
        yield running


@pytest.fixture
def started(talk: Path) -> Iterator[Present]:
    """A show of a process of its own, which can be killed, and of files that change."""
    with present(talk, "--port", free_port()) as running:
        yield running


async def open_at(windows: BrowserContext, address: str, slide: int) -> Page:
    page = await windows.new_page()
    await page.goto(f"{address}#{slide}")
    await expect(page.locator(ACTIVE)).to_have_count(1)
    return page


async def open_presenter(
    windows: BrowserContext, show: Served
) -> tuple[Page, FrameLocator]:
    """The presenter's window, and in it the slide on view."""
    page = await windows.new_page()
    await page.goto(show.presenter)
    return page, await slide_in(page)


async def slide_in(presenter: Page) -> FrameLocator:
    current = presenter.frame_locator("#current")
    await expect(current.locator(ACTIVE)).to_have_count(1)
    await expect(presenter.locator("#where")).to_contain_text("Slide")
    return current


async def pid_on(page: Page | FrameLocator) -> int:
    await expect(page.locator(SCREEN)).to_contain_text(re.compile(r"pid \d+"))
    found = re.search(r"pid (\d+)", await page.locator(SCREEN).inner_text())
    assert found
    return int(found[1])


# What Ctrl+C copies: the clipboard itself is not a test's to change.
COPY = """() => {
  const clipboardData = new DataTransfer();
  window.dispatchEvent(new ClipboardEvent("copy", { clipboardData }));
  return clipboardData.getData("text/plain");
}"""


SELECT_LINES = """() => {
  const terminal = document.querySelector("svg.bespoke-marp-active .terminal");
  const texts = [...terminal.querySelectorAll("text")];
  const [first, last] = ["tick 0", "tick 2"].map((words) =>
    texts.find((each) => each.textContent.includes(words)));
  getSelection().setBaseAndExtent(first, 0, last, 1);
}"""


async def test_next_runs_the_demo_and_next_again_moves_on(
    windows: BrowserContext, show: Served
) -> None:
    page = await open_at(windows, show.audience, 2)
    await expect(page.locator(LABEL)).to_have_text(re.compile("→ runs it"))
    await page.keyboard.down("PageDown")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await page.keyboard.down("PageDown")  # it is still held: the key repeats
    await page.keyboard.up("PageDown")
    await expect(page.locator(LABEL)).to_have_text(re.compile(r"LIVE \d+\.\d s"))
    assert page.url.endswith("#2")
    said = "invoke demo.ticker ended: There were 3 ticks."
    await expect(page.locator(STATUS)).to_have_text(said)
    assert await found_by_axe(page) == []
    # Its text can be selected and copied; neither that nor a click starts it anew.
    label = await page.locator(LABEL).inner_text()
    lines = page.locator(f"{SCREEN} .ap-line")
    [first, last] = [await lines.nth(each).bounding_box() for each in (0, 2)]
    assert first and last
    await page.mouse.move(first["x"] + 4, first["y"] + 14)
    await page.mouse.down()
    await page.mouse.move(last["x"] + 400, last["y"] + 14)
    await page.mouse.up()
    copied = await page.evaluate(COPY)
    assert copied == "tick 0\ntick 1\ntick 2"
    await page.mouse.dblclick(first["x"] + 20, first["y"] + 14)
    assert await page.evaluate("getSelection().toString()") == "tick"
    assert await page.evaluate("document.activeElement === document.body")
    await expect(page.locator(LABEL)).to_have_text(label)
    # Whatever else is selected is copied as ever.
    await page.keyboard.press("Control+a")
    assert await page.evaluate(COPY) == ""
    await page.evaluate("getSelection().empty()")
    # Beside the text, a click does start it anew.
    await page.mouse.click(last["x"] + 400, last["y"] + 14)
    await expect(page.locator(STATUS)).to_have_text("invoke demo.ticker runs")
    await expect(page.locator(STATUS)).to_have_text(said)
    await page.keyboard.press("PageDown")
    await page.wait_for_url("**#3")
    # Back again: what was seen is still there.
    await page.keyboard.press("PageUp")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await page.keyboard.press(" ")
    await page.wait_for_url("**#3")


async def test_the_last_frame_stays_with_nothing_over_it(
    windows: BrowserContext, started: Present
) -> None:
    page = await open_at(windows, started.audience, 2)
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(SCREEN)).to_contain_text("try next:")
    started.process.kill()
    await asyncio.to_thread(started.process.wait, PATIENCE)
    await page.wait_for_function("document.querySelector('.ap-player') !== null")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    shown = page.locator(f"{ACTIVE} .ap-overlay:visible")
    await expect(shown).to_have_count(0)
    # Away and back, without the server: what was seen comes from the recording.
    await expect(page.locator(LABEL)).to_have_text(re.compile("LIVE"))
    await page.keyboard.press("ArrowRight")
    await page.wait_for_url("**#3")
    await page.keyboard.press("ArrowLeft")
    await sees_last_frame(page)


async def test_all_cells_of_the_terminal_are_seen(
    windows: BrowserContext, show: Served
) -> None:
    page = await open_at(windows, show.audience, 2)
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    room, used = await page.evaluate(
        """[".ap-wrapper", ".ap-term"].map(name => {
            const box = document.querySelector(name).getBoundingClientRect();
            return [box.width, box.height];
        })"""
    )
    assert used[0] <= room[0]
    assert used[1] <= room[1]


async def test_the_keys_r_s_and_t(windows: BrowserContext, show: Served) -> None:
    page = await open_at(windows, show.audience, 4)
    status = page.locator(STATUS)
    await expect(status).to_be_empty()
    assert await found_by_axe(page) == []
    await page.keyboard.press("r")
    first = await pid_on(page)
    await expect(status).to_have_text("invoke demo.waits runs")
    assert await found_by_axe(page) == []
    await page.keyboard.press("s")
    await expect(status).to_have_text("invoke demo.waits stopped")
    assert await asyncio.to_thread(gone, first)
    await expect(page.locator(LABEL)).to_have_text(re.compile(r"STOPPED \d+\.\d s"))
    await expect(page.locator(SCREEN)).to_contain_text(f"pid {first}")
    await page.keyboard.press("r")
    await expect(page.locator(SCREEN)).not_to_contain_text(f"pid {first}")
    second = await pid_on(page)
    await page.keyboard.press("t")
    await sees_last_frame(page)
    assert await asyncio.to_thread(gone, second)
    ended = "recording shown. It ended: There were 3 ticks."
    await expect(status).to_have_text(f"invoke demo.waits: {ended}")
    # The text of the last frame is the picture's: heard, selected, and not clicked.
    assert await found_by_axe(page) == []
    tick = page.locator(f"{ACTIVE} svg.terminal text", has_text="tick 1")
    await tick.dblclick()
    assert await page.evaluate("getSelection().toString()") == "tick"
    await sees_last_frame(page)
    await page.evaluate(SELECT_LINES)
    assert await page.evaluate(COPY) == "tick 0\ntick 1\ntick 2"
    await page.keyboard.press("s")  # nothing plays
    await page.keyboard.press("t")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await page.keyboard.press("r")
    await pid_on(page)
    await page.keyboard.press("t")
    await page.keyboard.press("PageDown")
    await on_slide(page, 5)


async def sees_last_frame(page: Page | FrameLocator, why: str = "") -> None:
    """Wait until nothing but the bar lies over the picture of the recording.

    `why` ends its label.
    """
    clear = re.compile(r"^rgba\(0, 0, 0, 0\)$")
    terminal = page.locator(f"{ACTIVE} .stage-terminal")
    await expect(terminal).to_have_css("background-color", clear)
    await expect(page.locator(SCREEN)).to_be_empty()
    await expect(page.locator(f"{ACTIVE} .stage-before")).to_be_hidden()
    await expect(page.locator(LABEL)).to_have_text(re.compile(f"{REC}{why}$"))


async def go(show: Served, slide: int, step: int) -> None:
    """Go to a step, as a window of the speaker's asks for it."""
    headers = {"Cookie": show.cookie, "Origin": show.address.rstrip("/")}
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.ws_connect(f"{show.address}show") as window,
    ):
        await window.send_json({"do": "go", "slide": slide, "step": step})
        while (await window.receive_json())["show"]["slide"] != slide:
            pass


async def test_leaving_the_slide_ends_the_demo(
    windows: BrowserContext, show: Served
) -> None:
    page = await open_at(windows, show.audience, 4)
    await page.keyboard.press("ArrowRight")
    pid = await pid_on(page)
    await page.keyboard.press("ArrowLeft")
    assert await asyncio.to_thread(gone, pid)


async def test_a_demo_that_fails_leaves_the_slide_to_the_recording(
    windows: BrowserContext, show: Served
) -> None:
    page = await open_at(windows, show.audience, 5)
    await page.emulate_media(reduced_motion="reduce")
    await page.evaluate(
        """() => {
            window.moved = [];
            const changes = new MutationObserver(() => {
                const still = document.querySelector(".stage-leaving");
                if (still) window.moved.push(still.getAnimations().length);
            });
            changes.observe(document.body, { childList: true, subtree: true });
            window.heard = [];
            const status = document.querySelector(".stage-status");
            new MutationObserver(() => window.heard.push(status.textContent))
                .observe(status, { childList: true });
        }"""
    )
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(LABEL)).to_have_text(re.compile(f"{REC} · it failed$"))
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await expect(page.locator(SCREEN)).not_to_contain_text("nobody planned this")
    await expect(page.locator(STATUS)).to_contain_text("It ended")
    shown = "invoke demo.fails: recording shown, it failed"
    assert await page.evaluate("heard") == [
        "invoke demo.fails runs",
        shown,
        f"{shown}. It ended: There were 3 ticks.",
    ]
    assert set(await page.evaluate("moved")) == {0}  # nothing fades


def with_recordings(built: Built, *frames: tuple[float, str]) -> Built:
    """A deck whose demos have all printed these texts, each after so many seconds.

    Without any, it has no recordings.
    """
    talk = json.loads(built.files["talk.js"].removeprefix(b"const TALK = ")[:-2])
    header = {"version": 3, "term": {"cols": 80, "rows": 22}}
    events = [*([seconds, "o", text] for seconds, text in frames), [0, "x", "0"]]
    cast = "\n".join(map(json.dumps, [header, *events]))
    packed = b64encode(gzip.compress(cast.encode())).decode()
    length = sum(seconds for seconds, _ in frames)
    recording = {"recorded": 0, "seconds": length, "lesson": "", "gzip": packed}
    talk["recordings"] = dict.fromkeys(("ticker", "waits", "fails"), recording)
    if not frames:
        talk["recordings"] = {}
    files = built.files | {"talk.js": f"const TALK = {json.dumps(talk)};\n".encode()}
    return built._replace(files=files)


async def test_a_recording_says_why_it_is_shown_and_goes_on_where_the_run_stood(
    windows: BrowserContext, recorded: Path, built: Built, tmp_path: Path
) -> None:
    hour = with_recordings(built, (0, "begun"), (1200, ", under way"), (2400, ", done"))
    now = time.time()
    runs = {
        "ticker": Run(1, "failed", now - 1800, now, why="too slow"),
        "waits": Run(2, "recording", now - 9000, now, why="no server"),
        "fails": Run(3, "failed", now - 10, now, why="too busy to compare"),
    }
    show = Show(True, begun=now, runs=runs, next_id=4)
    async with served(recorded, hour, show, tmp_path) as address:
        page = await open_at(windows, address.audience, 1)
        presenter, current = await open_presenter(windows, address)
        for slide, why, seen in (
            (2, "too slow", "begun, under way"),
            (4, "no server", "begun, under way, done"),
            (5, "too busy to compare", "begun"),
        ):
            await go(address, slide, 1)
            await on_slide(current, slide)
            for window in (page, current):
                await expect(window.locator(SCREEN)).to_have_text(seen)
                label = window.locator(LABEL)
                await expect(label).to_have_text(re.compile(f"{REC} · {why}$"))
                bar = await window.locator(f"{ACTIVE} .stage-bar").evaluate(
                    "bar => [bar.scrollWidth - bar.clientWidth, bar.scrollHeight]"
                )
                assert bar == [0, 72]  # nothing is cut off, or in a second line
            demo = presenter.locator("#demo")
            await expect(demo).to_have_text(f"Demo: {why} → recording")
        for _ in range(2):  # t shows the last frame, and t again replays from the start
            await page.keyboard.press("t")
            for window in (page, current):
                await sees_last_frame(window)
            said = "Demo: recording's last frame, t replays it"
            await expect(demo).to_have_text(said)
            await presenter.keyboard.press("t")
            for window in (page, current):
                await expect(window.locator(SCREEN)).to_have_text("begun")
            await expect(demo).to_have_text("Demo: recording")
        await page.keyboard.press("End")
        await page.keyboard.press("ArrowLeft")  # from behind: it does not play
        for window in (page, current):
            await sees_last_frame(window)
        await page.keyboard.press("ArrowLeft")  # before it: nothing is on view
        await expect(demo).to_have_text("Demo: ready · about 3600 s")
        await go(address, 2, 1)
        for window in (page, current):
            await sees_last_frame(window, " · too slow")
        await go(address, 4, 1)
        await expect(page.locator(SCREEN)).to_have_text("begun, under way, done")
        await page.keyboard.press("t")
        await expect(page.locator(SCREEN)).to_have_text("begun")


async def test_the_clock_says_how_long_a_run_may_take_and_that_it_is_slow(
    windows: BrowserContext, recorded: Path, built: Built, tmp_path: Path
) -> None:
    known = with_recordings(built, (3600, "done"))
    for deck, seconds, said in (
        (known, 600, r"Demo: running 6\d\d s · about 3600 s"),
        (known, 5401, r"Slow: 5\d\d\d s · about 3600 s; t shows the recording"),
        (with_recordings(built), 5401, r"Demo: running 5\d\d\d s"),
    ):
        started = time.time() - seconds
        run = Run(1, "running", started, started)
        show = Show(True, 4, 1, begun=started, runs={"waits": run}, next_id=2)
        async with served(recorded, deck, show, tmp_path) as address:
            page, _ = await open_presenter(windows, address)
            demo = page.locator("#demo")
            await expect(demo).to_have_text(re.compile(f"^{said}$"))
            await page.close()


async def test_a_server_that_goes_leaves_the_slide_to_the_recording(
    windows: BrowserContext, started: Present
) -> None:
    page = await open_at(windows, started.audience, 4)
    await page.keyboard.press("ArrowRight")
    pid = await pid_on(page)
    await page.evaluate(
        """() => {
            window.faded = [];
            const changes = new MutationObserver(() => {
                const still = document.querySelector(".stage-leaving");
                if (still) window.faded.push(still.textContent);
            });
            changes.observe(document.body, { childList: true, subtree: true });
        }"""
    )
    started.process.kill()
    await expect(page.locator(LABEL)).to_have_text(re.compile(f"{REC} · no server$"))
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await expect(page.locator(".stage-leaving")).to_have_count(0)
    assert f"pid {pid}" in (await page.evaluate("faded"))[0]  # it has gone softly
    assert await asyncio.to_thread(gone, pid)


async def test_two_windows_see_one_run_and_the_keys_work_in_both(
    windows: BrowserContext, show: Served
) -> None:
    audience = await open_at(windows, show.audience, 3)
    presenter, current = await open_presenter(windows, show)
    await audience.keyboard.press("ArrowRight")
    await on_slide(current, 4)
    await presenter.keyboard.press("ArrowRight")
    pid = await pid_on(audience)
    assert await pid_on(current) == pid
    await audience.reload()
    assert await pid_on(audience) == pid
    late = await open_at(windows, show.audience, 4)
    assert await pid_on(late) == pid
    await presenter.keyboard.press("s")
    assert await asyncio.to_thread(gone, pid)


async def on_slide(page: Page | FrameLocator, slide: int) -> None:
    await expect(page.locator(f"{ACTIVE} section[id='{slide}']")).to_have_count(1)


async def test_windows_in_browsers_that_share_nothing_move_together(
    windows: BrowserContext, strangers: BrowserContext, show: Served
) -> None:
    one = await open_at(windows, show.audience, 1)
    other = await strangers.new_page()
    await other.goto(show.audience.replace("127.0.0.1", "localhost"))
    await one.keyboard.press("PageDown")
    await on_slide(other, 2)
    await other.keyboard.press("PageDown")  # runs the demo: a step of its own
    await expect(one.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await on_slide(one, 2)
    await other.keyboard.press("PageDown")
    await on_slide(one, 3)
    # As marp moves by itself: by its keys, and by the address.
    await one.keyboard.press("End")
    await on_slide(other, 6)
    await other.evaluate("location.hash = 4")
    await on_slide(one, 4)
    await one.keyboard.press("PageUp")
    await on_slide(other, 3)


async def test_steps_of_the_code_are_steps_of_the_show(
    windows: BrowserContext, strangers: BrowserContext, talk: Path
) -> None:
    section = talk / "slides" / "10-more.md"
    text = section.read_text("utf-8").replace("```python ", "```python {1|2|all} ")
    section.write_text(text, encoding="utf-8")
    with present(talk) as show:
        one = await open_at(windows, show.audience, 3)
        other = await open_at(strangers, show.audience, 3)
        lit = f'{ACTIVE} [data-bespoke-marp-fragment="active"]'
        for steps in (1, 2):
            await one.keyboard.press(" ")
            await expect(other.locator(lit)).to_have_count(steps)
            await expect(one.locator(lit)).to_have_count(steps)
        await other.keyboard.press("Shift+ ")
        await expect(one.locator(lit)).to_have_count(1)
        late = await strangers.new_page()
        await late.goto(show.audience)
        await expect(late.locator(lit)).to_have_count(1)


async def test_a_window_that_only_looks_follows_and_changes_nothing(
    windows: BrowserContext, strangers: BrowserContext, show: Served
) -> None:
    speaker = await open_at(windows, show.audience, 3)
    viewer = await strangers.new_page()
    await viewer.goto(f"{show.address}#5")
    await on_slide(viewer, 3)
    for key in ("PageDown", "End", "Home", "PageUp"):
        await viewer.keyboard.press(key)
        await on_slide(viewer, 3)
    await speaker.keyboard.press("PageDown")
    await on_slide(viewer, 4)
    await speaker.keyboard.press("PageDown")
    pid = await pid_on(viewer)
    await viewer.keyboard.press("s")
    await viewer.keyboard.press("PageDown")
    await viewer.close()
    assert await pid_on(speaker) == pid
    assert not await asyncio.to_thread(gone, pid, 0)


async def test_back_returns_to_before_the_run_and_then_leaves(
    windows: BrowserContext, show: Served
) -> None:
    page = await open_at(windows, show.audience, 4)
    await page.keyboard.press("PageDown")
    pid = await pid_on(page)
    await page.keyboard.press("PageUp")
    await expect(page.locator(LABEL)).to_have_text(re.compile("→ runs it"))
    await expect(page.locator(SCREEN)).to_have_text("")
    assert await asyncio.to_thread(gone, pid)
    await page.keyboard.press("PageUp")
    await on_slide(page, 3)


def kept(saved: Saved, slide: int) -> bool:
    """Return whether a slide is kept for a restart, or is so in time."""
    end = time.monotonic() + PATIENCE
    while (show := saved.read()) is None or show.slide != slide:
        if time.monotonic() >= end:
            return False
        time.sleep(0.01)
    return True


async def test_a_restart_goes_on_from_where_the_show_was_cut_off(
    windows: BrowserContext, strangers: BrowserContext, talk: Path
) -> None:
    port = free_port()
    with present(talk, "--port", port) as show:
        page = await open_at(windows, show.audience, 1)
        await page.keyboard.press("PageDown")
        await page.keyboard.press("PageDown")
        await expect(page.locator(SCREEN)).to_contain_text("try next:")
        await page.keyboard.press("PageDown")
        await page.keyboard.press("PageDown")
        await on_slide(page, 4)  # at once; the server hears of it, and keeps it
        saved = Saved(Paths(talk).build, show.port)
        assert await asyncio.to_thread(kept, saved, 4)
        show.process.kill()  # no chance to say good-bye
        await asyncio.to_thread(show.process.wait, PATIENCE)
        # What is done meanwhile is done in this window.
        await page.keyboard.press("PageDown")
        await expect(page.locator(LABEL)).to_have_text(re.compile("REC"))
    with present(talk, "--port", port) as again:
        assert again.audience == show.audience  # so the open windows stay the speaker's
        assert (
            again.said[0] == "Going on from slide 4, where the last show was cut off."
        )
        await expect(page.locator(LABEL)).to_have_text(re.compile("→ runs it"))
        await on_slide(page, 4)
        presenter, late = await open_presenter(strangers, again)
        await on_slide(late, 4)
        pace = presenter.locator("#pace")
        await expect(pace).to_have_text(re.compile("ahead|behind"))
        await page.keyboard.press("PageDown")
        await pid_on(late)
        assert again.end() == 0
    with present(talk, "--port", port, "--recorded") as anew:
        recordings_only = "Recordings only: no demo runs."
        assert anew.said[:2] == [recordings_only, f"audience   {anew.audience}"]
        assert anew.token != show.token
        await presenter.goto(anew.presenter)
        await on_slide(late, 1)
        await expect(presenter.locator("#notice")).to_have_text(recordings_only)
        await presenter.keyboard.press("PageDown")
        await expect(late.locator(LABEL)).to_have_text(re.compile("→ plays it"))
        await presenter.keyboard.press("PageDown")
        await expect(late.locator(SCREEN)).to_contain_text("There were 3 ticks.")
        await expect(late.locator(LABEL)).to_have_text(re.compile(f"{REC}$"))


async def test_without_the_server_the_windows_of_a_browser_stay_together(
    windows: BrowserContext, started: Present
) -> None:
    page = await open_at(windows, started.audience, 2)
    async with page.expect_popup() as popup:
        await page.keyboard.press("p")
    presenter = await popup.value
    current = await slide_in(presenter)
    await expect(current.locator(LABEL)).to_have_text(re.compile("→ runs it"))
    started.process.kill()
    await asyncio.to_thread(started.process.wait, PATIENCE)
    await presenter.keyboard.press("ArrowRight")
    for window in (page, current):
        await expect(window.locator(LABEL)).to_have_text(re.compile("REC"))
        await expect(window.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await presenter.keyboard.press("ArrowRight")
    await on_slide(page, 3)
    await page.keyboard.press("ArrowRight")
    await on_slide(current, 4)
    await page.keyboard.press("p")  # it is open, and stays the one
    assert len(windows.pages) == 2


async def test_a_show_that_was_ended_begins_anew_in_the_windows_left_open(
    windows: BrowserContext, talk: Path
) -> None:
    port = free_port()
    with present(talk, "--port", port) as show:
        page, current = await open_presenter(windows, show)
        await page.keyboard.press("PageDown")
        await on_slide(current, 2)
        assert show.end() == 0
    with present(talk, "--port", port) as anew:
        await on_slide(current, 1)
        await page.keyboard.press("PageDown")  # it is of another start
        await expect(page.locator("#notice")).to_have_text(ONLY_LOOKS)
        await on_slide(current, 1)
        await page.goto(anew.presenter)
        await expect(page.locator("#notice")).to_be_empty()
        await page.keyboard.press("PageDown")
        await on_slide(current, 2)


async def test_the_presenter_sees_time_pace_notes_and_the_demos_state(
    windows: BrowserContext, show: Served
) -> None:
    page, current = await open_presenter(windows, show)
    said, demo, pace = (page.locator(each) for each in ("#said", "#demo", "#pace"))
    await expect(page.locator("#elapsed")).to_have_text("0:00")
    await expect(page.locator("#length")).to_have_text("of 6:00")
    await expect(pace).to_have_text("not begun")
    await expect(page.locator("#say")).to_have_text("Say hello.")
    await expect(page.locator("#coming")).to_have_text("Next: Second")
    await page.keyboard.press("ArrowRight")
    await expect(pace).to_have_text(re.compile("ahead"))
    await expect(page.locator("#section")).to_have_text("left in A talk")
    await expect(page.locator("#say")).to_have_text("Demothe first.")
    await expect(demo).to_have_text(re.compile(r"^Demo: ready · about \d s$"))
    await expect(page.locator("#where")).to_have_text("Slide 2 of 6 · step 0 of 1")
    await expect(page.locator("#coming")).to_have_text(re.compile("^Next: the demo"))
    await page.keyboard.press("ArrowRight")
    await expect(demo).to_have_text(re.compile("done after"))
    await page.reload()
    await expect(pace).to_have_text(re.compile("ahead"))
    await on_slide(current, 2)
    await page.keyboard.press("o")  # all slides; an arrow leads to the next of them
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await on_slide(current, 5)
    await page.keyboard.press("ArrowRight")
    await expect(demo).to_have_text("Demo: it failed → recording")
    await expect(said).to_contain_text("RuntimeError: nobody planned this")
    for width, height in PRESENTER_SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate(LAID_OUT) == []


async def test_the_presenters_window_is_worked_by_thumb(
    windows: BrowserContext, show: Served
) -> None:
    page, current = await open_presenter(windows, show)

    async def tap(name: str) -> None:
        await page.get_by_role("button", name=name, exact=True).click()

    await expect(page.locator("#mend")).to_have_text("Look at slide 3 (cut off)")
    await tap("Next")
    await on_slide(current, 2)
    await tap("Recording")
    await sees_last_frame(current)
    await tap("Run")
    await expect(page.locator("#demo")).to_have_text(re.compile("done after"))
    heard = page.get_by_role("status").filter(has_text="Demo")
    await expect(heard).to_have_text("Demo, done, There were 3 ticks.")
    await expect(current.locator("[role=status]")).to_have_count(0)  # heard once
    await tap("Pause")
    await expect(page.locator("#length")).to_have_text("paused")
    await page.keyboard.press(" ")  # of a clicker: it is not the button's
    await on_slide(current, 3)
    before = await page.locator("#say").evaluate(
        "each => getComputedStyle(each).fontSize"
    )
    await tap("A+ larger notes")
    await page.reload()
    await expect(page.locator("#length")).to_have_text("paused")
    await expect(page.locator("#say")).not_to_have_css("font-size", before)
    await tap("Go on")
    await expect(page.locator("#length")).to_have_text("of 6:00")
    assert await found_by_axe(page) == []
    await tap("Slides")
    assert await found_by_axe(page) == []
    await page.locator("#list").get_by_role("button", name="Fourth").click()
    await on_slide(current, 4)
    await tap("Back")
    await on_slide(current, 3)
    await tap("Slides")
    await page.keyboard.press("Escape")
    await expect(page.locator("#list")).to_be_hidden()
    await page.keyboard.press(" ")  # it is not the button's, again
    await on_slide(current, 4)


async def test_the_length_of_the_talk_scales_its_budgets(
    windows: BrowserContext, recorded: Path, built: Built, tmp_path: Path
) -> None:
    show = Show(live=True)
    async with served(recorded, built, show, tmp_path, minutes=60) as address:
        page = await windows.new_page()
        await page.goto(
            f"{address.audience}&view=presenter"
        )  # marp's gives way to ours
        await expect(page.locator("#length")).to_have_text("of 60:00")


async def test_a_change_reloads_the_page_on_its_slide_and_an_error_is_shown(
    windows: BrowserContext, started: Present, talk: Path
) -> None:
    page = await open_at(windows, started.audience, 3)
    said = [await asyncio.to_thread(started.output.readline) for _ in range(2)]
    assert said[0] == "Ctrl-C ends the show.\n"
    # Its code is too wide for the slide, in every browser by another amount.
    line = r"slides/10-more.md:6: something is \d+ px outside this slide\n"
    assert re.fullmatch(line, said[1])
    section = talk / "slides" / "10-more.md"
    text = section.read_text("utf-8")
    section.write_text(text.replace("## Third", "## Changed"), encoding="utf-8")
    await expect(page.locator(f"{ACTIVE} h2")).to_have_text("Changed")
    assert page.url.endswith("#3")
    section.write_text(text + "\n![x](diagrams/gone.svg)\n", encoding="utf-8")
    failure = page.locator(".stage-failure")
    await expect(failure).to_contain_text("there is no diagrams/gone.svg")
    await expect(page.locator(f"{ACTIVE} h2")).to_have_text("Changed")
    section.write_text(text, encoding="utf-8")
    await expect(page.locator(f"{ACTIVE} h2")).to_have_text("Third")
    await expect(failure).to_be_hidden()


async def test_a_page_of_another_origin_cannot_reach_the_stage(
    windows: BrowserContext, show: Served, tmp_path: Path
) -> None:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path)
    (tmp_path / "index.html").write_text("<title>evil</title>", encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        page = await windows.new_page()
        await page.goto(f"http://127.0.0.1:{stranger.server_port}/")
        reached = await page.evaluate(
            """address => Promise.all([
                new WebSocket(address.replace("http", "ws") + "show"),
                Object.assign(document.createElement("script"), {
                    src: address + "talk.js",
                }),
            ].map(each => new Promise(done => {
                each.onopen = each.onload = () => done(true);
                each.onerror = () => done(false);
                if (each instanceof Element) document.head.append(each);
            })))""",
            show.address,
        )
        # Led here by a stranger, a window of the speaker's browser looks only.
        ours = await open_at(windows, show.audience, 1)
        await page.evaluate("address => { location = address }", f"{show.address}#3")
        await page.wait_for_url(f"{show.address}*")
        await on_slide(page, 1)
        await on_slide(ours, 1)
        stranger.shutdown()
    assert reached == [False, False]


async def test_a_film_and_a_font_of_a_slide_are_loaded_here_and_in_an_exported_page(
    windows: BrowserContext, talk: Path, tmp_path: Path
) -> None:
    paths = Paths(talk)
    with wave.open(str(paths.slides / "film.wav"), "wb") as film:
        film.setparams((1, 1, 8000, 0, "NONE", ""))
        film.writeframes(bytes(800))
    font = next(paths.packages.glob("firacode/distr/woff2/FiraCode-Bold.woff2"))
    data = f"data:font/woff2;base64,{b64encode(font.read_bytes()).decode()}"
    opening = paths.slides / "00-opening.md"
    text = opening.read_text("utf-8")
    known = text.replace("lang: en", "lang: en\nurl: https://example.org/a-talk")
    opening.write_text(known, encoding="utf-8")
    (paths.slides / "20-film.md").write_text(
        f"<style>@font-face {{ font-family: Probe; src: url({data}) }}</style>\n\n"
        '<video src="film.wav"></video>\n\n---\n\n![A picture](broken.png)\n',
        encoding="utf-8",
    )
    (paths.slides / "broken.png").write_bytes(b"no picture")
    built = build(paths)
    picture = paths.diagrams / "picture.png"
    picture.touch()
    website.write(built, tmp_path / "web", picture, with_notes=True)
    index = tmp_path / "web" / "index.html"
    head = index.read_text("utf-8")
    shared = dict(re.findall(r'<meta property="og:(\w+)" content="(.+?)">', head))
    assert shared["title"] == "A talk"
    assert shared["url"] == "https://example.org/a-talk"
    assert shared["image"] == "https://example.org/a-talk/asyncio-live.png"
    exported = index.as_uri()
    async with served(talk, load(built), Show(live=True), tmp_path) as address:
        for url in (address.audience, exported):
            page = await open_at(windows, url, 7)
            await page.wait_for_function("document.querySelector('video').readyState")
            loaded = "document.fonts.load('20px Probe').then(fonts => fonts.length)"
            assert await page.evaluate(loaded) == 1
            await page.close()
        presenter, _ = await open_presenter(windows, address)
        mend = presenter.locator("#mend")
        said = "Look at slide 3 (cut off), slide 8 (no picture)"
        await expect(mend).to_have_text(said)


async def test_without_a_server_the_same_keys_replay_the_recordings(
    windows: BrowserContext, recorded: Path, tmp_path: Path
) -> None:
    """From disk, as an exported page is."""
    deck = next((recorded / ".build").glob("*-dark"))
    website.write(deck, tmp_path, with_notes=True)
    exported = (tmp_path / "index.html").as_uri()
    page = await windows.new_page()
    await page.goto(f"{exported}#2")
    await expect(page.locator(LABEL)).to_have_text(re.compile("→ plays it"))
    # Marp's bar covers nothing until the pointer moves, or Tab comes to it.
    bar = page.locator(BAR)
    await expect(bar).to_have_css("opacity", "0")
    await page.keyboard.press("Tab")
    await expect(bar).to_have_css("opacity", "1")
    await expect(bar.get_by_role("button", name="Previous slide")).to_be_focused()
    await page.evaluate("document.activeElement.blur()")
    await expect(bar).to_have_css("opacity", "0")
    await page.mouse.move(640, 80)
    await page.mouse.move(641, 80)
    await expect(bar).to_have_css("opacity", "1")
    async with page.expect_popup() as popup:
        await page.keyboard.press("p")
    presenter = await popup.value
    current = await slide_in(presenter)
    await expect(presenter.locator("#say")).to_contain_text("the first.")
    other = await windows.new_page()  # of another reader: it stays where it is
    await other.goto(f"{exported}#4")
    await on_slide(other, 4)
    await page.keyboard.press("ArrowRight")
    for window in (page, current):
        await expect(window.locator(LABEL)).to_have_text(re.compile("REC"))
        await expect(window.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await expect(page.locator(STATUS)).to_contain_text("It ended: There were 3 ticks.")
    assert await found_by_axe(page) == []
    assert await found_by_axe(presenter) == []
    await presenter.keyboard.press("ArrowRight")
    await page.wait_for_url("**#3")
    await on_slide(current, 3)
    await on_slide(other, 4)


async def step_of(page: Page) -> str:
    """Where a window stands: its slide, and whether a run is on view."""
    slide = await page.locator(f"{ACTIVE} section[id]").first.get_attribute("id")
    before = page.locator(f"{ACTIVE} .stage-before")
    is_before = not await before.count() or await before.is_visible()
    return f"{slide}{'' if is_before else ' run'}"


async def test_what_each_key_does(
    windows: BrowserContext, strangers: BrowserContext, show: Served
) -> None:
    page = await open_at(windows, show.audience, 1)
    presenter, current = await open_presenter(windows, show)
    notice = presenter.locator("#notice")
    viewer = await strangers.new_page()
    await viewer.goto(show.address)
    await page.bring_to_front()
    black = viewer.locator(".stage-black")

    async def pressed(key: str, **more: Any) -> str:
        """Where the window stands at once after a key; `more` is of its event."""
        event = {"key": key, "bubbles": True, "cancelable": True} | more
        await page.evaluate(
            "event => document.body.dispatchEvent(new KeyboardEvent('keydown', event))",
            event,
        )
        return await step_of(page)

    # Enter is next; digits and Enter go to a slide; Escape forgets them.
    assert await pressed("Enter") == "2"
    assert await pressed("4") == "2"
    await expect(page.locator(".stage-hint")).to_have_text("4 ↵")
    assert await pressed("Enter") == "4"
    assert [await pressed(key) for key in ("9", "9")] == ["4"] * 2
    await expect(page.locator(".stage-hint")).to_have_text("no slide 99")
    assert await pressed("Enter") == "4"
    assert [await pressed(key) for key in ("1", "Escape")] == ["4"] * 2
    assert await pressed("٣", code="Digit3") == "4"
    await expect(page.locator(".stage-hint")).to_have_text("3 ↵")
    assert await pressed("Enter") == "3"
    await expect(page.locator(".stage-hint")).to_be_hidden()
    # With another key it is the browser's, or nobody's.
    for with_it in ("shiftKey", "ctrlKey", "metaKey"):
        assert await pressed("PageDown", **{with_it: True}) == "3"
    # Black, for all who look; any key brings it back and does nothing else.
    for key, more in (("b", {}), (".", {}), ("B", {}), ("ю", {"code": "Period"})):
        assert await pressed(key, **more) == "3"
        await expect(black).to_be_visible()
        await expect(current.locator(".stage-black")).to_be_hidden()
        await expect(notice).to_contain_text("Screens are black")
        await viewer.keyboard.press("b")
        await expect(viewer.locator(".stage-hint")).to_have_text(ONLY_LOOKS)
        assert await pressed("PageDown") == "3"
        while await black.is_visible():  # for 400 ms a key may be a bounce
            await pressed("x")
        await expect(page.locator(".stage-black")).to_be_hidden()
        assert await step_of(page) == "3"
    # Digits light it, too, and are not lost.
    await pressed("b")
    await expect(black).to_be_visible()
    while await black.is_visible():
        await pressed("Escape")
        await pressed("3")
    await expect(page.locator(".stage-hint")).to_have_text("3 ↵")
    assert await pressed("Enter") == "3"
    # Letters in either case, and on a keyboard that is not Latin.
    await pressed("PageDown")
    assert await pressed("R") == "4 run"
    await pid_on(viewer)
    assert await pressed("ы", code="KeyS") == "4 run"
    await expect(page.locator(LABEL)).to_have_text(re.compile("STOPPED"))
    assert await pressed("T", shiftKey=True) == "4 run"
    await sees_last_frame(viewer)
    # The browser's own back.
    assert await pressed("PageDown") == "5"
    await page.go_back()
    await on_slide(viewer, 4)
    await sees_last_frame(page)
    await page.go_back()
    await on_slide(viewer, 3)
    await page.go_forward()
    await on_slide(viewer, 4)
    assert await step_of(page) == "4"
    # Full screen, and out of it; the overview is on o only.
    overview = page.locator(".bespoke-marp-overview[data-open='1']")
    full = page.locator("body:fullscreen")
    await page.keyboard.press("F5")
    await expect(full).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(full).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(overview).to_have_count(0)
    await pressed("O")
    await expect(overview).to_have_count(1)
    await pressed("Escape")
    await expect(overview).to_have_count(0)
    # The same keys in the presenter's window.
    assert await pressed("n") == "4"
    await presenter.bring_to_front()

    async def told(keys: str, where: str) -> None:
        for key in keys.split():
            await presenter.keyboard.press(key)
        await expect(presenter.locator("#where")).to_have_text(where)

    await told("5", "Go to slide: 5 ↵")
    await told("Enter", "Slide 5 of 6 · step 0 of 1")
    await told("Shift+Space", "Slide 4 of 6 · step 1 of 1")
    await sees_last_frame(viewer)
    await told("R", "Slide 4 of 6 · step 1 of 1")
    pid = await pid_on(viewer)
    await presenter.keyboard.press("s")
    assert await asyncio.to_thread(gone, pid)
    await told("End", "Slide 6 of 6")
    await presenter.go_back()
    await on_slide(viewer, 5)
    await told("Home", "Slide 1 of 6")
    await presenter.keyboard.press(".")
    await expect(black).to_be_visible()
    await presenter.get_by_role("button", name="Slides").click()
    await presenter.locator("#list").get_by_role("button", name="Third").click()
    await on_slide(viewer, 3)  # behind the black
    await expect(black).to_be_visible()
    await presenter.get_by_role("button", name="Pause").click()
    await expect(presenter.locator("#length")).to_have_text("paused")
    while await black.is_visible():
        await presenter.keyboard.press("x")
    await expect(notice).to_have_text("")
    # Begin anew, when it is sure.
    asked: list[str] = []

    async def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await (dialog.accept() if len(asked) > 1 else dialog.dismiss())

    presenter.on("dialog", answer)
    await told("2 Enter", "Slide 2 of 6 · step 0 of 1")
    async with presenter.expect_event("dialog"):
        await presenter.keyboard.press("n")
    assert len(asked) == 1
    await told("x", "Slide 2 of 6 · step 0 of 1")
    async with presenter.expect_event("dialog"):
        await presenter.get_by_role("button", name="Reset").click()
    assert len(asked) == 2
    await on_slide(viewer, 1)
    await expect(presenter.locator("#pace")).to_have_text("not begun")
    await expect(presenter.locator("#length")).to_have_text("of 6:00")


# All that one stroke on a touchpad sends, once it has rested.
STROKE = """async () => {
  await new Promise((rested) => setTimeout(rested, 300));
  const slide = document.querySelector("svg.bespoke-marp-active");
  const event = { bubbles: true, cancelable: true };
  for (const deltaY of [4, 60, 20, 90, 30])
    slide.dispatchEvent(new WheelEvent("wheel", { ...event, deltaY }));
}"""


async def swipe(page: Page, right: int) -> None:
    touch = await page.context.new_cdp_session(page)
    for kind, x in (("Start", 640), ("Move", 640 + right), ("End", None)):
        points = [] if x is None else [{"x": x, "y": 400}]
        event = {"type": f"touch{kind}", "touchPoints": points}
        await touch.send("Input.dispatchTouchEvent", event)


async def test_wheel_swipe_and_tap_obey_the_rule_of_next(
    chromium: Browser, recorded: Path, show: Served, tmp_path: Path
) -> None:
    deck = next((recorded / ".build").glob("*-dark"))
    website.write(deck, tmp_path / "web", with_notes=True)
    exported = (tmp_path / "web" / "index.html").as_uri()
    context = await chromium.new_context(
        viewport={"width": 1280, "height": 720}, has_touch=True
    )
    for address in (show.audience, exported):
        page = await open_at(context, address, 2)
        await page.mouse.move(640, 400)
        await page.mouse.wheel(0, 100)
        await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
        await page.mouse.wheel(0, 100)
        await on_slide(page, 3)
        await page.evaluate(STROKE)
        await on_slide(page, 4)
        await swipe(page, 200)
        await on_slide(page, 3)
        await swipe(page, 200)
        await on_slide(page, 2)
        await expect(page.locator(f"{ACTIVE} .stage-before")).to_be_hidden()
        await swipe(page, 200)
        await expect(page.locator(f"{ACTIVE} .stage-before")).to_be_visible()
        await swipe(page, -200)
        await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
        await swipe(page, -200)
        await on_slide(page, 3)
        await page.keyboard.press("ArrowRight")
        await page.touchscreen.tap(640, 400)  # which starts it
        label = page.locator(LABEL)
        await expect(label).to_have_text(re.compile(r"LIVE|REC"))
        await page.keyboard.press("s")
        await expect(label).to_have_text(re.compile(r"STOPPED|stopped"))
        await page.touchscreen.tap(640, 400)  # and again
        await expect(label).not_to_have_text(re.compile(r"STOPPED|stopped"))
        await page.close()
    await context.close()
