"""The server of the show: one state for all windows, and nothing for strangers."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSCloseCode, WSMsgType

from slides.stage.paths import Paths
from slides.stage.show import output
from slides.stage.show.built import Built
from slides.stage.show.lines import LOG
from slides.stage.show.server import Stage, last_words
from slides.stage.show.state import Show, Slide
from tests.talks import PATIENCE, Served, gone, serving, write_demo

DEMOS = ("ticker", "waits", "fails", "exits", "floods")
DECK = [Slide("One", 0, None), *(Slide(demo, 0, demo) for demo in DEMOS)]
NUMBER = {demo: number for number, demo in enumerate(DEMOS, 2)}


class House:
    """A server, and a client that looks like a page of its own."""

    def __init__(self, stage: Stage, served: Served, client: aiohttp.ClientSession):
        self.stage = stage
        self.served = served
        self.address = served.address.rstrip("/")
        self.client = client

    async def get(self, path: str, **headers: str) -> int:
        async with self.client.get(self.address + path, headers=headers) as response:
            return response.status

    def socket(self, path: str, **options: Any) -> Any:
        headers = {"Origin": self.address} | options.pop("headers", {})
        return self.client.ws_connect(self.address + path, headers=headers, **options)

    @asynccontextmanager
    async def window(self, role: str = "speaker") -> AsyncIterator["Window"]:
        cookie = {"Cookie": self.served.cookie} if role == "speaker" else {}
        async with self.socket("/show", headers=cookie) as socket:
            window = Window(socket)
            await window.until(lambda show: True)
            assert window.message["role"] == role
            yield window


class Window:
    """A window of the show: what it was told last, and what it asks for."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.message: dict[str, Any] = {}

    @property
    def show(self) -> dict[str, Any]:
        show: dict[str, Any] = self.message["show"]
        return show

    async def until(self, right: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read what it is told until the show is right; return the show."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self.message = json.loads(await self.socket.receive_str())
                if right(self.show):
                    return self.show

    async def ask(self, do: str, slide: int, step: int = 0, run: int = 0) -> None:
        command = {"do": do, "slide": slide, "step": step, "run": run}
        await self.socket.send_str(json.dumps(command))

    async def run(self, demo: str) -> int:
        """Go to a demo's slide and run it; return the id of the run."""
        await self.ask("go", NUMBER[demo])
        await self.ask("run", NUMBER[demo])
        show = await self.until(lambda show: demo in show["runs"])
        run: int = show["runs"][demo]["id"]
        return run

    async def why(self, demo: str) -> str:
        """Return why a run has failed, once it has."""
        if not standing(demo, "failed")(self.show):
            await self.until(standing(demo, "failed"))
        why: str = self.show["runs"][demo]["why"]
        return why

    async def fails(self, demo: str) -> str:
        """Go to a demo's slide and run it; return why it has failed, once it has."""
        before = self.show["next_id"]
        await self.ask("go", NUMBER[demo])
        await self.ask("run", NUMBER[demo])
        await self.until(
            lambda show: show["next_id"] > before and standing(demo, "failed")(show)
        )
        return await self.why(demo)

    async def heard(self, commands: int) -> None:
        """Wait until the server has heard so many commands of this window."""
        async with asyncio.timeout(PATIENCE):
            while self.message["heard"] < commands:
                self.message = json.loads(await self.socket.receive_str())


def standing(demo: str, state: str) -> Callable[[dict[str, Any]], bool]:
    return lambda show: show["runs"].get(demo, {}).get("state") == state


@asynccontextmanager
async def housed(paths: Paths, folder: Path, **options: Any) -> AsyncIterator[House]:
    files = {"index.html": b"<script>1</script>", "icon.svg": b"<svg/>"}
    built = Built("first", files, DECK, "'sha256-x'")
    async with (
        serving(paths, built, Show(live=True), folder, **options) as (stage, served),
        aiohttp.ClientSession() as client,
    ):
        yield House(stage, served, client)


@pytest.fixture
def paths(recorded: Path) -> Paths:
    return Paths(recorded)


@pytest.fixture
async def house(paths: Paths, tmp_path: Path) -> AsyncIterator[House]:
    async with housed(paths, tmp_path) as house:
        yield house


async def printed(player: Any, last: str) -> str:
    """Read a run until `last` has been printed; return all that was."""
    async with asyncio.timeout(PATIENCE):
        assert json.loads(await player.receive_str())["version"] == 3
        said = ""
        while last not in said:
            _, code, data = json.loads(await player.receive_str())
            said += data if code == "o" else ""
    return said


@asynccontextmanager
async def watching(house: House, run: int) -> AsyncIterator[Any]:
    protocols = ("v1.alis", "v3.asciicast")
    async with house.socket(f"/runs/{run}", protocols=protocols) as player:
        assert player.protocol == "v3.asciicast"
        yield player


async def pid_of(house: House, run: int) -> int:
    async with watching(house, run) as player:
        return int((await printed(player, "\r\n")).split()[1])


async def test_a_command_of_one_window_reaches_all(house: House) -> None:
    async with AsyncExitStack() as stack:
        windows = [await stack.enter_async_context(house.window()) for _ in range(3)]
        await windows[0].ask("next", 1)
        for window in windows:
            show = await window.until(lambda show: show["slide"] == 2)
            assert show["begun"] == pytest.approx(window.message["now"], abs=PATIENCE)


async def test_who_joins_late_is_told_where_the_show_stands(house: House) -> None:
    async with house.window() as early:
        await early.ask("go", 3)
        await early.until(lambda show: show["slide"] == 3)
        async with house.window() as late:
            assert late.show["slide"] == 3


async def test_a_window_that_only_looks_changes_nothing(house: House) -> None:
    async with house.window("viewer") as viewer, house.window() as speaker:
        await viewer.ask("next", 1)
        await viewer.ask("go", NUMBER["waits"])
        await viewer.ask("run", NUMBER["waits"])
        await viewer.heard(3)
        assert viewer.show["slide"] == 1
        run = await speaker.run("waits")
        await viewer.until(standing("waits", "running"))
        await viewer.ask("stop", NUMBER["waits"], 1, run)
        await viewer.heard(4)
        assert standing("waits", "running")(viewer.show)


async def test_all_viewers_see_the_same_and_late_ones_from_the_start(
    house: House,
) -> None:
    async with house.window() as window:
        run = await window.run("ticker")
        async with watching(house, run) as early:
            said = await printed(early, "--ticks 5")
        await window.until(standing("ticker", "done"))
        async with watching(house, run) as late:
            assert await printed(late, "--ticks 5") == said


async def test_what_is_printed_within_a_frame_comes_at_once() -> None:
    run = output.Output()
    lines = run.follow()
    await run.add("{}")
    assert await anext(lines) == "{}"
    for events in (
        [("o", "1"), ("o", "2"), ("m", "a lesson"), ("o", "3")],
        [("o", "4"), ("x", "0")],
    ):
        for code, data in events:
            await run.add(json.dumps([0.01, code, data]))
    expected: list[list[object]] = [
        [0, "o", "1234"],
        [0.01, "m", "a lesson"],
        [0.01, "x", "0"],
    ]
    for event in expected:
        assert json.loads(await anext(lines)) == event
    await lines.aclose()


async def test_a_run_starts_once(house: House) -> None:
    async with house.window() as one, house.window() as other:
        first = await one.run("waits")
        await other.ask("run", NUMBER["waits"], 1)
        await other.heard(1)
        assert other.show["runs"]["waits"]["id"] == first


async def test_stop_ends_the_process_and_a_new_run_is_another(house: House) -> None:
    async with house.window() as window:
        first = await window.run("waits")
        pid = await pid_of(house, first)
        await window.ask("stop", NUMBER["waits"], 1, first)
        await window.until(standing("waits", "stopped"))
        assert await asyncio.to_thread(gone, pid)
        await window.ask("run", NUMBER["waits"], 1)
        show = await window.until(standing("waits", "running"))
        assert show["runs"]["waits"]["id"] != first


async def test_run_and_stop_in_one_turn_leave_a_demo_that_can_be_run(
    house: House,
) -> None:
    slide = NUMBER["waits"]
    async with house.window() as window:
        await window.ask("go", slide)
        for run in range(1, 21):  # sent in one go, so that some are read in one turn
            await window.ask("run", slide)
            await window.ask("stop", slide, 1, run)
        await window.heard(41)
        assert standing("waits", "stopped")(window.show)
        await window.ask("run", slide, 1)
        show = await window.until(standing("waits", "running"))
        assert await pid_of(house, show["runs"]["waits"]["id"])


async def test_a_late_stop_is_not_for_the_run_that_came_after(house: House) -> None:
    async with house.window() as window:
        first = await window.run("ticker")
        await window.until(standing("ticker", "done"))
        second = await window.run("waits")
        pid = await pid_of(house, second)
        heard = window.message["heard"]
        await window.ask("stop", NUMBER["ticker"], 1, first)
        await window.heard(heard + 1)
        assert standing("waits", "running")(window.show)
        await window.ask("stop", NUMBER["waits"], 1, second)
        await window.until(standing("waits", "stopped"))
        assert await asyncio.to_thread(gone, pid)


async def test_a_demo_stops_when_the_show_leaves_its_slide(house: House) -> None:
    async with house.window() as window:
        pid = await pid_of(house, await window.run("waits"))
        await window.ask("go", NUMBER["waits"] + 1)
        await window.until(standing("waits", "stopped"))
        assert await asyncio.to_thread(gone, pid)


async def test_a_demo_goes_on_when_a_window_is_closed(house: House) -> None:
    async with house.window() as stays:
        async with house.window() as leaves:
            await leaves.run("waits")
        async with house.window() as late:
            assert standing("waits", "running")(late.show)
        await stays.until(standing("waits", "running"))


@pytest.mark.parametrize("demo", ["fails", "exits"])
async def test_a_failed_run_leaves_the_stage_to_its_recording(
    house: House, demo: str
) -> None:
    async with house.window() as window:
        await window.run(demo)
        assert await window.why(demo) == "it failed"


BUSY = "from demos.support.console import finish, TOO_BUSY; finish(TOO_BUSY, None)"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (f"{BUSY}; os._exit(1)", "too busy to compare"),
        (f"{BUSY}; finish('1 is more than 0', None); os._exit(1)", "it failed"),
        ("print('too busy to compare'); os._exit(1)", "it failed"),
    ],
)
async def test_the_last_mark_says_that_the_machine_was_too_busy(
    talk: Path, tmp_path: Path, lines: str, why: str
) -> None:
    write_demo(talk, "exits", lines)
    async with housed(Paths(talk), tmp_path) as house, house.window() as window:
        await window.run("exits")
        assert await window.why("exits") == why


