import asyncio
import signal
import socket
import struct
import subprocess
import sys
from typing import NoReturn

import psutil
import pytest
from invoke.exceptions import Exit

from demos.support.server_process import served
from demos.support.slow_server import request_async, serve
from tests.talks import PATIENCE, ROOT

PARENT = """
import psutil
from demos.support.server_process import served
from demos.support.slow_server import serve
if __name__ == "__main__":
    with served(serve) as port:
        print(port, *(child.pid for child in psutil.Process().children()), flush=True)
        input()
"""


async def no_server() -> NoReturn:
    sys.exit(1)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.readline())
    writer.close()


async def serve_unguarded() -> asyncio.Server:
    return await asyncio.start_server(echo, "127.0.0.1")


async def test_it_serves_from_another_process_until_the_block_ends() -> None:
    before = psutil.Process().children()
    with served(serve) as port:
        assert {*psutil.Process().children()} - {*before}
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_client_that_is_gone_at_once_is_none_of_its_complaints(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with served(serve_unguarded) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        at_once = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()
        for _ in range(2):  # it has heard of that by then
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"x\n")
            assert await reader.readline() == b"x\n"
            writer.close()
    assert capfd.readouterr().err == ""


def test_a_server_that_does_not_start_is_one_plain_line() -> None:
    with pytest.raises(Exit, match="did not start"), served(no_server):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C otherwise")
async def test_ctrl_c_is_for_its_parent_only() -> None:
    before = psutil.Process().children()
    with served(serve) as port:
        for child in {*psutil.Process().children()} - {*before}:
            child.send_signal(signal.SIGINT)
        assert await request_async(port, 0.001) == b"0.001000\n"


def test_it_ends_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout
        _, *pids = parent.stdout.readline().split()
        children = [psutil.Process(int(pid)) for pid in pids]
        parent.kill()
    assert children
    _, alive = psutil.wait_procs(children, PATIENCE)
    assert alive == []
