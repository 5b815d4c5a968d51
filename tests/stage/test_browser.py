"""The browsers to drive: a chosen one, an installed one, or npm's, unpacked whole."""

from pathlib import Path

import pytest
from invoke.exceptions import Exit
from playwright.sync_api import sync_playwright

from slides.stage import browser, node
from slides.stage.paths import Paths
from tests.talks import PATHS

linux = pytest.mark.skipif(not browser.PACKAGED, reason="npm has no Chromium for it")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A talk in whose packages there is nothing."""
    paths = Paths(tmp_path / "a talk")
    paths.packages.mkdir(parents=True)
    return paths


@pytest.fixture(scope="module")
def unpacked(packages: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Chromium from npm, unpacked once more, where half of one lay."""
    paths = Paths(tmp_path_factory.mktemp("unpacked") / "a talk")
    package = PATHS.packages / "@sparticuz" / "chromium"
    if not package.is_dir():
        pytest.skip("npm's Chromium is not installed here")
    scope = paths.packages / "@sparticuz"
    scope.mkdir(parents=True)
    (scope / "chromium").symlink_to(package)
    paths.chromium.mkdir()
    (paths.chromium / "chromium").touch()
    assert browser.packaged(paths) is None
    browser.unpack(paths)
    start = browser.packaged(paths)
    assert start is not None
    assert {path.name for path in paths.packages.iterdir()} == {
        *("@sparticuz", ".chromium"),
    }
    return start


def test_a_chosen_browser_comes_first_and_must_exist(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, named = paths.root / "chosen", paths.root / "named"
    for path in (chosen, named):
        path.touch()
    monkeypatch.setenv("CHROME_PATH", str(named))
    assert browser.find(paths, str(chosen)) == chosen
    assert browser.find(paths) == named
    for path in (chosen, named):
        path.unlink()
    for asked, name in ((str(chosen), "--browser"), (None, "CHROME_PATH")):
        with pytest.raises(Exit) as refused:
            browser.find(paths, asked)
        assert refused.value.code == 2
        assert str(refused.value.args[0]).startswith(f"{name} names no file: ")


@linux
def test_an_installed_one_comes_before_npms(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setenv("PATH", str(paths.root))
    assert browser.find(paths) is None
    paths.chromium.mkdir()
    start = paths.chromium / "chrome"
    start.touch()
    assert browser.find(paths) == start
    installed = paths.root / "google-chrome"
    installed.touch(0o755)
    assert browser.find(paths) == installed


@linux
def test_npms_starts_from_a_path_with_spaces_and_has_fonts_of_its_own(
    unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert " " in str(unpacked)
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(node.NODE))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=unpacked)
        page = chromium.new_page()
        page.set_content("<p style='font-family: Open Sans'>A line of text")
        assert page.inner_text("p") == "A line of text"
        devtools = page.context.new_cdp_session(page)
        for domain in ("DOM", "CSS"):
            devtools.send(f"{domain}.enable")
        root = devtools.send("DOM.getDocument")["root"]["nodeId"]
        asked = {"nodeId": root, "selector": "p"}
        text = devtools.send("DOM.querySelector", asked)
        (font,) = devtools.send("CSS.getPlatformFontsForNode", text)["fonts"]
        assert font["familyName"] == "Open Sans"
        chromium.close()


@linux
def test_what_cannot_be_unpacked_is_one_line_and_leaves_nothing(paths: Paths) -> None:
    with pytest.raises(Exit) as failed:
        browser.unpack(paths)
    assert failed.value.code == 1
    message = str(failed.value.message)
    assert message.startswith("npm's Chromium could not be unpacked: ")
    assert "'@sparticuz/chromium'" in message
    assert "\n" not in message
    assert list(paths.packages.iterdir()) == []
