"""The stage in a real browser: keys, labels, players, two windows, no server."""

import asyncio
import functools
import re
import threading
from collections.abc import AsyncIterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.talks import PATIENCE, Present, gone, present

pytestmark = pytest.mark.asyncio(loop_scope="session")

ACTIVE = "svg.bespoke-marp-active"
SCREEN = f"{ACTIVE} .stage-screen"
LABEL = f"{ACTIVE} .stage-bar span:last-child"


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


@pytest_asyncio.fixture(loop_scope="session")
async def show(talk: Path) -> AsyncIterator[Present]:
    with present(talk) as running:
        yield running


async def open_at(windows: BrowserContext, address: str, slide: int) -> Page:
    page = await windows.new_page()
    await page.goto(f"{address}#{slide}")
    await expect(page.locator(ACTIVE)).to_have_count(1)
    return page


async def pid_on(page: Page) -> int:
    await expect(page.locator(SCREEN)).to_contain_text(re.compile(r"pid \d+"))
    found = re.search(r"pid (\d+)", await page.locator(SCREEN).inner_text())
    assert found
    return int(found[1])


async def test_next_runs_the_demo_and_next_again_moves_on(
    windows: BrowserContext, show: Present
) -> None:
    page = await open_at(windows, show.audience, 2)
    await expect(page.locator(LABEL)).to_have_text(re.compile("→ runs it"))
    await page.keyboard.press("PageDown")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await expect(page.locator(LABEL)).to_have_text(re.compile(r"LIVE \d+\.\d s"))
    assert page.url.endswith("#2")
    await page.keyboard.press("PageDown")
    await page.wait_for_url("**#3")
    # Back again: what was seen is still there.
    await page.keyboard.press("PageUp")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await page.keyboard.press(" ")
    await page.wait_for_url("**#3")


async def test_the_last_frame_stays_with_nothing_over_it(
    windows: BrowserContext, show: Present
) -> None:
    page = await open_at(windows, show.audience, 2)
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(SCREEN)).to_contain_text("try next:")
    show.process.kill()
    await asyncio.to_thread(show.process.wait, PATIENCE)
    await page.wait_for_function("document.querySelector('.ap-player') !== null")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    shown = page.locator(f"{ACTIVE} .ap-overlay:visible")
    await expect(shown).to_have_count(0)
    # Away and back, without the server: what was seen comes from the recording.
    await expect(page.locator(LABEL)).to_have_text(re.compile("LIVE"))
    await page.keyboard.press("ArrowRight")
    await page.wait_for_url("**#3")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator(LABEL)).to_have_text(re.compile("REC"))
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")


async def test_all_cells_of_the_terminal_are_seen(
    windows: BrowserContext, show: Present
) -> None:
    page = await open_at(windows, show.audience, 2)
    await page.keyboard.press("t")
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    room, used = await page.evaluate(
        """[".ap-wrapper", ".ap-term"].map(name => {
            const box = document.querySelector(name).getBoundingClientRect();
            return [box.width, box.height];
        })"""
    )
    assert used[0] <= room[0]
    assert used[1] <= room[1]


async def test_the_keys_r_s_and_t(windows: BrowserContext, show: Present) -> None:
    page = await open_at(windows, show.audience, 4)
    await page.keyboard.press("r")
    first = await pid_on(page)
    await page.keyboard.press("s")
    assert await asyncio.to_thread(gone, first)
    await expect(page.locator(SCREEN)).to_contain_text(f"pid {first}")
    await page.keyboard.press("r")
    await expect(page.locator(SCREEN)).not_to_contain_text(f"pid {first}")
    second = await pid_on(page)
    await page.keyboard.press("t")
    await expect(page.locator(LABEL)).to_have_text(re.compile(r"REC \d{4}-\d\d-\d\d"))
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    assert await asyncio.to_thread(gone, second)


async def test_leaving_the_slide_ends_the_demo(
    windows: BrowserContext, show: Present
) -> None:
    page = await open_at(windows, show.audience, 4)
    await page.keyboard.press("ArrowRight")
    pid = await pid_on(page)
    await page.keyboard.press("ArrowLeft")
    assert await asyncio.to_thread(gone, pid)


