"""`invoke present` as a speaker types it."""

import asyncio
import contextlib
import html
import json
import logging
import os
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from slides.stage import packages
from slides.stage.deck import checks
from slides.stage.deck.sections import BuildError
from slides.stage.deck.sync import sync
from slides.stage.paths import Paths
from slides.stage.show import present as command
from slides.stage.show import server
from slides.stage.show.built import Built
from slides.stage.show.lines import LONGEST, MOST, Lines
from slides.stage.show.saved import Saved
from slides.stage.show.server import Stage
from slides.stage.show.state import Show, Slide
from tests.talks import ODD, PATIENCE, ROOT, Present, gone, invoke, present


def fetch(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        text: str = answer.read().decode()
    return text


def test_it_imports_nothing_that_only_other_commands_need() -> None:
    script = "import sys, slides.stage.show.present as _; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    packages = {name.partition(".")[0] for name in done.stdout.split()}
    assert "aiohttp" in packages
    assert packages & {"lxml", "mypy", "PIL", "pptx", "pypdf", "pyte"} == set()


# What a stranger may send, HOST standing for the right one, and the status.
SOCKET = (
    "GET /show HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
)
GZIP = (
    "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Encoding: gzip\r\n"
    "Content-Length: 2\r\n\r\nno"
)
KEY = "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
SENT = {
    "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n": 200,
    "GET / HTTP/1.0\r\nHost: HOST\r\n\r\n": 200,
    "GET / HTTP/1.0\r\n\r\n": 403,
    "GET / HTTP/1.1\r\n\r\n": 400,
    "GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n": 400,
    "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n": 403,
    "GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: http://evil.example\r\n\r\n": 403,
    "GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nOrigin: null\r\n\r\n": 403,
    f"GET / HTTP/1.1\r\nHost: HOST\r\nX: {'x' * 100_000}\r\n\r\n": 400,
    f"GET /{'x' * 300} HTTP/1.1\r\nHost: HOST\r\n\r\n": 404,
    f"GET /{'x' * 9_000} HTTP/1.1\r\nHost: HOST\r\n\r\n": 400,
    "GET /%00 HTTP/1.1\r\nHost: HOST\r\n\r\n": 404,
    "GET /%ff%zz% HTTP/1.1\r\nHost: HOST\r\n\r\n": 404,
    "GET /\xff HTTP/1.1\r\nHost: HOST\r\n\r\n": 400,
    "GET http://[::1/ HTTP/1.1\r\nHost: HOST\r\n\r\n": 400,
    "CONNECT evil.example:443 HTTP/1.1\r\nHost: HOST\r\n\r\n": 403,
    "TRACE / HTTP/1.1\r\nHost: HOST\r\n\r\n": 405,
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\nhalf": 405,
    "BREW / HTTP/1.1\r\nHost: HOST\r\n\r\n": 400,
    "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03": 400,
    f"{SOCKET}\r\n": 400,
    f"{SOCKET}{KEY}Sec-WebSocket-Protocol: \xff,,\r\n\r\n": 101,
    f"{SOCKET}{KEY}\r\n\x81\xff\x7f": 101,
}


def status(host: str, sent: str) -> int:
    """The status with which a server answers."""
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), PATIENCE) as client:
        client.sendall(sent.replace("HOST", host).encode("latin-1"))
        return int(client.recv(99).split()[1])


def leave(host: str, sent: str) -> None:
    """Send a server something and be gone, as a window that is killed."""
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), PATIENCE) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(sent.replace("HOST", host).encode("latin-1"))


def test_it_shows_the_deck_says_nothing_to_strangers_and_ends_with_ctrl_c(
    talk: Path,
) -> None:
    with present(talk) as show:
        page = fetch(show.audience)
        assert "A talk" in page
        assert 'src="stage.js"' in page
        host = f"{server.HOST}:{show.port}"
        assert {sent: status(host, sent) for sent in SENT} == SENT
        for sent in ("GET", SOCKET, f"{SOCKET}{KEY}\r\n", GZIP, *SENT) * 3:
            leave(host, sent)
        assert "A talk" in fetch(show.audience)
        assert show.end() == 0
        assert show.output.read() == "Ctrl-C ends the show.\n"
    socket.create_server((server.HOST, show.port)).close()  # free again
    assert list(talk.glob(".build/show-*")) == []


