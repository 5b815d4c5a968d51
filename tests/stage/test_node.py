"""Node and its packages: installed once, and no network needed after that."""

import hashlib
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from slides.stage import node


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose packages are those of its lock; npm would fail there."""
    lock = tmp_path / "package-lock.json"
    lock.write_text("{}", encoding="utf-8")
    packages = tmp_path / "node_modules"
    packages.mkdir()
    stamp = hashlib.sha256(lock.read_bytes()).hexdigest()
    (packages / ".installed").write_text(stamp)
    monkeypatch.setattr(node, "SLIDES", tmp_path)
    monkeypatch.setattr(node, "PACKAGES", packages)
    monkeypatch.setattr(node, "CHROMIUM", packages / ".chromium")
    monkeypatch.setattr(node, "installed_browser", lambda: Path("chrome"))
    monkeypatch.setattr(node, "_can_have_chromium", lambda: True)
    return tmp_path


def test_what_is_there_is_not_installed_again(installed: Path) -> None:
    node.install()


def test_another_lock_is_installed_and_npms_error_is_one_line(installed: Path) -> None:
    (installed / "package-lock.json").write_text("nonsense", encoding="utf-8")
    with pytest.raises(Exit) as failed:
        node.install()
    assert failed.value.code == 1
    assert str(failed.value.message).startswith("npm could not install")
    assert "\n" not in str(failed.value.message)


@pytest.mark.parametrize(
    ("has_one", "wants_one"), [(False, False), (True, True), (False, True)]
)
def test_a_machine_without_a_browser_gets_one_and_the_tests_do_beside_theirs(
    installed: Path, monkeypatch: pytest.MonkeyPatch, has_one: bool, wants_one: bool
) -> None:
    monkeypatch.setattr(
        node, "installed_browser", lambda: Path("chrome") if has_one else None
    )
    with pytest.raises(Exit) as failed:
        node.install(wants_one)
    assert failed.value.code == 1  # npm was asked, with nothing to install from
    (node.CHROMIUM).mkdir()
    (node.CHROMIUM / "chrome").touch()
    (node.PACKAGES / ".installed").write_text(
        hashlib.sha256((installed / "package-lock.json").read_bytes()).hexdigest()
    )
    node.install(wants_one)


def test_a_chosen_browser_comes_first_and_must_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "chrome"
    chosen.touch()
    monkeypatch.setenv("CHROME_PATH", str(chosen))
    assert node.browser() == chosen
    chosen.unlink()
    with pytest.raises(Exit) as refused:
        node.browser()
    assert refused.value.code == 2