async def test_a_demo_that_fails_leaves_the_slide_to_the_recording(
    windows: BrowserContext, show: Present
) -> None:
    page = await open_at(windows, show.audience, 5)
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(LABEL)).to_have_text(re.compile("REC"))
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await expect(page.locator(SCREEN)).not_to_contain_text("nobody planned this")


async def test_a_server_that_goes_leaves_the_slide_to_the_recording(
    windows: BrowserContext, show: Present
) -> None:
    page = await open_at(windows, show.audience, 4)
    await page.keyboard.press("ArrowRight")
    pid = await pid_on(page)
    show.process.kill()
    await expect(page.locator(LABEL)).to_have_text(re.compile("REC"))
    await expect(page.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    assert await asyncio.to_thread(gone, pid)


async def test_two_windows_see_one_run_and_the_keys_work_in_both(
    windows: BrowserContext, show: Present
) -> None:
    audience = await open_at(windows, show.audience, 3)
    presenter = await windows.new_page()
    await presenter.goto(show.presenter)
    await audience.keyboard.press("ArrowRight")
    await expect(presenter.locator(f"{ACTIVE} section[id='4']")).to_have_count(1)
    await presenter.keyboard.press("ArrowRight")
    pid = await pid_on(audience)
    assert await pid_on(presenter) == pid
    await audience.reload()
    assert await pid_on(audience) == pid
    late = await open_at(windows, show.audience, 4)
    assert await pid_on(late) == pid
    await presenter.keyboard.press("s")
    assert await asyncio.to_thread(gone, pid)


async def on_slide(page: Page, slide: int) -> None:
    await expect(page.locator(f"{ACTIVE} section[id='{slide}']")).to_have_count(1)


async def test_windows_in_browsers_that_share_nothing_move_together(
    windows: BrowserContext, strangers: BrowserContext, show: Present
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
    windows: BrowserContext, strangers: BrowserContext, show: Present
) -> None:
    speaker = await open_at(windows, show.audience, 3)
    viewer = await strangers.new_page()
    await viewer.goto(f"{show.audience}?role=viewer#5")
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
    windows: BrowserContext, show: Present
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


async def test_a_restart_goes_on_from_where_the_show_was_cut_off(
    windows: BrowserContext, strangers: BrowserContext, talk: Path
) -> None:
    with present(talk) as show:
        page = await open_at(windows, show.audience, 1)
        await page.keyboard.press("PageDown")
        await page.keyboard.press("PageDown")
        await expect(page.locator(SCREEN)).to_contain_text("try next:")
        await page.keyboard.press("PageDown")
        await page.keyboard.press("PageDown")
        await on_slide(page, 4)
        show.process.kill()  # no chance to say good-bye
        await asyncio.to_thread(show.process.wait, PATIENCE)
        # What is done meanwhile is done in this window.
        await page.keyboard.press("PageDown")
        await expect(page.locator(LABEL)).to_have_text(re.compile("REC"))
    port = show.audience.rstrip("/").rpartition(":")[2]
    with present(talk, "--port", port) as again:
        assert (
            again.said[0] == "Going on from slide 4, where the last show was cut off."
        )
        await expect(page.locator(LABEL)).to_have_text(re.compile("→ runs it"))
        await on_slide(page, 4)
        late = await strangers.new_page()
        await late.goto(again.presenter)
        await on_slide(late, 4)
        pace = late.locator(".stage-clock .pace")
        await expect(pace).to_have_text(re.compile("ahead|behind"))
        await page.keyboard.press("PageDown")
        await page.keyboard.press("PageDown")
        await on_slide(late, 5)
        assert again.end() == 0
    with present(talk, "--port", port) as anew:
        assert anew.said[0] == f"audience   {anew.audience}"


async def test_without_the_server_the_windows_of_a_browser_stay_together(
    windows: BrowserContext, show: Present
) -> None:
    page = await open_at(windows, show.audience, 2)
    async with page.expect_popup() as popup:
        await page.keyboard.press("p")
    presenter = await popup.value
    await expect(presenter.locator(LABEL)).to_have_text(re.compile("→ runs it"))
    show.process.kill()
    await asyncio.to_thread(show.process.wait, PATIENCE)
    await presenter.keyboard.press("ArrowRight")
    for window in (page, presenter):
        await expect(window.locator(LABEL)).to_have_text(re.compile("REC"))
        await expect(window.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await presenter.keyboard.press("ArrowRight")
    await on_slide(page, 3)
    await page.keyboard.press("ArrowRight")
    await on_slide(presenter, 4)


async def test_a_show_that_was_ended_begins_anew_in_the_windows_left_open(
    windows: BrowserContext, talk: Path
) -> None:
    with present(talk) as show:
        page = await open_at(windows, show.audience, 5)
        assert show.end() == 0
    port = show.audience.rstrip("/").rpartition(":")[2]
    with present(talk, "--port", port):
        await on_slide(page, 1)


async def test_the_presenter_sees_time_pace_and_the_demos_state(
    windows: BrowserContext, show: Present
) -> None:
    page = await windows.new_page()
    await page.goto(show.presenter)
    clock = page.locator(".stage-clock")
    await expect(clock.locator(".time")).to_have_text("0:00 of 6:00")
    await expect(clock.locator(".pace")).to_have_text("starts with the first →")
    await page.keyboard.press("ArrowRight")
    await expect(clock.locator(".pace")).to_have_text(re.compile("ahead"))
    await expect(clock.locator(".section")).to_have_text("A talk")
    await expect(clock.locator(".demo")).to_have_text("demo: not run")
    await page.keyboard.press("ArrowRight")
    await expect(clock.locator(".demo")).to_have_text(re.compile("done after"))
    await page.reload()
    await expect(clock.locator(".pace")).to_have_text(re.compile("ahead"))
    await page.goto(f"{show.presenter}#5")
    await page.keyboard.press("ArrowRight")
    await expect(clock.locator(".demo")).to_have_text("demo: failed → recording")


async def test_the_length_of_the_talk_scales_its_budgets(
    windows: BrowserContext, talk: Path
) -> None:
    with present(talk, "--minutes", "60") as show:
        page = await windows.new_page()
        await page.goto(show.presenter)
        await expect(page.locator(".stage-clock .time")).to_have_text("0:00 of 60:00")


async def test_a_change_reloads_the_page_on_its_slide_and_an_error_is_shown(
    windows: BrowserContext, show: Present, talk: Path
) -> None:
    page = await open_at(windows, show.audience, 3)
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
    windows: BrowserContext, show: Present, tmp_path: Path
) -> None:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path)
    (tmp_path / "index.html").write_text("<title>evil</title>", encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        page = await windows.new_page()
        await page.goto(f"http://127.0.0.1:{stranger.server_port}/")
        opened = await page.evaluate(
            """address => new Promise(done => {
                const socket = new WebSocket(address.replace("http", "ws") + "show");
                socket.onopen = () => done(true);
                socket.onerror = () => done(false);
            })""",
            show.audience,
        )
        stranger.shutdown()
    assert opened is False


async def test_without_a_server_the_same_keys_replay_the_recordings(
    windows: BrowserContext, recorded: Path, tmp_path: Path
) -> None:
    """From disk, as an exported page is: `data-live` is what the stage adds."""
    deck = next((recorded / ".build").glob("*-dark"))
    page = await windows.new_page()
    text = (deck / "index.html").read_text("utf-8")
    still = deck / "still.html"
    still.write_text(text.replace(" data-live", "", 1), encoding="utf-8")
    await page.goto(f"{still.as_uri()}#2")
    await expect(page.locator(LABEL)).to_have_text(re.compile("→ plays it"))
    async with page.expect_popup() as popup:
        await page.keyboard.press("p")
    presenter = await popup.value
    other = await windows.new_page()  # of another reader: it stays where it is
    await other.goto(f"{still.as_uri()}#4")
    await on_slide(other, 4)
    await page.keyboard.press("ArrowRight")
    for window in (page, presenter):
        await expect(window.locator(LABEL)).to_have_text(re.compile("REC"))
        await expect(window.locator(SCREEN)).to_contain_text("There were 3 ticks.")
    await presenter.keyboard.press("ArrowRight")
    await page.wait_for_url("**#3")
    await on_slide(other, 4)
