"""Both sessions take all answers alike: right is what curl -L --compressed does."""

import asyncio
import gzip
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from demos import downloader
from demos.support.download import connection, sessions
from demos.support.download.downloads import Download
from demos.support.download.sessions import AsyncSession, Session
from tests.support.download.web import answer, web

BODY = bytes(range(256)) * 40
GZIP = "Content-Encoding: gzip"
SIGNED = "/signed%28a%29%27.txt?to=%2Ffile&sig=a%2Bb%3D"
ODD = "/%7e%2f|{a}'(b);c,~?q=%c3%a9&&x=[1]"
NEXT = answer(b"next")

Replies = list[bytes | Exception]


@dataclass
class Row:
    """What is asked, what comes, and what must become of it."""

    title: str
    target: str
    answers: dict[str, Sequence[bytes]]
    reply: bytes | str  # the body, or the name of the failure
    requests: tuple[str, ...] = ()  # targets; the one that is asked unless said
    user: str = ""


def moved(place: str | bytes) -> bytes:
    raw = place.encode() if isinstance(place, str) else place
    return answer(b"It is over there.", b"Location: " + raw, status=302)


def one(target: str, *answers: bytes) -> tuple[str, dict[str, Sequence[bytes]]]:
    return target, {target: answers}


ROWS = [
    Row(
        "a password in the address",
        *one("/private", answer(b"yours")),
        b"yours",
        user="me:secret@",
    ),
    Row(
        "103 Early Hints and other 1xx before the 200",
        *one(
            "/early",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
            b"Link: </style.css>; rel=preload\r\n\r\n" + answer(b"in time"),
        ),
        b"in time",
    ),
    Row(
        "a redirect in raw UTF-8",
        "/menu",
        {"/menu": [moved("/café.txt")], "/caf%C3%A9.txt": [answer(b"au lait")]},
        b"au lait",
        ("/menu", "/caf%C3%A9.txt"),
    ),
    Row(
        "a redirect with a space",
        "/menu",
        {"/menu": [moved("/a b?c d")], "/a%20b?c%20d": [answer(b"spaced")]},
        b"spaced",
        ("/menu", "/a%20b?c%20d"),
    ),
    Row(
        "a header of 12,000 bytes",
        *one("/long", answer(b"body", "X-Long: " + "x" * 12_000)),
        b"body",
    ),
    Row(
        "150 headers",
        *one("/many", answer(b"body", *(f"X-{n}: {n}" for n in range(150)))),
        b"body",
    ),
    Row(
        "a header beyond what a library takes",
        *one("/longer", answer(b"body", "X-Long: " + "x" * 200_000)),
        "headers of more than 64 KiB",
    ),
    Row(
        "headers that are too long together, beyond one library's limit",
        *one("/more", answer(b"body", *(f"X-{n}: " + "x" * 50 for n in range(5000)))),
        "headers of more than 64 KiB",
    ),
    Row(
        "headers that are too long together, below both libraries' limits",
        *one("/most", answer(b"body", *(f"X-{n}: " + "x" * 50 for n in range(1200)))),
        "headers of more than 64 KiB",
    ),
    Row(
        "tiny headers without an end",
        *one("/flood", b"HTTP/1.1 200 OK\r\n" + b"X: b\r\n" * 70_000),
        "headers of more than 64 KiB",
    ),
    Row("a signed address", *one(SIGNED, answer(b"signed")), b"signed"),
    Row("an odd address", *one(ODD, answer(b"as it was")), b"as it was"),
    Row(
        "a signed address after a redirect",
        "/to",
        {"/to": [moved(SIGNED)], SIGNED: [answer(b"signed")]},
        b"signed",
        ("/to", SIGNED),
    ),
    Row(
        "an odd address after a redirect",
        "/to",
        {"/to": [moved(ODD)], ODD: [answer(b"as it was")]},
        b"as it was",
        ("/to", ODD),
    ),
    Row("no byte, and that in gzip", *one("/none", answer(b"", GZIP)), b""),
    Row("gzip", *one("/a.txt", answer(gzip.compress(BODY), GZIP)), BODY),
    Row(
        "gzip in members",
        *one("/a", answer(gzip.compress(BODY) + gzip.compress(b"!"), GZIP)),
        BODY + b"!",
    ),
    *(
        Row(
            f"gzip that is called {suffix}",
            *one(f"/src.{suffix}", answer(gzip.compress(BODY, mtime=0), GZIP)),
            gzip.compress(BODY, mtime=0),
        )
        for suffix in ("tar.gz", "tgz", "svgz", "GZ")
    ),
    Row(
        "503, and when to come again",
        *one("/busy", answer(b"", "Retry-After: 0", status=503), answer(b"free")),
        b"free",
        ("/busy", "/busy"),
    ),
    Row(
        "429, and a long time to wait",
        *one("/all", answer(b"", "Retry-After: 86400", status=429), answer(b"now")),
        b"now",
        ("/all", "/all"),
    ),
    Row(
        "429, and a far day to wait for",
        *one(
            "/day",
            answer(b"", "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT", status=429),
            answer(b"now"),
        ),
        b"now",
        ("/day", "/day"),
    ),
    Row(
        "503, and nonsense about when to come again",
        *one(
            "/odd",
            answer(b"", "Retry-After: soon", status=503),
            answer(b"now"),
        ),
        b"now",
        ("/odd", "/odd"),
    ),
    Row(
        "503, and a day that no calendar has",
        *one(
            "/never",
            answer(
                b"", "Retry-After: Mon, 31 Feb 99999999999 00:00:00 GMT", status=503
            ),
            answer(b"now"),
        ),
        b"now",
        ("/never", "/never"),
    ),
    Row(
        "a redirect within a server takes the password along",
        "/here",
        {"/here": [moved("/there")], "/there": [answer(b"yours")]},
        b"yours",
        ("/here", "/there"),
        "me:secret@",
    ),
    Row("a path that is empty", "", {"/": [answer(b"home")]}, b"home", ("/",)),
    Row("404", *one("/gone", answer(b"no", status=404)), "HTTP 404"),
    Row("a redirect to nowhere", *one("/x", answer(status=302)), "HTTP 302"),
    Row(
        "a redirect to what is no address",
        *one("/x", moved("http://[::/")),
        "redirected to no address of the web",
    ),
    Row(
        "a redirect out of the web",
        *one("/x", moved("ftp://a/b")),
        "redirected to no address of the web",
    ),
    Row(
        "a body that is coded in another way",
        *one("/x", answer(b"", "Content-Encoding: br")),
        "encoding 'br', not asked for",
    ),
    Row(
        "another coding for the way, which is not gzip for the file",
        *one("/x", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        "not an HTTP answer",
    ),
    Row(
        "101, as if we had asked", *one("/x", answer(status=101)), "not an HTTP answer"
    ),
]


def in_session(download: Download, next_: Download) -> Replies:
    with Session([download, next_]) as session:
        return downloader.download_one_by_one(session, [download.url, next_.url])  # type: ignore[arg-type]


def in_async_session(download: Download, next_: Download) -> Replies:
    async def bring() -> Replies:
        async with AsyncSession([download, next_]) as session:
            return [
                reply
                for each in (download, next_)  # a task that pauses lets others go first
                for reply in await downloader.download_in_tasks(
                    session,  # type: ignore[arg-type]
                    [each.url],
                    1,
                )
            ]

    return asyncio.run(bring())


WAYS = {"sync": in_session, "async": in_async_session}
each_way = pytest.mark.parametrize("way", WAYS)


@each_way
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
async def test_both_sessions_agree_on_an_answer(
    way: str, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloader, "LONGEST_PAUSE", 0.01)
    async with web({"/next": [NEXT], **row.answers}) as server:
        origin = f"http://{row.user}127.0.0.1:{server.port}"
        download = Download(origin + row.target, deadline=10)
        next_ = Download(f"{server.origin}/next", deadline=10)
        reply, after = await asyncio.to_thread(WAYS[way], download, next_)
    if isinstance(row.reply, bytes):
        assert reply == row.reply
        assert (download.state, download.size) == ("done", len(row.reply))
    else:
        assert ", then ".join(download.failures) == row.reply
        assert download.state == "failed"
    targets = [request.target for request in server.requests]
    assert targets == [*(row.requests or [row.target]), "/next"]
    assert after == b"next", "the next answer is not mistaken for a part of this one"
    authorizations = {r.headers.get("Authorization") for r in server.requests[:-1]}
    assert authorizations == {"Basic bWU6c2VjcmV0" if row.user else None}


@each_way
async def test_a_server_says_how_long_to_wait(way: str) -> None:
    busy = answer(b"", "Retry-After: 1", status=503)
    async with web({"/busy": [busy, answer(b"free")], "/next": [NEXT]}) as server:
        download = Download(f"{server.origin}/busy")
        next_ = Download(f"{server.origin}/next")
        replies = await asyncio.to_thread(WAYS[way], download, next_)
    assert replies == [b"free", b"next"]
    first, second, _ = server.requests
    assert second.moment - first.moment >= 1


@each_way
async def test_a_password_does_not_go_to_another_server(way: str) -> None:
    async with (
        web({"/there": [answer(b"here")], "/next": [NEXT]}) as other,
        web({"/here": [moved(f"{other.origin}/there")]}) as server,
    ):
        url = f"http://me:secret@127.0.0.1:{server.port}/here"
        next_ = Download(f"{other.origin}/next")
        replies = await asyncio.to_thread(WAYS[way], Download(url), next_)
    assert replies == [b"here", b"next"]
    assert "Authorization" in server.requests[0].headers
    assert not any("Authorization" in r.headers for r in other.requests)


@each_way
async def test_a_connection_is_kept_as_long_as_the_server_does(way: str) -> None:
    hangs_up = answer(b"bye", "Connection: close")
    async with web({"/a": [NEXT, hangs_up], "/next": [NEXT]}) as server:
        for connections in ([1, 1], [2, 3]):
            downloads = [Download(server.origin + path) for path in ("/a", "/next")]
            await asyncio.to_thread(WAYS[way], *downloads)
            used = [request.connection for request in server.requests[-2:]]
            assert used == connections


@each_way
async def test_nobody_but_the_lesson_tries_again(way: str) -> None:
    """A kept connection that breaks is a failure, too: none is mended unseen."""
    async with web({"/a": [NEXT], "/next": [b"", NEXT]}) as server:
        first, second = (Download(server.origin + path) for path in ("/a", "/next"))
        replies = await asyncio.to_thread(WAYS[way], first, second)
    assert replies == [b"next", b"next"]
    assert second.failures == ["connection reset"]
    assert server.times("/next") == 2


@each_way
async def test_a_body_of_more_than_64_mib_is_for_a_file(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demos.support.download.downloads.MOST", 5_000)
    packed = gzip.compress(BODY)
    answers = {"/a": [answer(packed, GZIP)], "/next": [NEXT]}
    async with web(answers) as server:
        first, second = (Download(server.origin + path) for path in answers)
        await asyncio.to_thread(WAYS[way], first, second)
    assert len(packed) < 5_000 < len(BODY)
    assert first.failures == ["more than 64 MiB: to keep it, add --to"]
    assert second.state == "done"


@each_way
async def test_a_body_that_is_not_read_is_no_download(way: str) -> None:
    async with web({"/a": [NEXT], "/next": [NEXT]}) as server:
        download = Download(f"{server.origin}/a")

        def sync() -> None:
            with Session([download]) as session, session.stream("GET", download.url):
                pass

        async def in_loop() -> None:
            async with (
                AsyncSession([download]) as session,
                session.get(download.url),
            ):
                pass

        run = {"sync": sync, "async": lambda: asyncio.run(in_loop())}[way]
        with pytest.raises(Exception, match="its body was not read"):
            await asyncio.to_thread(run)
    assert download.state == "failed"


@each_way
async def test_over_tls_it_is_the_same(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = Path(__file__).with_name("localhost.pem")  # a key, and a certificate of it
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(pem)
    async with web({"/a": [moved("/next")], "/next": [NEXT]}, tls) as server:
        urls = [f"https://localhost:{server.port}{path}" for path in ("/a", "/next")]
        strangers = [Download(url) for url in urls]
        await asyncio.to_thread(WAYS[way], *strangers)
        trusting = ssl.create_default_context(cafile=pem)
        for module in (connection, sessions):
            monkeypatch.setattr(module, "TLS", trusting)
        friends = [Download(url) for url in urls]
        replies = await asyncio.to_thread(WAYS[way], *friends)
    for stranger in strangers:
        assert stranger.failures == ["bad certificate: self-signed certificate"]
    assert replies == [b"next", b"next"]
    assert {request.connection for request in server.requests} == {1}
