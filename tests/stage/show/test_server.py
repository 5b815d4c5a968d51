"""The stage's server: one run for all viewers, and nothing for strangers."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from slides.stage.paths import Paths
from slides.stage.show import present, server
from tests.talks import gone


class House:
    """A server, and a client that looks like a page of its own."""

    def __init__(self, stage: server.Stage, port: int, client: aiohttp.ClientSession):
        self.stage = stage
        self.address = f"http://127.0.0.1:{port}"
        self.client = client

    async def get(self, path: str, **headers: str) -> int:
        async with self.client.get(self.address + path, headers=headers) as response:
            return response.status

    def socket(self, path: str, **options: Any) -> Any:
        headers = {"Origin": self.address} | options.pop("headers", {})
        return self.client.ws_connect(self.address + path, headers=headers, **options)


@asynccontextmanager
async def serve(
    talk: Path, tmp_path: Path, default_deadline: float = 60
) -> AsyncIterator[House]:
    folder = tmp_path / "deck"
    folder.mkdir()
    (folder / "index.html").write_text("<script>1</script>", encoding="utf-8")
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    async with asyncio.TaskGroup() as tasks, aiohttp.ClientSession() as client:
        stage = server.Stage(
            Paths(talk), tasks, folder, default_deadline=default_deadline, grace=0.2
        )
        listener = present.listen(None)
        port = listener.getsockname()[1]
        site = web.AppRunner(stage.app(port))
        await site.setup()
        await web.SockSite(site, listener).start()
        yield House(stage, port, client)
        stage.stop()
        await site.cleanup()


@pytest.fixture
async def house(recorded: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with serve(recorded, tmp_path) as house:
        yield house


async def until(show: Any, right: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Read what a window is told until it is right."""
    while True:
        state: dict[str, Any] = json.loads(await show.receive_str())
        if right(state):
            return state


def standing(slug: str, state: str) -> Callable[[dict[str, Any]], bool]:
    return lambda told: told["runs"].get(slug, {}).get("state") == state


async def printed(player: Any, last: str) -> str:
    """Read a run until `last` has been printed; return all that was."""
    assert json.loads(await player.receive_str())["version"] == 3
    said = ""
    while last not in said:
        _, code, data = json.loads(await player.receive_str())
        said += data if code == "o" else ""
    return said


@asynccontextmanager
async def watching(house: House, slug: str) -> AsyncIterator[Any]:
    protocols = ("v1.alis", "v3.asciicast")
    async with house.socket(f"/runs/{slug}", protocols=protocols) as player:
        assert player.protocol == "v3.asciicast"
        yield player


async def test_all_viewers_see_the_same_and_late_ones_from_the_start(
    house: House,
) -> None:
    async with house.socket("/show") as show:
        await show.send_str("run ticker")
        await until(show, standing("ticker", "running"))
        async with watching(house, "ticker") as early:
            said = await printed(early, "--ticks 5")
        await until(show, standing("ticker", "done"))
        async with watching(house, "ticker") as late:
            assert await printed(late, "--ticks 5") == said


async def test_a_run_starts_once(house: House) -> None:
    async with house.socket("/show") as one, house.socket("/show") as other:
        await one.send_str("run waits")
        first = await until(other, standing("waits", "running"))
        await other.send_str("run waits")
        second = await until(other, standing("waits", "running"))
        assert first["runs"]["waits"]["id"] == second["runs"]["waits"]["id"]


async def test_stop_ends_the_process_and_a_new_run_is_another(house: House) -> None:
    async with house.socket("/show") as show:
        await show.send_str("run waits")
        first = await until(show, standing("waits", "running"))
        async with watching(house, "waits") as player:
            pid = int((await printed(player, "\r\n")).split()[1])
        await show.send_str("stop waits")
        await until(show, standing("waits", "stopped"))
        assert gone(pid)
        await show.send_str("run waits")
        second = await until(show, standing("waits", "running"))
        assert first["runs"]["waits"]["id"] != second["runs"]["waits"]["id"]


async def test_another_demo_stops_the_one_that_runs(house: House) -> None:
    async with house.socket("/show") as show:
        await show.send_str("run waits")
        async with watching(house, "waits") as player:
            pid = int((await printed(player, "\r\n")).split()[1])
        await show.send_str("run ticker")
        await until(show, standing("ticker", "done"))
        assert gone(pid)


@pytest.mark.parametrize("slug", ["fails", "exits"])
async def test_a_failed_run_leaves_the_stage_to_the_recording(
    house: House, slug: str
) -> None:
    async with house.socket("/show") as show:
        await show.send_str(f"run {slug}")
        await until(show, standing(slug, "failed"))


async def test_a_run_past_its_deadline_has_failed(
    recorded: Path, tmp_path: Path
) -> None:
    async with (
        serve(recorded, tmp_path, default_deadline=0.5) as house,
        house.socket("/show") as show,
    ):
        await show.send_str("run waits")
        await until(show, standing("waits", "failed"))


async def test_a_flood_is_kept_in_bounds(house: House) -> None:
    async with house.socket("/show") as show:
        await show.send_str("run floods")
        await until(show, standing("floods", "done"))
    async with watching(house, "floods") as late:
        said = await printed(late, "999999\r\n")
    assert len(said) <= server.BACKLOG


async def test_the_tape_and_the_clock_are_for_all_windows(house: House) -> None:
    async with house.socket("/show") as one, house.socket("/show") as other:
        await one.send_str("begin")
        begun = await until(other, lambda told: told["begun"] is not None)
        await one.send_str("tape ticker")
        await until(other, standing("ticker", "tape"))
        await one.send_str("begin")  # it has: the clock goes on
        await one.send_str("stop ticker")
        later = await until(other, lambda told: told["runs"]["ticker"]["halted"])
        assert later["begun"] > begun["begun"]


@pytest.mark.parametrize("asked", ["run nothing", "run ../ticker", "run", "dance x"])
async def test_what_makes_no_sense_is_ignored(house: House, asked: str) -> None:
    async with house.socket("/show") as show:
        await show.send_str(asked)
        await show.send_str("begin")
        told = await until(show, lambda told: told["begun"] is not None)
        assert told["runs"] == {}


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
    assert await house.get("/", **headers) == 403
    for path in ("/show", "/runs/ticker"):
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
async def test_nothing_outside_the_deck_is_served(house: House, path: str) -> None:
    reader, writer = await asyncio.open_connection(*house.address[7:].split(":"))
    host = house.address[7:]
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert b" 404 " in status or b" 403 " in status or b" 400 " in status


async def test_the_page_may_load_nothing_from_elsewhere(house: House) -> None:
    async with house.client.get(house.address) as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert re.findall(r"https?:", policy) == []


async def test_viewers_are_bounded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "VIEWERS", 1)
    async with house.socket("/show"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await house.socket("/show")
        assert refused.value.status == 503
