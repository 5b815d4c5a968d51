"""The npm packages: installed once, and no network needed after that."""

import hashlib
import json
import tarfile
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from slides.stage import browser, packages
from slides.stage.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A folder whose packages are those of its lock; npm would fail there."""
    paths = Paths(tmp_path)
    paths.packages.mkdir(parents=True)
    (paths.packages / "old").touch()
    wanted = '{"dependencies": {"nothing-like-this": "1.0.0"}}'  # and not in the lock
    (paths.slides / "package.json").write_text(wanted, encoding="utf-8")
    paths.lock.write_text("{}", encoding="utf-8")
    stamp = hashlib.sha256(paths.lock.read_bytes()).hexdigest()
    (paths.packages / ".installed").write_text(stamp)
    return paths


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the programs of a machine: a browser, and nothing else."""
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "chromium"
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(programs))
    return programs


@pytest.fixture
def no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks npm's registry is refused, and nothing was kept of it before."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))


def check_npm_is_asked(paths: Paths, *, develop: bool = False) -> str:
    """Check that npm is asked for packages; it has none, and what is there stays.

    Return what is said.
    """
    before = sorted(paths.packages.rglob("*"))
    with pytest.raises(Exit) as failed:
        packages.install(paths, develop=develop)
    assert failed.value.code == 1
    message = str(failed.value.message)
    assert message.startswith("npm could not install the deck's packages: ")
    assert "\n" not in message
    assert sorted(paths.packages.rglob("*")) == before
    assert [path.name for path in paths.build.iterdir()] == ["lock"]
    return message


linux = pytest.mark.skipif(not browser.PACKAGED, reason="npm has no Chromium for it")


@linux
def test_what_is_there_is_not_installed_again(paths: Paths, machine: Path) -> None:
    packages.install(paths)


@linux
def test_another_lock_is_installed(paths: Paths, machine: Path) -> None:
    paths.lock.write_text("nonsense", encoding="utf-8")
    check_npm_is_asked(paths)


@linux
def test_new_packages_come_in_place_of_the_old_when_all_are_there(
    paths: Paths, machine: Path, tmp_path: Path, no_network: None
) -> None:
    package = tmp_path / "new.tgz"
    with tarfile.open(package, "w:gz") as archive:
        manifest = tmp_path / "package.json"
        manifest.write_text('{"name": "new", "version": "1.0.0"}', encoding="utf-8")
        archive.add(manifest, "package/package.json")
    wanted = {"dependencies": {"new": f"file:{package}"}}
    new = {"version": "1.0.0", "resolved": f"file:{package}"}
    locked = {"lockfileVersion": 3, "packages": {"": wanted, "node_modules/new": new}}
    (paths.slides / "package.json").write_text(json.dumps(wanted), encoding="utf-8")
    paths.lock.write_text(json.dumps(locked), encoding="utf-8")
    packages.install(paths)
    assert (paths.packages / "new" / "package.json").is_file()
    assert not (paths.packages / "old").exists()
    assert [path.name for path in paths.build.iterdir()] == ["lock"]
    package.unlink()
    packages.install(paths)  # nothing is asked for again


@linux
def test_without_a_network_it_says_so_and_what_is_there_stays(
    paths: Paths, machine: Path, no_network: None
) -> None:
    locked = {
        "": {"dependencies": {"new": "1.0.0"}},
        "node_modules/new": {"version": "1.0.0"},
    }
    wanted = json.dumps({"dependencies": {"new": "1.0.0"}})
    (paths.slides / "package.json").write_text(wanted, encoding="utf-8")
    lock = json.dumps({"lockfileVersion": 3, "packages": locked})
    paths.lock.write_text(lock, encoding="utf-8")
    said = check_npm_is_asked(paths)
    once = "there is no network (ECONNREFUSED), and one is needed, once"
    assert said.endswith(f": {once}")
    assert packages.are_there(paths)


@linux
@pytest.mark.parametrize(
    ("has_one", "develops"), [(False, False), (True, True), (False, True)]
)
def test_a_machine_without_a_browser_gets_one_and_the_tests_do_beside_theirs(
    paths: Paths, machine: Path, has_one: bool, develops: bool
) -> None:
    if not has_one:
        (machine / "chromium").unlink()
    check_npm_is_asked(paths, develop=develops)
    paths.chromium.mkdir()
    check_npm_is_asked(paths, develop=develops)  # half of one is none
    (paths.chromium / "chrome").touch()
    if develops:
        check_npm_is_asked(paths, develop=True)
        (paths.packages / packages.TYPESCRIPT).mkdir()
    packages.install(paths, develop=develops)
