import asyncio
import hashlib

import aiohttp
import pytest
from yarl import URL

from demos.support.download.file_server import FAULTS, File, file_server, plan_files


def test_a_file_follows_from_its_seed() -> None:
    one, same, other = File("a", seed=1), File("b", seed=1), File("a", seed=2)
    assert len(one.body()) == one.size
    assert one.digest == same.digest != other.digest
    assert one.digest == hashlib.sha256(one.body()).hexdigest()


def test_the_same_seed_gives_the_same_files() -> None:
    files = plan_files(50, 0.1, 0.5, seed=1)
    assert files == plan_files(50, 0.1, 0.5, seed=1)
    assert files != plan_files(50, 0.1, 0.5, seed=2)
    assert all(0.09 <= file.latency <= 0.11 for file in files)


def test_the_error_rate_changes_faults_only() -> None:
    sound, broken = plan_files(50, 1, 0, seed=1), plan_files(50, 1, 1, seed=1)
    assert {file.faults for file in sound} == {",,,,"}
    assert {fault for file in broken for fault in file.faults.split(",")} == {*FAULTS}
    assert [f.latency for f in sound] == [f.latency for f in broken]
    assert [f.digest for f in sound] == [f.digest for f in broken]


async def test_it_sends_the_bytes_that_were_planned() -> None:
    (file,) = plan_files(1, 0.01, 0, seed=1)
    with file_server() as server:
        async with (
            aiohttp.ClientSession() as session,
            session.get(server.url(file)) as response,
        ):
            assert response.content_length == file.size
            assert await response.read() == file.body()


async def test_faults_befall_the_first_requests_for_each_url() -> None:
    file = File("a", faults="503,,503")
    with file_server() as server:
        async with aiohttp.ClientSession() as session:

            async def statuses(url: str, number: int) -> list[int]:
                seen = []
                for _ in range(number):
                    async with session.get(url) as response:
                        seen.append(response.status)
                return seen

            assert await statuses(server.url(file), 4) == [503, 200, 503, 200]
            assert await statuses(server.url(file), 1) == [503]


@pytest.mark.parametrize("fault", ["truncated", "stall"])
async def test_a_fault_leaves_half_a_body(fault: str) -> None:
    file = File("a", size=9_000, faults=fault)
    with file_server() as server:
        url = URL(server.url(file))
        assert url.host and url.port
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"GET {url.raw_path_qs} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Content-Length: 9000" in head
        body = await reader.readexactly(4_500)
        if fault == "truncated":
            assert await reader.read() == b""
        else:
            body += await reader.readexactly(1)
        writer.close()
    assert body == file.body()[: len(body)]
