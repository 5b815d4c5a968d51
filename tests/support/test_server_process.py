import asyncio
import signal
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


async def test_it_serves_from_another_process_until_the_block_ends() -> None:
    before = psutil.Process().children()
    with served(serve) as port:
        assert {*psutil.Process().children()} - {*before}
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


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
