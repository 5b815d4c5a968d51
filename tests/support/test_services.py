import asyncio
from asyncio import StreamReader, StreamWriter
from collections import Counter

import pytest

from demos.support import services
from demos.support.samples import Sample, TooBusy
from demos.support.server_process import served
from demos.support.services import load, rates, refuse_unsteady_rates


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


def test_all_services_are_asked_equally_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LOAD", 0.0)
    both = {"one": echoing, "two": echoing}
    measured = rates(both, 2, 32, settled=lambda: False, repeat=3)
    asked = Counter(name for name, rate in measured if rate > 0)
    assert asked == {"one": 3, "two": 3}


def test_without_a_count_they_are_asked_until_their_rates_are_settled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "LOAD", 0.0)
    monkeypatch.setattr(services, "MEASURING", 1e9)
    asked: list[float] = []
    for _, rate in rates({"one": echoing}, 2, 32, settled=lambda: len(asked) == 5):
        asked.append(rate)
    assert len(asked) == 5


def test_a_service_that_was_twice_as_fast_at_one_time_is_refused() -> None:
    refuse_unsteady_rates([Sample([40_000, 80_000, 60_000])])
    with pytest.raises(TooBusy) as refused:
        refuse_unsteady_rates([Sample([5.0]), Sample([40_000.4, 120_000, 60_000])])
    assert refused.value.message == (
        "this machine was too busy to compare: the same service answered "
        "40,000–120,000 requests/s; run it again, or see the recording"
    )
