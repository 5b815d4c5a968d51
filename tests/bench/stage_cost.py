"""What the stage costs: the cores that its two windows and its server keep busy."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

import psutil
from playwright.sync_api import Page, expect, sync_playwright

from slides.stage import browser, node
from tests.talks import PATHS, PATIENCE, present

DEMO = "threads_vs_processes"
REPEATS = 3
IDLE = 5.0  # seconds
ACTIVE = "svg.bespoke-marp-active"
LABEL = f"{ACTIVE} .stage-bar span:last-child"


def stage_cost() -> list[tuple[str, str]]:
    """Return how many cores are busy with the stage, by the row: median [min–max].

    The audience's window and the presenter's stand on the slide of a demo, before it
    runs and while it does; what the demo itself takes is a row of its own.
    """
    cores: dict[str, list[float]] = {}
    with present(PATHS.root) as show, _two_windows(show.audience) as page:
        server = psutil.Process(show.process.pid)
        slide = "demo => TALK.slides.findIndex(slide => slide.demo === demo) + 1"
        page.evaluate("slide => location.hash = slide", page.evaluate(slide, DEMO))
        page.wait_for_selector(LABEL)

        def runs() -> None:
            page.keyboard.press("r")
            ended = re.compile(r"LIVE \d+\.\d s|REC")
            expect(page.locator(LABEL)).to_have_text(ended, timeout=1000 * PATIENCE)

        for _ in range(REPEATS):
            page.wait_for_timeout(1000 * IDLE)  # what came before is over
            for when, wait in (
                ("at rest", lambda: page.wait_for_timeout(1000 * IDLE)),
                ("beside a demo", runs),
            ):
                for who, share in _cores(server, wait).items():
                    cores.setdefault(f"cores busy {when}: {who}", []).append(share)
    return [
        (what, f"{median(some):.2f} [{min(some):.2f}–{max(some):.2f}]")
        for what, some in cores.items()
    ]


@contextmanager
def _two_windows(address: str) -> Iterator[Page]:
    """Open the audience's window, which is yielded, and from it the presenter's."""
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node.NODE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.find(PATHS), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page()
        page.goto(address)
        with page.expect_popup() as popup:
            page.keyboard.press("p")
        popup.value.frame_locator("#current").locator(ACTIVE).wait_for()
        yield page
        chromium.close()


def _cores(server: psutil.Process, wait: Callable[[], None]) -> dict[str, float]:
    """Return how many cores each of them has while we wait."""
    start, before = time.perf_counter(), _seconds(server)
    wait()
    after, end = _seconds(server), time.perf_counter()
    return {who: (after[who] - before[who]) / (end - start) for who in after}


def _seconds(server: psutil.Process) -> dict[str, float]:
    """Return the CPU seconds of all so far; those of demos once they have ended."""
    ours = psutil.Process().children(recursive=True)
    browsers = [each.cpu_times() for each in ours if "chrom" in each.name()]
    stage = server.cpu_times()
    return {
        "two windows": sum(each.user + each.system for each in browsers),
        "the server": stage.user + stage.system,
        "the demo": stage.children_user + stage.children_system,
    }