# What a demo holds, and what is said of a run of it.
BAD = {
    b"def half(:\n": ("it failed", "SyntaxError: invalid syntax (waits.py, line 1)"),
    b"x = '\xe9'\n": ("it failed", "SyntaxError: "),
    b"": ("it failed", "AttributeError: "),
    b"raise SystemExit\n": ("it failed", "demos/waits.py: SystemExit"),
    b"import os; os._exit(0)\n": ("it failed", "exit status 0, and nothing to see"),
    b"print('\33[1m0', end='', flush=True); 1 / 0": ("it failed", "ZeroDivisionError"),
    b"DEADLINE = 0.5\nimport time; time.sleep(600)\n": ("too slow", ""),
}


async def test_a_bad_demo_fails_alone_and_its_speaker_is_told_why(
    talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = talk / "demos" / "waits.py"
    async with housed(Paths(talk), tmp_path) as house, house.window() as window:
        for source, (why, said) in BAD.items():
            demo.write_bytes(source)
            assert await window.fails("waits") == why
            run = window.show["runs"]["waits"]
            assert said in run["said"]
            assert (run["said"] == "") == (said == "")
            assert run["said"].isprintable()
            printed = capsys.readouterr().out
            line = f"invoke demo.waits failed: {run['said']}\n"
            assert printed == (line if said else "")
        demo.unlink()
        demo.mkdir()
        assert await window.fails("waits") == "it failed"
        assert "IsADirectoryError" in window.show["runs"]["waits"]["said"]
        await window.run("ticker")
        await window.until(standing("ticker", "done"))
        assert window.show["runs"]["ticker"]["said"] == "There were 3 ticks."
        assert capsys.readouterr().out.count("failed") == 1  # of the folder


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("one\r\n\x1b[1;31mtwo\x1b[0m \r\n \r\n", "two"),
        ("a" * 999, "a" * 298 + " …"),
        ("x\r\n" * 9_999 + "\x1b[2K\x1b[1Ay\tz", "y z"),
        ("  | KeyError: 1\r\n  +------\r\n", "| KeyError: 1"),
        ("\r\n", "exit status 3, and nothing to see"),
    ],
)
def test_the_last_words_of_a_run(printed: str, said: str) -> None:
    run = [(0.0, "o", printed), (0.0, "m", "1 is 1"), (0.0, "x", "3")]
    assert last_words(run) == said


