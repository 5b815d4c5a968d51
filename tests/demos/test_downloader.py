import asyncio
import gzip
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from demos import downloader
from demos.support.download import room
from demos.support.download.downloads import Download, Downloads
from demos.support.download.file_server import File, FileServer, file_server, plan_files
from demos.support.download.room import from_server
from demos.support.download.same_client import SameClientSession
from demos.support.download.sessions import AsyncSession, Session
from demos.support.download.variants import Repeat
from demos.support.flags import UsageError
from tests.talks import PATIENCE, ROOT

LESSON = (
    downloader.download_one_by_one,
    downloader.download_in_threads,
    downloader.download_in_tasks,
)
WAYS = ("one by one", "threads", "asyncio")
BODY = bytes(range(256)) * 300
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
Way = Callable[[Downloads, int], None]
Serve = Callable[..., Awaitable[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[FileServer]:
    with file_server() as server:
        yield server


def by_name(name: str) -> Way:
    """Return what carries out downloads in a way of the lesson, so many at once."""

    def carry_out(downloads: Downloads, limit: int) -> None:
        room.variants(LESSON, limit)[WAYS.index(name)].download(downloads)

    return carry_out


def by_same_client(downloads: Downloads, limit: int) -> None:
    """Carry out downloads in tasks, as a sweep does."""
    *_, tasks = room.variants(LESSON, limit, session=SameClientSession)
    tasks.download(downloads)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    return by_name(request.param)


@pytest.fixture(params=[*WAYS, "the same client"])
def any_way(request: pytest.FixtureRequest) -> Way:
    return by_name(request.param) if request.param in WAYS else by_same_client


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that sends some bytes, whatever it is asked, and hangs up."""
    async with AsyncExitStack() as stack:

        async def start(*pieces: bytes, stall: bool = False) -> str:
            ends = asyncio.Event()
            stack.callback(ends.set)

            async def answer(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter
            ) -> None:
                await reader.read(2**16)
                for piece in pieces:
                    writer.write(piece)
                if stall:
                    await ends.wait()
                writer.close()

            server = await asyncio.start_server(answer, "127.0.0.1")
            stack.callback(server.close)
            port = server.sockets[0].getsockname()[1]
            return f"http://127.0.0.1:{port}/"

        yield start


async def bring(way: Way, url: str, path: Path | None = None) -> Download:
    """Download one URL while the server runs in this event loop."""
    download = Download(url, path, deadline=5)
    await asyncio.to_thread(way, [download], 2)
    return download


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# The lesson


def test_every_file_is_brought_and_checked(any_way: Way, server: FileServer) -> None:
    files = plan_files(12, 0.01, 0, seed=1)
    batch = from_server(server, files, 4)
    any_way(batch, 4)
    assert [download.state for download in batch] == ["done"] * 12
    assert [download.digest for download in batch] == [file.digest for file in files]


@pytest.mark.parametrize(
    ("name", "peak"), [("one by one", 1), ("threads", 4), ("asyncio", 4)]
)
def test_no_more_than_the_limit_are_in_flight(
    name: str, peak: int, server: FileServer
) -> None:
    files = [File(f"{n}", latency=0.05, faults="503" * (n % 2)) for n in range(12)]
    repeat = Repeat(from_server(server, files, 4))
    by_name(name)(repeat.downloads, 4)
    assert {download.state for download in repeat.downloads} == {"done"}
    assert repeat.peak == peak


@pytest.mark.parametrize(
    ("fault", "name"),
    [("503", "HTTP 503"), ("truncated", "truncated")],
)
def test_a_fault_is_named_and_tried_again(
    any_way: Way, server: FileServer, fault: str, name: str
) -> None:
    mended, hopeless = File("a", faults=fault), File("b", faults=",".join([fault] * 5))
    batch = from_server(server, [mended, hopeless], 2)
    any_way(batch, 2)
    assert [download.state for download in batch] == ["done", "failed"]
    assert [download.failures for download in batch] == [[name], [name] * 3]


def test_a_stall_ends_at_the_deadline(any_way: Way, server: FileServer) -> None:
    download = Download(server.url(File("a", faults="stall")), deadline=0.4)
    any_way([download], 1)
    assert (download.state, download.failures) == ("done", ["timed out"])


def test_a_body_that_is_not_the_right_one_fails(way: Way, server: FileServer) -> None:
    url, other = server.url(File("a", seed=1)), File("a", seed=2)
    download = Download(url, digest=other.digest)
    way([download], 1)
    assert download.failures == ["wrong digest"] * 3


def test_states_come_in_order(way: Way, server: FileServer) -> None:
    download = Download(server.url(File("a", faults="truncated")))
    way([download], 1)
    assert [state for _, state in download.changes] == [
        *("waiting", "receiving", "failed"),
        *("waiting", "receiving", "done"),
    ]


# Files are written whole or not at all


def test_a_folder_gets_whole_files_only(
    way: Way, server: FileServer, tmp_path: Path
) -> None:
    whole, mended = File("whole"), File("mended", faults="truncated")
    broken = File("broken", faults="truncated,503,truncated")
    batch = from_server(server, [whole, mended, broken], 3, str(tmp_path))
    way(batch, 3)
    assert names(tmp_path) == {"whole", "mended"}
    assert (tmp_path / "mended").read_bytes() == mended.body()


async def test_cancelling_leaves_no_partial_file(serve: Serve, tmp_path: Path) -> None:
    url = await serve(OK, b"Content-Length: 9\r\n\r\nhalf", stall=True)
    download, waits = Download(url, tmp_path / "a"), Download("http://a/")
    async with (
        asyncio.timeout(PATIENCE),
        AsyncSession([download, waits]) as session,
        asyncio.TaskGroup() as group,
    ):
        lesson = downloader.download_in_tasks(session, [url, waits.url], 1)  # type: ignore[arg-type]
        task = group.create_task(lesson)
        while download.state != "receiving":  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert names(tmp_path) == {".a.part"}
        task.cancel()
    assert task.cancelled()
    assert names(tmp_path) == set()
    assert [download.state, waits.state] == ["receiving", "queued"]


async def test_leaving_a_session_wakes_its_threads(serve: Serve) -> None:
    urls = [
        await serve(stall=True),
        await serve(OK, b"\r\nhalf", stall=True),
        "http://a/",
    ]
    downloads = [Download(url) for url in urls]
    lesson = downloader.download_in_threads
    with ThreadPoolExecutor(1) as pool:
        with Session(downloads) as session:
            future = pool.submit(lesson, session, urls, 2)  # type: ignore[arg-type]
            states = ["waiting", "receiving", "queued"]
            while [each.state for each in downloads] != states:  # noqa: ASYNC110
                await asyncio.sleep(0)
        replies = await asyncio.wait_for(asyncio.wrap_future(future), PATIENCE)
    assert [repr(reply) for reply in replies] == [
        "RuntimeError('the session is closed')"
    ] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_ends_threads_that_wait() -> None:
    """A server that never answers holds four threads; a minute is their deadline."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        command = [sys.executable, "-m", "demos.downloader", "--concurrency", "4"]
        for way in range(4):
            command += ["--url", f"{url}{way}"]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as demo:
            silent.settimeout(PATIENCE)
            connection, _ = silent.accept()
            with connection:
                demo.send_signal(signal.SIGINT)
                said, _ = demo.communicate(timeout=PATIENCE / 2)
    assert demo.returncode == 130
    assert b"Traceback" not in said


# Other people's servers


async def test_an_address_is_asked_of_another_server(
    way: Way, serve: Serve, tmp_path: Path
) -> None:
    last = await serve(OK, b"Content-Length: 4\r\n\r\nhere")
    first = await serve(b"HTTP/1.1 302 Found\r\nLocation: ", last.encode(), b"\r\n\r\n")
    download = await bring(way, first, tmp_path / "a")
    assert download.state == "done"
    assert (tmp_path / "a").read_bytes() == b"here"


async def test_a_chunked_body_is_put_together(
    way: Way, serve: Serve, tmp_path: Path
) -> None:
    chunks = b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n"
    whole = await bring(way, await serve(OK, chunks, b"0\r\n\r\n"), tmp_path / "a")
    cut = await bring(way, await serve(OK, chunks))
    assert (whole.state, whole.measured) == ("done", True)
    assert (tmp_path / "a").read_bytes() == b"onetwo"
    assert (cut.state, cut.failures) == ("failed", ["truncated"] * 3)


async def test_a_compressed_body_is_unpacked(
    way: Way, serve: Serve, tmp_path: Path
) -> None:
    async def send(packed: bytes) -> Download:
        head = f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        return await bring(way, await serve(OK, head.encode(), packed), tmp_path / "a")

    packed = gzip.compress(BODY) + gzip.compress(b"second member")
    assert (await send(packed)).state == "done"
    assert (tmp_path / "a").read_bytes() == BODY + b"second member"
    assert (await send(packed[:-9])).failures == ["truncated gzip"] * 3
    assert (await send(b"not packed")).failures == ["broken gzip"] * 3


async def test_a_body_without_a_length_is_not_vouched_for(
    way: Way, serve: Serve
) -> None:
    download = await bring(way, await serve(OK, b"\r\n", BODY))
    assert (download.state, download.size) == ("done", len(BODY))
    assert not download.measured


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n", "more than 10 redirects"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not an HTTP answer"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "not an HTTP answer"),
        (OK + b"no header\r\n\r\n", "not an HTTP answer"),
        (OK + b"Content-Length: many\r\n\r\n", "not an HTTP answer"),
    ],
)
@pytest.mark.parametrize("stall", [False, True])
async def test_what_cannot_be_mended_is_tried_once(
    way: Way, serve: Serve, answer: bytes, failure: str, stall: bool
) -> None:
    download = await bring(way, await serve(answer, stall=stall))
    assert (download.state, download.failures) == ("failed", [failure])


