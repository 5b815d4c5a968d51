"""The npm packages: installed once, and no network needed after that."""

import hashlib
import http.server
import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from slides.stage import browser, packages
from slides.stage.paths import Paths
from tests.talks import PATIENCE


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
    (paths.packages / ".package-lock.json").write_text('{"packages": {}}')
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


@pytest.fixture
def hanging_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """npm's registry says that it is there, and delivers nothing."""
    over = threading.Event()

    class Registry(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "ping" in self.path:
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
            else:
                over.wait(PATIENCE)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("npm_config_registry", address)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
        yield
        over.set()
        server.shutdown()


def want_new(paths: Paths) -> None:
    """Lock a package that only the registry has."""
    wanted = {"dependencies": {"new": "1.0.0"}}
    new = {"version": "1.0.0"}
    locked = {"lockfileVersion": 3, "packages": {"": wanted, "node_modules/new": new}}
    (paths.slides / "package.json").write_text(json.dumps(wanted), encoding="utf-8")
    paths.lock.write_text(json.dumps(locked), encoding="utf-8")


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


@pytest.mark.parametrize(
    "listed", ["", "{}", "[]", "null", '{"packages": [1]}', '{"packages": {"x": {}}}']
)
def test_packages_that_are_not_as_npm_has_left_them_are_not_there(
    paths: Paths, listed: str
) -> None:
    assert packages.are_there(paths)
    (paths.packages / ".package-lock.json").write_text(listed)
    assert not packages.are_there(paths)


def test_a_package_without_what_the_deck_takes_of_it_is_damaged(paths: Paths) -> None:
    listed = '{"packages": {"node_modules/firacode": {}}}'
    (paths.packages / ".package-lock.json").write_text(listed)
    files = [name for name in packages.OF_THE_PAGE["fonts"] if "firacode" in name]
    for name in ["firacode/package.json", *files]:
        assert not packages.are_there(paths)
        file = paths.packages / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        assert not packages.are_there(paths)
        file.write_text("{}")
    assert packages.are_there(paths)


@linux
def test_another_lock_is_installed(paths: Paths, machine: Path) -> None:
    paths.lock.write_text("nonsense", encoding="utf-8")
    check_npm_is_asked(paths)


@linux
def test_new_packages_come_in_place_of_the_old_when_all_are_there(
    paths: Paths,
    machine: Path,
    tmp_path: Path,
    no_network: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rename = Path.rename

    def refuse_new(path: Path, target: Path) -> Path:
        if path.name == target.name:  # the new ones come to where the old ones were
            raise PermissionError
        return rename(path, target)

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
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse_new)
        with pytest.raises(PermissionError):
            packages.install(paths)
    assert (paths.packages / "old").exists()
    paths.packages.rename(paths.build / "replaced")  # a kill between the two
    packages.clear_up(paths)
    assert (paths.packages / "old").exists()
    packages.install(paths)
    assert (paths.packages / "new" / "package.json").is_file()
    assert not (paths.packages / "old").exists()
    assert [path.name for path in paths.build.iterdir()] == ["lock"]
    shutil.rmtree(paths.packages / "new")
    packages.install(paths)  # what is damaged is mended
    assert (paths.packages / "new" / "package.json").is_file()
    package.unlink()
    packages.install(paths)  # nothing is asked for again


@linux
def test_without_a_network_it_says_so_and_what_is_there_stays(
    paths: Paths, machine: Path, no_network: None
) -> None:
    want_new(paths)
    said = check_npm_is_asked(paths)
    once = "there is no network (ECONNREFUSED), and one is needed, once"
    assert said.endswith(f": {once}")
    assert packages.are_there(paths)


@linux
def test_a_network_that_delivers_nothing_does_not_hold_up_who_has_packages(
    paths: Paths,
    machine: Path,
    hanging_network: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    want_new(paths)
    assert "network timeout at: " in check_npm_is_asked(paths)
    monkeypatch.setattr(packages, "LONGEST", 0)
    assert check_npm_is_asked(paths).endswith(": it was not done within 0 s")


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