def test_what_goes_wrong_in_the_server_is_few_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = Lines()
    for number in [1, *range(50)]:
        error = ValueError(f"{number}\n\33[2J" + "x" * 999)
        record = logging.LogRecord("x", logging.ERROR, "", 0, "of %s", ("x",), None)
        record.exc_info = (type(error), error, None)
        handler.handle(record)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == MOST + 1
    assert len(max(said, key=len)) == LONGEST
    assert said[1].startswith("the server: of x: ValueError: 0 [2Jxxx")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP"])
def test_it_ends_with_its_terminal_and_waits_for_no_browser(
    talk: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    opened = talk / "opened"
    script = f"echo $$ $0 >'{opened}.part'; mv '{opened}.part' '{opened}'; sleep 600"
    monkeypatch.setenv("BROWSER", shlex.join(["sh", "-c", script, "%s"]))
    monkeypatch.setenv("DISPLAY", ":0")
    with present(talk, browser="") as show:
        end = time.monotonic() + PATIENCE
        while not opened.exists():
            assert time.monotonic() < end, "no browser was opened"
            time.sleep(0.01)
        pid, address = opened.read_text("utf-8").split()
        try:
            assert address == show.audience
            show.process.send_signal(signal.Signals[ending])
            assert show.process.wait(PATIENCE) == 0
        finally:
            os.kill(int(pid), signal.SIGKILL)


def test_a_browser_that_cannot_be_opened_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BROWSER", "an 'open quote %s")
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    command._open("http://127.0.0.1:8000/")
    assert capsys.readouterr().out == "no browser is opened: No closing quotation\n"


def test_it_takes_the_next_free_port_unless_one_was_asked_for(talk: Path) -> None:
    with present(talk) as show:
        taken = f"{show.port}"
        with present(talk) as other:
            assert other.port != show.port
        refused = invoke(talk, "present", "--no-browser", "--port", taken)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"port {taken}: ")
    assert refused.stderr.count("\n") == 1


def test_a_second_start_builds_nothing_and_clears_up(talk: Path) -> None:
    builds = []
    left = talk / ".build" / f"draft-{'0' * 16}"
    for _ in range(2):
        with present(talk) as show:
            fetch(show.audience)
            assert not left.exists()
        left.mkdir()  # as a kill would
        builds += [path.stat().st_mtime_ns for path in talk.glob(".build/*/index.html")]
    assert len(builds) == 2
    assert builds[0] == builds[1]


def test_a_deck_that_cannot_be_built_leaves_the_last_good_one(talk: Path) -> None:
    with present(talk):
        pass
    section = talk / "slides" / "10-more.md"
    section.write_text(section.read_text("utf-8") + "\n![x](diagrams/gone.svg)\n")
    with present(talk) as show:
        assert "A talk" in fetch(show.audience)
    line = section.read_text("utf-8").count("\n")
    assert show.said[0] == f"slides/10-more.md:{line}: there is no diagrams/gone.svg"


def test_without_any_good_deck_it_says_why(talk: Path) -> None:
    shutil.rmtree(talk / ".build")
    section = talk / "slides" / "10-more.md"
    section.write_text("![x](diagrams/gone.svg)\n", encoding="utf-8")
    refused = invoke(talk, "present", "--no-browser")
    assert refused.returncode == 1
    assert refused.stderr == "slides/10-more.md:1: there is no diagrams/gone.svg\n"


BAD = """# Bad

```python demos/ticker.py::main
code as it is written
```

```threads recordings/waits.cast gone *
figure as it is written
```

```text recordings/waits.cast
There were 3 ticks.
```

<!-- It took [as written](recordings/ticker.cast "were * ticks"). -->
"""


def test_only_a_show_starts_in_spite_of_bad_sources_and_recordings(talk: Path) -> None:
    paths = Paths(talk)
    shutil.rmtree(paths.build)
    (paths.slides / "10-more.md").write_text(BAD, encoding="utf-8")
    (paths.demos / "ticker.py").write_text("def half(:\n", encoding="utf-8")
    cast = paths.recordings / "ticker.cast"
    cast.write_bytes(cast.read_bytes()[:-9])
    (paths.recordings / "ticker.svg").write_bytes(b"")
    (paths.recordings / "nothing.cast").mkdir()
    with present(talk) as show:
        *problems, address, _ = show.said
        page = html.unescape(fetch(show.audience))
        told = fetch(f"{show.address}talk.js")
    damaged = "recordings/ticker.cast is damaged: invoke record --demo ticker"
    empty = "picture recordings/ticker.svg holds no <svg>"
    remedy = "invoke record --demo ticker"
    assert problems == [
        "slides/10-more.md:3: demos/ticker.py:1: invalid syntax",
        "slides/10-more.md:7: recordings/waits.cast has nothing for 'gone *'",
        f"slides/10-more.md:15: {damaged}",
        f"slides/00-opening.md:17: {empty}: {remedy}",
        damaged,
    ]
    assert address.startswith("audience ")
    for written in ("code as it is written", "figure as it is written", "took as"):
        assert written in re.sub("<[^>]+>", "", page)
    known = json.loads(told.removeprefix("const TALK = ").removesuffix(";\n"))
    assert known["recordings"].keys() == ODD.keys()
    with pytest.raises(BuildError) as refused:
        sync(paths)
    assert str(refused.value.message).splitlines() == problems
    assert "\n".join(problems) in checks.stale(paths)
    done = invoke(talk, "export", "--only", "web")
    assert done.returncode == 1
    assert done.stderr.splitlines() == problems