async def test_a_reset_in_the_middle_of_a_body_is_tried_again(way: Way) -> None:
    download = Download("", deadline=PATIENCE)

    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 9\r\n\r\nhalf")
        while download.state != "receiving":  # noqa: ASYNC110
            await asyncio.sleep(0)
        at_once = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    async with await asyncio.start_server(reset, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        download.url = f"http://127.0.0.1:{port}/"
        await asyncio.to_thread(way, [download], 1)
    assert download.failures == ["connection reset"] * 3


async def test_a_head_that_breaks_off_is_tried_again(way: Way, serve: Serve) -> None:
    download = await bring(way, await serve(OK + b"Content-Le"))
    assert download.failures == ["connection reset"] * 3


async def test_a_plain_port_has_no_tls(way: Way, serve: Serve) -> None:
    plain = await serve(b"plain text\r\n\r\n")
    download = await bring(way, plain.replace("http:", "https:"))
    assert download.failures == ["no TLS on that port"]


def test_a_host_that_cannot_be_reached_is_named(way: Way) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = Download(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
        unknown = Download("http://nobody.invalid/")
        odd = Download("http://a..b/")
        way([closed, unknown, odd], 2)
    assert closed.failures == ["connection refused"]
    assert unknown.failures == odd.failures == ["the name does not resolve"]


async def test_a_head_that_trickles_ends_at_the_deadline(
    way: Way, serve: Serve
) -> None:
    download = Download(await serve(OK, b"X-Never: end", stall=True), deadline=0.2)
    await asyncio.to_thread(way, [download], 1)
    assert download.failures == ["timed out"] * 3


# The command


def test_urls_are_reported_one_by_one(
    server: FileServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = server.url(File("a")), f"{server.origin}/nothing"
    with pytest.raises(Exit) as caught:
        downloader.main(url=[good, bad], to=str(tmp_path / "new" / "folder"))
    assert (caught.value.code, str(caught.value)) == (1, "1 of 2 URLs failed")
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith(f"● {good}: 16,384 bytes")]
    assert [line for line in lines if line.startswith(f"× {bad}: HTTP 500")]
    assert names(tmp_path / "new" / "folder") == {"a"}


def test_a_url_that_is_given_twice_is_brought_once(
    server: FileServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.url(File("a"))
    assert downloader.main(url=[url, url]).startswith("1 URLs: one by one ")
    assert capsys.readouterr().out.count(url) == 1


def test_no_line_has_a_password(
    server: FileServer, capsys: pytest.CaptureFixture[str]
) -> None:
    good = server.url(File("a")).replace("http://", "http://me:secret@")
    bad = f"{server.origin}/nothing".replace("http://", "http://me:secret@")
    with pytest.raises(Exit) as caught:
        downloader.main(url=[good, bad])
    with pytest.raises(Exit) as refused:
        downloader.main(url=["ftp://me:secret@a/b"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith(f"● {server.origin}/")]
    assert [line for line in lines if line.startswith(f"× {server.origin}/nothing")]
    said = [*lines, str(caught.value), str(refused.value)]
    assert not [line for line in said if "secret" in line]


@pytest.mark.parametrize("url", ["nonsense", "ftp://a/b", "http://", "http://[::/"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--url"):
        downloader.main(url=[url])


def test_flags_that_exclude_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--sweep"):
        downloader.main(sweep=True, to=str(tmp_path))


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--to"):
        downloader.main(to=str(tmp_path / "file"))
