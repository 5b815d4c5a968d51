"""Where the downloader's lesson runs: it gets sessions and files, and is measured."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from invoke.exceptions import Exit
from rich.text import Text

from demos.support.console import console
from demos.support.download.addresses import address
from demos.support.download.downloads import Download, Downloads, file_names
from demos.support.download.file_server import File, FileServer, file_server, plan_files
from demos.support.download.same_client import SameClientSession
from demos.support.download.screen import Screen
from demos.support.download.sessions import AsyncSession, Session
from demos.support.download.sweep import Sweep
from demos.support.download.variants import Variant, lost, missing, outcomes
from demos.support.download.verdict import (
    medians,
    refuse_odd,
    what_was_seen,
    what_was_swept,
)
from demos.support.download.waterfall import Waterfall
from demos.support.flags import UsageError
from demos.support.samples import LEAST

TOO_LONG = 30.0  # seconds: what would take more one after another is not run so
PERIOD = 0.1  # seconds from one look for a Ctrl-C to the next
SWEEP = (1, 10, 100, 1000)  # downloads at once
LATER = 5  # times as late as in a race: it takes a while to start a thousand threads
WORK = 0.001  # seconds a download takes beside its latency: a guess
PLANNED = 8.0  # seconds for three rounds: if they take longer, they may take any time

Replies = list[bytes | Exception]
Lesson = tuple[  # one by one, in threads, in tasks
    Callable[[Any, list[str]], Replies],
    Callable[[Any, list[str], int], Replies],
    Callable[[Any, list[str], int], Awaitable[Replies]],
]


def check(sweep: bool, urls: Sequence[str], to: str | None) -> None:
    """Raise UsageError for flags that make no sense; make the folder `to`."""
    if sweep and (urls or to):
        raise UsageError("--sweep has its own files: leave out --url and --to")
    for url in urls:
        try:
            address(url)
        except ValueError:
            tail = url.rpartition("@")[2]  # not the password
            problem = f"--url takes an address that begins with http, not {tail!r}"
            raise UsageError(problem) from None
    try:
        if to:
            Path(to).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--to {to}: {error.strerror or error}") from None


def variants(
    lesson: Lesson,
    limit: int,
    latencies: Sequence[float] = (),
    session: type[AsyncSession | SameClientSession] = AsyncSession,
) -> list[Variant]:
    """Return the lesson's three ways, the same limit for those that have one.

    `session` is what the tasks get.
    """
    one_by_one, in_threads, in_tasks = lesson

    def alone(downloads: Downloads) -> None:
        in_session(downloads, one_by_one)

    def threads(downloads: Downloads) -> None:
        in_session(downloads, in_threads, limit)

    def tasks(downloads: Downloads) -> None:
        asyncio.run(in_async_session(session, downloads, in_tasks, limit))

    too_long = sum(latencies) > TOO_LONG
    return [
        Variant("one by one", "sync", alone, 1, latencies, skipped=too_long),
        Variant("threads", "threads", threads, limit, latencies),
        Variant("asyncio", "asyncio", tasks, limit, latencies),
    ]


def in_session(
    downloads: Downloads, download: Callable[..., Replies], *limit: int
) -> None:
    """Carry out downloads with a function that gets a session, URLs and the limit.

    It runs in a thread: after a Ctrl-C the session ends first, and what waits in it.
    That may come too early, or on Windows, to break into a wait without an end.
    """
    urls = [download.url for download in downloads]
    with ThreadPoolExecutor(1) as pool, Session(downloads) as session:
        future = pool.submit(download, session, urls, *limit)
        while not future.done():
            wait([future], PERIOD)
    raise_mistakes(downloads, future.result())


async def in_async_session(
    session: type[AsyncSession | SameClientSession],
    downloads: Downloads,
    download: Callable[..., Awaitable[Replies]],
    limit: int,
) -> None:
    """Carry out downloads with a function that gets a session, URLs and the limit."""
    urls = [download.url for download in downloads]
    async with session(downloads) as opened:
        raise_mistakes(downloads, await download(opened, urls, limit))


def raise_mistakes(downloads: Downloads, replies: Replies) -> None:
    """Raise an error that is none of a download that failed: one of the code."""
    for download, reply in zip(downloads, replies, strict=True):
        if isinstance(reply, Exception) and download.state != "failed":
            raise reply


def race_files(
    lesson: Lesson,
    files: Sequence[File],
    to: str | None,
    limit: int,
    repeat: int | None,
) -> str:
    """Race the ways on files of the local server, and say what was seen.

    Raises Exit if a file was lost, TooBusy if times cannot be or are too unsteady.
    """
    latencies = [file.latency for file in files]
    limit = min(limit, len(files))
    each = in_words(mean(latencies))
    title = f"{len(files):,} files, {limit:,} at once · simulated {each}, loopback"
    ways = variants(lesson, limit, latencies)
    with file_server(limit) as server, Screen(Waterfall(title, ways)) as screen:
        new = partial(from_server, server, files, limit, to)
        screen.run(ways, new, partial(few, server), repeat or rounds(ways, files))
    if gone := missing(ways):
        raise Exit(f"files lost in a run: {gone} of {len(files)}", code=1)
    refuse_odd(ways)
    return what_was_seen(*ways)


def in_words(latency: float) -> str:
    """Return a latency as people say it: "300 ms", "1.5 s"."""
    return f"{latency:.2g} s" if latency >= 1 else f"{latency * 1000:.0f} ms"


def rounds(ways: Sequence[Variant], files: Sequence[File]) -> int | None:
    """Return how many rounds to run: None for as many as there is time for.

    Where three take long even on an idle machine, or nobody knows how long, as some
    files will fail, there are three, whatever they take.
    """
    raced = [way for way in ways if not way.skipped]
    seconds = LEAST * sum(way.bound + WORK * len(files) for way in raced)
    failing = any(file.faults.strip(",") for file in files)
    return LEAST if failing or seconds > PLANNED else None


def from_server(
    server: FileServer, files: Sequence[File], limit: int, to: str | None = None
) -> Downloads:
    """Return new downloads of `files`, `limit` at once, and what is known of them."""
    soon = 1 + 4 * max(file.latency for file in files) + limit / 100
    return [
        Download(
            server.url(file),
            Path(to, file.name) if to else None,
            digest=file.digest,
            stalls=dict.fromkeys(file.stalls, soon),
        )
        for file in files
    ]


def few(server: FileServer) -> Downloads:
    """Return new downloads to warm up: some that take no time."""
    return from_server(server, plan_files(10, 0, 0, 0), 10)


def race_urls(
    lesson: Lesson, given: Sequence[str], to: str | None, limit: int, repeat: int
) -> str:
    """Race the ways on other people's servers, and say how each URL went.

    Raises Exit if one could not be had.
    """
    urls = [*dict.fromkeys(given)]  # each once
    paths = [Path(to, name) if to else None for name in file_names(urls)]
    ways = variants(lesson, limit)
    title = f"URLs: {len(urls)}, {limit} at once · not warmed up"
    with Screen(Waterfall(title, ways)) as screen:
        screen.run(ways, lambda: [*map(Download, urls, paths)], list, repeat)
    for downloads in outcomes(ways):
        console.print(report(downloads), soft_wrap=True)
    if gone := missing(ways):
        raise Exit(f"{gone} of {len(urls)} URLs failed", code=1)
    return f"{len(urls)} URLs: {medians(ways)}"


def report(downloads: Downloads) -> Text:
    """Return a line on a URL: what came of its downloads in all runs."""
    last = downloads[-1]
    name = address(last.url).with_user(None)  # nor with a password
    if failed := lost(downloads):
        why = ", then ".join(failed[-1].failures)
        runs = f"in {len(failed)} of {len(downloads)} runs"
        return Text.assemble(("× ", "failed"), f"{name}: {why} ({runs})")
    return Text.assemble(
        ("● ", "done"),
        f"{name}: {last.size:,} bytes, SHA-256 {(last.digest or '')[:12]}…",
        "" if last.measured else ", no length given: it may be cut short",
    )


def sweep_limits(
    lesson: Lesson, latency: float, error_rate: float, seed: int, repeat: int | None
) -> str:
    """Run threads and asyncio with an ever higher limit, a file for each slot.

    Raises TooBusy if times cannot be or are too unsteady.
    """
    late = LATER * latency
    plans = {limit: plan_files(limit, late, error_rate, seed) for limit in SWEEP}
    steps = []
    for limit, plan in plans.items():
        latencies = [file.latency for file in plan]
        steps.append(variants(lesson, limit, latencies, SameClientSession)[1:])
    title = f"a file a slot · simulated {in_words(late)}, loopback"
    with file_server(max(SWEEP)) as server, Screen(Sweep(title, steps)) as screen:
        for step, (limit, plan) in zip(steps, plans.items(), strict=True):
            new = partial(from_server, server, plan, limit)
            screen.run(step, new, partial(few, server), repeat or LEAST)
    for step in steps:
        refuse_odd(step)
    return what_was_swept(steps)