async def told(show: Present, right: Callable[[dict[str, Any]], bool]) -> Any:
    """What a window of the show is told, once that is right."""
    address = show.address.rstrip("/")
    async with (
        asyncio.timeout(5 * PATIENCE),
        aiohttp.ClientSession(headers={"Origin": address}) as client,
        client.ws_connect(f"{address}/show") as window,
    ):
        while not right(message := json.loads(await window.receive_str())):
            pass
        return message


def change(talk: Path, old: str, new: str) -> None:
    section = talk / "slides" / "10-more.md"
    text = section.read_text("utf-8")
    assert old in text
    section.write_text(text.replace(old, new), encoding="utf-8")


async def test_two_shows_in_one_checkout_and_an_export_beside_them(fit: Path) -> None:
    shutil.rmtree(fit / ".build")  # so that both build
    with ThreadPoolExecutor() as pool, ExitStack() as stack:
        starts = [present(fit), present(fit)]
        shows = list(pool.map(stack.enter_context, starts))
        assert [show.said[0].split()[0] for show in shows] == ["audience"] * 2
        first = [await told(show, lambda message: True) for show in shows]
        assert first[0]["version"] == first[1]["version"]
        change(fit, "## Third", "## Changed")
        newer = [
            await told(show, lambda message: message["version"] != first[0]["version"])
            for show in shows
        ]
        assert newer[0]["version"] == newer[1]["version"]
        done = await asyncio.to_thread(invoke, fit, "export", "--only", "image")
        assert done.returncode == 0, done.stderr
        for show in shows:
            assert (await told(show, lambda message: True))["error"] == ""
            assert "Changed" in await asyncio.to_thread(fetch, show.audience)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a name is Unicode")
async def test_changes_are_followed_after_a_folder_has_come_back_and_an_odd_name(
    talk: Path,
) -> None:
    demos = talk / "demos"
    with present(talk) as show:
        first = await told(show, lambda message: True)
        shutil.copytree(demos, talk / "kept")
        shutil.rmtree(demos)
        (talk / "kept").rename(demos)
        ticker = demos / "ticker.py"
        text = ticker.read_text("utf-8")
        ticker.write_text(text.replace('"""', '"""Look for: it.\n\n', 1), "utf-8")
        second = await told(
            show, lambda message: message["version"] != first["version"]
        )
        (talk / "slides" / os.fsdecode(b"b\xe9.txt")).touch()
        change(talk, "## Third", "## Changed")
        await told(show, lambda message: message["version"] != second["version"])
        assert "Changed" in await asyncio.to_thread(fetch, show.audience)


async def test_what_is_shown_does_not_go_with_the_folders_it_came_from(
    talk: Path,
) -> None:
    packages = talk / "slides" / "node_modules"
    kept = packages.readlink()
    with present(talk, "--minutes", "60") as show:
        shutil.rmtree(talk / ".build")
        packages.unlink()
        assert "A talk" in await asyncio.to_thread(fetch, show.audience)
        change(talk, "## Third", "## Changed")
        message = await told(show, lambda message: message["error"])
        assert message["minutes"] == 60
        assert message["error"].startswith("npm could not install the deck's packages")
        assert "\n" not in message["error"]
        assert "Third" in await asyncio.to_thread(fetch, show.audience)
        packages.symlink_to(kept)
        cast = talk / "slides" / "recordings" / "ticker.cast"
        sound = cast.read_bytes()
        cast.write_bytes(b"")
        change(talk, "## Changed", "## Changed in spite")
        newer = await told(show, lambda message: not message["error"])
        assert "Changed in spite" in await asyncio.to_thread(fetch, show.audience)
        cast.write_bytes(sound)
        change(talk, "## Changed in spite", "## Changed again")
        await told(show, lambda message: message["version"] != newer["version"])
        assert "Changed again" in await asyncio.to_thread(fetch, show.audience)