async def test_a_run_past_its_deadline_was_too_slow(talk: Path, tmp_path: Path) -> None:
    demo = talk / "demos" / "waits.py"
    text = demo.read_text("utf-8")
    demo.write_text(text.replace("DEADLINE = 600", "DEADLINE = 0.5"), encoding="utf-8")
    async with housed(Paths(talk), tmp_path) as house, house.window() as window:
        await window.run("waits")
        assert await window.why("waits") == "too slow"


async def test_a_flood_is_kept_in_bounds(house: House) -> None:
    async with house.window() as window:
        run = await window.run("floods")
        await window.until(standing("floods", "done"))
    async with watching(house, run) as late:
        said = await printed(late, "999999\r\n")
    assert len(said) <= output.BACKLOG


async def test_a_new_deck_keeps_the_show_on_a_slide_that_there_is(
    house: House,
) -> None:
    async with house.window() as window:
        await window.ask("go", len(DECK))
        await window.until(lambda show: show["slide"] == len(DECK))
        house.stage.replace_deck(Built("second", {}, DECK[:3], ""), "")
        await window.until(lambda show: show["slide"] == 3)
        assert window.message["version"] == "second"
        house.stage.replace_deck(Built("third", {}, [*DECK[:1], *DECK[:3]], ""), "")
        await window.until(lambda show: show["slide"] == 4)
        house.stage.replace_deck(Built("second", {}, DECK[:3], ""), "")
        await window.until(lambda show: show["slide"] == 3)
        house.stage.replace_deck(None, "it broke")
        await window.until(lambda show: True)
        assert (window.message["version"], window.message["error"]) == (
            "second",
            "it broke",
        )


