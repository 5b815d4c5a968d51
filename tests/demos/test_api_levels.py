import asyncio
import re

import pytest

from demos.api_levels import (
    EchoProtocol,
    echo,
    main,
    serve_protocol,
    serve_streams,
)
from demos.support import cores, services
from demos.support.server_process import Serve
from demos.support.twins import lines_of_code

both = pytest.mark.parametrize("serve", [serve_streams, serve_protocol])


async def answers(serve: Serve, *pieces: bytes) -> bytes:
    """Send the pieces one by one; return all that comes back."""

    async def send() -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        writer.write_eof()

    async with await serve() as server, asyncio.TaskGroup() as group:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        group.create_task(send())
        answered = await reader.read()
        writer.close()
        await writer.wait_closed()
    return answered


@both
@pytest.mark.parametrize(
    "pieces",
    [
        [b"one line\n"],
        [b"several\nlines\n\nat once\n"],
        [b"a line ", b"in pieces\nand", b" another\n"],
        [b"no end"],
        [b"\r\n\x00\xff\n"],
        [],
    ],
)
async def test_every_line_comes_back(serve: Serve, pieces: list[bytes]) -> None:
    assert await answers(serve, *pieces) == b"".join(pieces)


@both
async def test_a_line_is_answered_before_the_next_is_sent(serve: Serve) -> None:
    async with await serve() as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for line in (b"one\n", b"two\n"):
            writer.write(line)
            assert await reader.readline() == line
        writer.close()
        await writer.wait_closed()


@both
async def test_more_than_the_buffers_hold_comes_back(serve: Serve) -> None:
    line = b"x" * 1023 + b"\n"
    assert await answers(serve, *[line] * 4000) == line * 4000


def test_both_are_compared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(services, "LOAD", 0.0)
    monkeypatch.setattr(cores, "FREE", 0.0)  # of a machine that is busy with tests
    lesson = main(connections=2, length=40, repeat=1)
    assert re.fullmatch(  # one round: too few to tell rates apart
        r"A Protocol has 2\.2 × the lines "
        r"and ≈ \d+\.\d × the requests per second of streams",
        lesson,
    )
    shown = capsys.readouterr().out
    assert "streams: echo" in shown
    assert "requests/s on loopback: 2 at once, 40 bytes each" in shown


def test_streams_take_fewer_lines() -> None:
    streams = lines_of_code(echo, serve_streams)
    assert 0 < streams < lines_of_code(EchoProtocol, serve_protocol)
