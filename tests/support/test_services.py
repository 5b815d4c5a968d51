import asyncio
from asyncio import StreamReader, StreamWriter
from collections import Counter

import pytest

from demos.support.server_process import served
from demos.support.services import load, rates


async def answer(reader: StreamReader, writer: StreamWriter) -> None:
    async for line in reader:
        writer.write(line)
    writer.close()
    await writer.wait_closed()


async def echoing() -> asyncio.Server:
    return await asyncio.start_server(answer, "127.0.0.1", 0)


@pytest.mark.parametrize("length", [32, 60_000])
def test_what_a_service_answers_is_counted(length: int) -> None:
    with served(echoing) as port:
        assert load(port, connections=5, length=length, seconds=0) > 0


async def test_lines_have_the_length_that_is_asked_for_and_differ() -> None:
    lines = []

    async def note(reader: StreamReader, writer: StreamWriter) -> None:
        async for line in reader:
            lines.append(line)
            writer.write(line)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(note, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await asyncio.to_thread(load, port, 3, 32, 0)
    assert {*map(len, lines)} == {32}
    assert len({*lines}) == len(lines) == 3


async def test_a_wrong_answer_is_refused() -> None:
    async def shout(reader: StreamReader, writer: StreamWriter) -> None:
        async for line in reader:
            writer.write(line.upper())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(shout, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ValueError, match="ROUND"):
            await asyncio.to_thread(load, port, 1, 32, 0)


def test_all_services_are_asked_equally_often() -> None:
    services = {"one": echoing, "two": echoing}
    asked = Counter(
        name
        for name, rate in rates(services, connections=2, length=32, repeat=3, seconds=0)
        if rate > 0
    )
    assert asked == {"one": 3, "two": 3}
