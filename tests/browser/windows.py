"""Windows of any browser: driven by Playwright, or in Firefox by puppeteer.

Playwright drives a Firefox of its own only, not the one that a machine has.
"""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import BrowserContext, BrowserType, ConsoleMessage, Page

from slides.stage import node
from tests.talks import PATHS, PATIENCE

_FIREFOX = (
    "firefox",
    "firefox-esr",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
)


POLL = 50  # ms from one look to the next: a window that is covered draws no frames


class Window(Protocol):
    """What is done with a window, and what it is asked."""

    async def goto(self, address: str) -> None:
        """Open an address."""

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""

    async def evaluate(self, script: str) -> Any:
        """Return what a script says."""

    async def until(self, script: str, frame: str = "") -> None:
        """Wait until a script says yes: in the window, or in the frame of this name."""

    async def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Make it so many pixels of CSS large, each of `scale` pixels of the screen."""


class Windows(Protocol):
    """The windows of a browser."""

    async def open(self) -> Window:
        """Open a window."""

    async def opened(self) -> Window:
        """Return the window that another has just opened."""

    async def close(self) -> list[str]:
        """Close all of them; return what they have logged, and their errors."""


class Firefox:
    """The Firefox of this machine, driven by firefox.mjs."""

    def __init__(self, process: Process) -> None:
        """Take the script that drives it."""
        self._process = process

    async def open(self) -> "FirefoxWindow":
        """Open a window."""
        return FirefoxWindow(self, await self.tell(None, "open"))

    async def opened(self) -> "FirefoxWindow":
        """Return the window that another has just opened."""
        return FirefoxWindow(self, await self.tell(None, "opened"))

    async def close(self) -> list[str]:
        """Close all of them; return what they have logged, and their errors."""
        logged: list[str] = await self.tell(None, "close")
        return logged

    async def tell(self, window: int | None, what: str, *arguments: Any) -> Any:
        """Have something done; return what comes of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps([window, what, *arguments])
        self._process.stdin.write(f"{line}\n".encode())
        answer = json.loads(await self._process.stdout.readline())
        assert "error" not in answer, (what, arguments, answer["error"])
        return answer["value"]


class FirefoxWindow:
    """A window of Firefox."""

    def __init__(self, firefox: Firefox, number: int) -> None:
        """Take its number."""
        self._firefox = firefox
        self._number = number

    async def goto(self, address: str) -> None:
        """Open an address."""
        await self._firefox.tell(self._number, "goto", address)

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            await self._firefox.tell(self._number, "press", key)

    async def evaluate(self, script: str) -> Any:
        """Return what a script says."""
        return await self._firefox.tell(self._number, "evaluate", script)

    async def until(self, script: str, frame: str = "") -> None:
        """Wait until a script says yes: in the window, or in the frame of this name."""
        await self._firefox.tell(
            self._number, f"{frame} waitForFunction".strip(), script, {"polling": POLL}
        )

    async def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Make it so many pixels of CSS large, each of `scale` pixels of the screen."""
        await self._firefox.tell(
            self._number, "setViewport", metrics(width, height, scale)
        )


def metrics(width: int, height: int, scale: float) -> dict[str, Any]:
    """Return the size of a page, as both protocols name it."""
    return {"width": width, "height": height, "deviceScaleFactor": scale}


def is_installed(browser: BrowserType) -> bool:
    """Return whether a browser of Playwright's is there."""
    return Path(browser.executable_path).exists()


def firefox_path() -> str | None:
    """Return the Firefox of this machine, if it has one."""
    return next((path for name in _FIREFOX if (path := shutil.which(name))), None)


@asynccontextmanager
async def firefox(path: str) -> AsyncIterator[Firefox]:
    """Run a Firefox."""
    script = Path(__file__).with_name("firefox.mjs")
    manifest = PATHS.slides / "package.json"
    command = [str(node.NODE), str(script), path, str(manifest), f"{1000 * PATIENCE}"]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    try:
        yield Firefox(process)
    finally:
        process.stdin.close()  # which ends it
        await process.wait()


class Played:
    """Windows that Playwright drives."""

    def __init__(self, context: BrowserContext) -> None:
        """Take a context without windows; to wait, it must bypass the pages' CSP."""
        self._context = context
        self._logged: list[str] = []
        context.on("weberror", lambda error: self._logged.append(f"{error.error}"))
        context.on("console", self._hear)

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self._logged.append(line.text)

    async def open(self) -> "PlayedWindow":
        """Open a window."""
        return PlayedWindow(await self._context.new_page())

    async def opened(self) -> "PlayedWindow":
        """Return the window that another has just opened."""
        if len(self._context.pages) == 1:
            await self._context.wait_for_event("page")
        return PlayedWindow(self._context.pages[-1])

    async def close(self) -> list[str]:
        """Close all of them; return what they have logged, and their errors."""
        for page in self._context.pages:
            await page.close()
        return self._logged


class PlayedWindow:
    """A window that Playwright drives."""

    def __init__(self, page: Page) -> None:
        """Take a page of Playwright's."""
        self._page = page

    async def goto(self, address: str) -> None:
        """Open an address."""
        await self._page.goto(address)

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            await self._page.keyboard.press(key)

    async def evaluate(self, script: str) -> Any:
        """Return what a script says."""
        return await self._page.evaluate(script)

    async def until(self, script: str, frame: str = "") -> None:
        """Wait until a script says yes: in the window, or in the frame of this name."""
        if not frame:
            await self._page.wait_for_function(script)
            return
        element = await self._page.wait_for_selector(frame)
        inner = element and await element.content_frame()
        assert inner
        await inner.wait_for_function(script)

    async def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Make it so many pixels of CSS large, each of `scale` pixels of the screen."""
        await self._page.set_viewport_size({"width": width, "height": height})
        browser = self._page.context.browser
        if browser and browser.browser_type.name == "chromium":
            devtools = await self._page.context.new_cdp_session(self._page)
            size = metrics(width, height, scale) | {"mobile": False}
            await devtools.send("Emulation.setDeviceMetricsOverride", size)
