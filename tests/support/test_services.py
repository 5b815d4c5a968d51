import asyncio
from asyncio import StreamReader, StreamWriter

import pytest

from demos.support import services
from demos.support.bars import Chart
from demos.support.samples import TooBusy
from demos.support.server_process import served
from demos.support.services import load, measure, refuse_busy


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


def rates(**values: list[float]) -> Chart:
    chart = Chart("requests/s", max, dict.fromkeys(values, "asyncio"))
    chart.values.update(values)
    return chart


def test_all_services_are_asked_equally_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LOAD", 0.0)
    measured, shown = rates(one=[], two=[]), []
    both = {"one": echoing, "two": echoing}
    shares = measure(measured, both, 2, 32, 3, lambda: shown.append(1))
    assert [len(values) for values in measured.values.values()] == [3, 3]
    assert min(*measured.values["one"], *measured.values["two"]) > 0
    assert (len(shown), len(shares)) == (6, 3)


def test_without_a_count_they_are_asked_until_their_rates_are_settled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "LOAD", 0.0)
    monkeypatch.setattr(services, "MEASURING", 1e9)
    measured = rates(one=[])
    monkeypatch.setattr(measured, "settled", lambda: len(measured.values["one"]) == 5)
    measure(measured, {"one": echoing}, 2, 32, None, lambda: None)
    assert len(measured.values["one"]) == 5


def test_a_service_that_was_twice_as_fast_at_one_time_is_refused() -> None:
    refuse_busy(rates(one=[40_000, 80_000, 60_000]), [1.0])
    with pytest.raises(TooBusy) as refused:
        refuse_busy(rates(one=[5.0], two=[40_000.4, 120_000, 60_000]), [1.0])
    assert refused.value.message == (
        "this machine was too busy to compare: the same service answered "
        "40,000–120,000 requests/s; run it again, or see the recording"
    )


def test_a_machine_whose_cores_others_had_is_refused() -> None:
    with pytest.raises(TooBusy, match="to be had"):
        refuse_busy(rates(one=[40_000] * 3), [0.3, 0.4, 1.0])