@pytest.mark.parametrize(
    "asked",
    [
        "run waits",
        "[]",
        "{}",
        '{"do": "dance", "slide": 1, "step": 0, "run": 0}',
        '{"do": "go", "slide": "2", "step": 0, "run": 0}',
        '{"do": "go", "slide": 2.0, "step": 0, "run": 0}',
        '{"do": "go", "slide": true, "step": 0, "run": 0}',
        '{"do": "go", "slide": 99, "step": 0, "run": 0}',
        '{"do": "go", "slide": 2, "step": 0, "run": 0, "slug": "../x"}',
        "[" * 900,
    ],
)
async def test_what_makes_no_sense_is_ignored(house: House, asked: str) -> None:
    async with house.window() as window:
        before = window.show
        await window.socket.send_str(asked)
        await window.heard(1)
        assert window.show == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "null"},
    ],
)
async def test_strangers_are_turned_away(house: House, headers: dict[str, str]) -> None:
    async with house.client.get(house.address, headers=headers) as response:
        assert response.status == 403
        assert await response.text() == (
            f"403: this show is at {house.address}/ only "
            "(through a forwarded port: use the same number on both sides)\n"
        )
    for path in ("/show", "/runs/1"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await house.socket(path, headers=headers)
        assert refused.value.status == 403


async def test_a_socket_without_an_origin_is_no_page_of_ours(house: House) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await house.client.ws_connect(f"{house.address}/show")
    assert refused.value.status == 403


async def test_localhost_is_this_machine_too(house: House) -> None:
    port = house.address.rpartition(":")[2]
    assert await house.get("/", Host=f"localhost:{port}") == 200


@pytest.mark.parametrize(
    "path",
    ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/..%5csecret", "//etc/passwd"],
)
async def test_nothing_but_the_deck_is_served(house: House, path: str) -> None:
    reader, writer = await asyncio.open_connection(*house.address[7:].split(":"))
    host = house.address[7:]
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert b" 404 " in status or b" 403 " in status or b" 400 " in status


@pytest.mark.parametrize("run", ["7", "-1", "x", "9" * 5000])
async def test_there_is_no_run_that_never_was(house: House, run: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await house.socket(f"/runs/{run}")
    assert refused.value.status == 404


async def test_no_page_of_another_origin_may_include_what_is_sent(
    house: House,
) -> None:
    for path, status in (
        ("/", 200),
        ("/favicon.ico", 200),
        ("/gone.js", 404),
        ("/show", 403),
    ):
        async with house.client.get(house.address + path) as response:
            assert response.status == status
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_may_load_nothing_from_elsewhere(house: House) -> None:
    async with house.client.get(house.address) as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert re.findall(r"https?:", policy) == []


async def test_a_mistake_of_the_server_is_a_status_and_a_line(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.stage.built = Built("odd", None, DECK, "")  # type: ignore[arg-type]
    assert await house.get("/") == 500
    (record,) = [each for each in caplog.records if each.name == LOG.name]
    assert record.getMessage() == "/"


async def test_viewers_are_bounded_and_their_speaker_is_not(
    paths: Paths, tmp_path: Path
) -> None:
    async with housed(paths, tmp_path, viewers=1) as house, house.window("viewer"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await house.socket("/show")
        assert refused.value.status == 503
        async with house.window("speaker"):
            pass


async def test_the_token_becomes_a_cookie_and_leaves_the_address(house: House) -> None:
    served = house.served
    clean = {served.audience: "/", served.presenter: "/presenter.html"}
    for asked, address in clean.items():
        async with house.client.get(asked, allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, address)
            assert response.headers["Referrer-Policy"] == "no-referrer"
            cookie, *about = response.headers["Set-Cookie"].split("; ")
            assert cookie == served.cookie
            assert {*about} == {"HttpOnly", "SameSite=Strict", "Path=/"}
    async with house.client.get(served.address) as response:
        assert served.token not in await response.text()
    async with house.window() as window:
        assert served.token not in json.dumps(window.message)


async def test_windows_of_a_browser_that_gets_the_token_become_the_speakers(
    house: House,
) -> None:
    async with house.window("speaker") as ours, house.window("viewer") as looks:
        async with house.client.get(house.served.audience):
            pass
        async with asyncio.timeout(PATIENCE):
            while (message := await looks.socket.receive()).type is WSMsgType.TEXT:
                pass
        assert message.data == WSCloseCode.SERVICE_RESTART  # it connects anew
        await ours.ask("go", 2)
        await ours.until(lambda show: show["slide"] == 2)


@pytest.mark.parametrize("token", ["", "x", "ä%ff%00", "x" * 22])
async def test_another_token_makes_nobody_the_speaker(house: House, token: str) -> None:
    async with house.client.get(f"{house.address}/?token={token}") as response:
        assert response.status == 403
        assert "Set-Cookie" not in response.headers
        said = "403: the token is of another start: open what was printed last\n"
        assert await response.text() == said
    cookie = house.served.cookie.replace(house.served.token, token)
    async with house.socket("/show", headers={"Cookie": cookie}) as socket:
        assert json.loads(await socket.receive_str())["role"] == "viewer"
