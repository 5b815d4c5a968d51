"""What the tests of the stage share: a small talk of its own, and a real browser."""

import contextlib
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio
from invoke.exceptions import Exit
from playwright.async_api import Browser, async_playwright, expect

from slides.stage import browser, node, packages, runner
from slides.stage.deck.build import build
from slides.stage.paths import Paths
from tests.talks import (
    ODD,
    PATHS,
    PATIENCE,
    ROOT,
    SECTIONS,
    TICKER,
    DemoRuns,
    invoke,
    write_demo,
)


def own_browser() -> Path | None:
    """The browser of this machine: $CHROME_PATH, or an installed one."""
    path = browser.find(PATHS)
    return None if path == browser.packaged(PATHS) else path


BROWSERS: dict[str, Callable[[], Path | None]] = {
    "browser of this machine": own_browser,
    "browser from npm": lambda: browser.packaged(PATHS),
}


def run_demo(slug: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a demo in another folder, in the C locale, strict: no warning, no leak."""
    command = ["--search-root", str(ROOT), f"demo.{slug.replace('_', '-')}"]
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "invoke", *command],
        cwd=folder,
        env=os.environ | {"LANG": "C", "LC_ALL": "C", "COLUMNS": str(runner.COLUMNS)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=5 * PATIENCE,
    )


@pytest.fixture(scope="session", autouse=True)
def demo_runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoRuns]:
    """All demos whose defaults are tested, begun at once: they wait more than compute.

    Two at a time they run beside the tests that come first.
    """
    folder = tmp_path_factory.mktemp("another folder")
    asked = [
        str(item.callspec.params["slug"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and "demo_runs" in inspect.signature(item.function).parameters
    ]
    with ThreadPoolExecutor(2) as pool:
        yield DemoRuns(
            folder, {slug: pool.submit(run_demo, slug, folder) for slug in asked}
        )


@pytest.fixture(scope="session", name="packages")
def install_packages() -> None:
    """The locked npm packages, npm's Chromium among them where it can be had."""
    with contextlib.suppress(Exit):  # without a network, what is there has to do
        packages.install(PATHS, develop=True)
    packages.install(PATHS)


@pytest.fixture(scope="session", params=BROWSERS)
def browser_path(packages: None, request: pytest.FixtureRequest) -> Path:
    """Each browser that there is: a full one, and the headless shell from npm."""
    path = BROWSERS[request.param]()
    if browser.find(PATHS) is None:
        pytest.fail("there is no browser: install one, or name it in CHROME_PATH")
    if path is None:
        pytest.skip(f"there is no {request.param} here")
    return path


@pytest.fixture(scope="session")
def recorded(packages: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A talk of six slides, its demos recorded; read only."""
    talk = tmp_path_factory.mktemp("recorded") / "a talk"
    for folder in ("demos/support", "slides/stage"):
        pruned = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, talk / folder, ignore=pruned)
    for folder in ("diagrams", "recordings"):
        (talk / "slides" / folder).mkdir()
    for file in ("tasks.py", "slides/theme.css", "slides/package-lock.json"):
        shutil.copy(ROOT / file, talk / file)
    for name, text in SECTIONS.items():
        (talk / "slides" / name).write_text(text, encoding="utf-8")
    (talk / "slides" / "node_modules").symlink_to(PATHS.packages)
    (talk / "demos" / "ticker.py").write_text(TICKER, encoding="utf-8")
    invoke(talk, "record", "--demo", "ticker").check_returncode()
    for slug, lines in ODD.items():
        write_demo(talk, slug, lines)
        for suffix in ("cast", "svg"):
            recording = Paths(talk).recordings / f"ticker.{suffix}"
            shutil.copy(recording, recording.with_name(f"{slug}.{suffix}"))
    build(Paths(talk))  # so that its copies need not be
    return talk


@pytest.fixture
def talk(recorded: Path, tmp_path: Path) -> Path:
    """A copy of the recorded talk, to be changed."""
    copy = tmp_path / "a talk"
    shutil.copytree(recorded, copy, symlinks=True)
    return copy


@pytest.fixture
def fit(talk: Path) -> Path:
    """A small talk that is fit to publish: no code too wide for its slide."""
    section = talk / "slides" / "10-more.md"
    text = re.sub(r"```.*?```", "Words.", section.read_text("utf-8"), flags=re.DOTALL)
    section.write_text(text, encoding="utf-8")
    return talk


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(browser_path: Path) -> AsyncIterator[Browser]:
    """Each browser that there is, running."""
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node.NODE)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    patience = 1000 * PATIENCE
    expect.set_options(timeout=patience)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(browser_path), args=arguments
        )
        browser.on("context", lambda each: each.set_default_timeout(patience))
        yield browser
        await browser.close()