def test_it_starts_with_the_packages_of_before_where_there_is_no_network(
    talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = talk / "slides" / "package-lock.json"
    lock.write_bytes(lock.read_bytes() + b"\n")  # as a `git pull` may change it
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_cache", str(talk / "empty cache"))
    change(talk, "## Third", "## Changed")
    with present(talk) as show:
        problem, address, _ = show.said
        assert "Changed" in fetch(show.audience)
    done = invoke(talk, "export", "--only", "web", "--browser", "tasks.py")
    assert problem in done.stdout.splitlines()
    assert done.stderr.endswith("; missing: the picture of web\n")
    assert problem == (
        "npm could not install the deck's packages: there is no network "
        "(ECONNREFUSED), and one is needed, once; going on with the packages of before"
    )
    assert address.startswith("audience ")


HANGS = """
writeFileSync("hangs", "") // it is imported already
setInterval(() => {}, 1000)
await new Promise(() => {})
"""


def started_by(show: subprocess.Popen[str], talk: Path) -> list[psutil.Process]:
    """What a show has started to build a deck, once its engine hangs."""
    sign = talk / "slides" / "hangs"
    end = time.monotonic() + PATIENCE
    while not sign.exists():
        assert time.monotonic() < end, "nothing was built"
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"present ended with {show.wait(0.05)}")
    sign.unlink()
    return psutil.Process(show.pid).children(recursive=True)


def test_a_show_that_ends_in_mid_build_however_leaves_nothing(talk: Path) -> None:
    engine = talk / "slides" / "stage" / "deck" / "engine.mjs"
    sound = engine.read_text("utf-8")
    with present(talk) as show:
        fetch(show.audience)
        engine.write_text(sound + HANGS, encoding="utf-8")
        started = started_by(show.process, talk)
        assert show.end() == 0
    assert len(started) > 1
    assert all(gone(each.pid) for each in started)
    before = {path.name for path in talk.glob(".build/*/")}
    command = [sys.executable, "-m", "invoke", "present", "--no-browser"]
    with subprocess.Popen(command, cwd=talk, text=True) as killed:
        started = started_by(killed, talk)
        killed.kill()
    assert len(started) > 1
    assert all(gone(each.pid) for each in started)
    (left,) = {path.name for path in talk.glob(".build/*/")} - before
    assert left.startswith("draft-")
    engine.write_text(sound, encoding="utf-8")
    with present(talk, "--theme", "light"):  # of which there is none yet
        after = {path.name for path in talk.glob(".build/*/")} - before
    assert [name.endswith("-light") for name in after] == [True]


async def test_every_rebuild_ends_with_a_deck_or_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = Paths(tmp_path)
    deck = Built("first", {}, [Slide("One", 0, None)], "")
    stage = Stage(paths, deck, Show(live=True), Saved(tmp_path, 8000))
    shown: list[tuple[Built | None, str]] = []
    go_on = threading.Event()

    def replace_deck(built: Built | None, error: str) -> None:
        shown.append((built, error))
        go_on.set()

    def build(*_: object) -> Path:
        go_on.wait(PATIENCE)
        raise StopIteration  # which asyncio would pass on to nobody

    monkeypatch.setattr(stage, "replace_deck", replace_deck)
    monkeypatch.setattr(packages, "install", lambda *_, **__: None)
    monkeypatch.setattr(command, "build", build)
    monkeypatch.setattr(command, "PATIENCE", 0)
    late = "after 0 s the deck is still not built"
    async with asyncio.timeout(PATIENCE):
        await command.rebuild(paths, stage, "dark", threading.Event())
    assert shown == [(None, late), (None, "StopIteration")]
    assert capsys.readouterr().out.splitlines() == [late, "StopIteration"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "99999"],
        ["--port", "-1"],
        ["--port", "abc"],
        ["--port"],
        ["--theme", "blue"],
        ["--minutes", "0"],
        ["--unknown"],
        ["extra"],
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    recorded: Path, arguments: list[str]
) -> None:
    refused = invoke(recorded, "present", "--no-browser", *arguments)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "Traceback" not in refused.stderr


def test_no_slides_at_all_is_one_line(talk: Path) -> None:
    shutil.rmtree(talk / ".build")
    for section in (talk / "slides").glob("*.md"):
        section.unlink()
    refused = invoke(talk, "present", "--no-browser")
    assert refused.returncode == 1
    assert refused.stderr.endswith("there is no slide file (*.md)\n")
