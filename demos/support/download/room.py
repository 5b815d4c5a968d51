"""Where the downloader's lesson runs: it gets sessions and files, and is measured."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Any

from invoke.exceptions import Exit
from rich.text import Text

from demos.support.console import console
from demos.support.download.addresses import address
from demos.support.download.downloads import Download, Downloads, file_names
from demos.support.download.file_server import File, FileServer, file_server, plan_files
from demos.support.download.screen import Screen
from demos.support.download.sessions import AsyncSession, Session
from demos.support.download.sweep import Sweep
from demos.support.download.variants import Variant, lost, missing, outcomes
from demos.support.download.waterfall import Waterfall
from demos.support.flags import UsageError

TOO_LONG = 30.0  # seconds: what would take more one after another is not run so
PERIOD = 0.1  # seconds from one look for a Ctrl-C to the next
SWEEP = (1, 10, 100, 1000)  # downloads at once

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
    lesson: Lesson, limit: int, latencies: Sequence[float] = ()
) -> list[Variant]:
    """Return the lesson's three ways, the same limit for those that have one."""
    one_by_one, in_threads, in_tasks = lesson

    def alone(downloads: Downloads) -> None:
        in_session(downloads, one_by_one)

    def threads(downloads: Downloads) -> None:
        in_session(downloads, in_threads, limit)

    def tasks(downloads: Downloads) -> None:
        asyncio.run(in_async_session(downloads, in_tasks, limit))

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
    downloads: Downloads, download: Callable[..., Awaitable[Replies]], limit: int
) -> None:
    """Carry out downloads with a function that gets a session, URLs and the limit."""
    urls = [download.url for download in downloads]
    async with AsyncSession(downloads) as session:
        raise_mistakes(downloads, await download(session, urls, limit))


def raise_mistakes(downloads: Downloads, replies: Replies) -> None:
    """Raise an error that is none of a download that failed: one of the code."""
    for download, reply in zip(downloads, replies, strict=True):
        if isinstance(reply, Exception) and download.state != "failed":
            raise reply


def race_files(
    lesson: Lesson, files: Sequence[File], to: str | None, limit: int, repeat: int
) -> str:
    """Race the ways on files of the local server, and say what was seen.

    Raises Exit if a file was lost.
    """
    latencies = [file.latency for file in files]
    limit = min(limit, len(files))
    late = mean(latencies)
    each = f"{late:.2g} s" if late >= 1 else f"{late * 1000:.2g} ms"
    title = f"{len(files):,} files, {limit:,} at once · simulated {each}, loopback"
    ways = variants(lesson, limit, latencies)
    picture = Waterfall(title, ways, repeat)
    with file_server(limit) as server, Screen(picture) as screen:
        warm_up(ways, server)
        screen.run(ways, lambda: from_server(server, files, limit, to), repeat)
    if gone := missing(ways):
        raise Exit(f"files lost in a run: {gone} of {len(files)}", code=1)
    return what_was_seen(*ways)


def from_server(
    server: FileServer, files: Sequence[File], limit: int, to: str | None = None
) -> Downloads:
    """Return new downloads of `files`, `limit` at once, and what is known of them."""
    patience = 1 + 4 * max(file.latency for file in files) + limit / 100
    return [
        Download(
            server.url(file),
            Path(to, file.name) if to else None,
            patience,
            file.digest,
        )
        for file in files
    ]


def warm_up(variants: Sequence[Variant], server: FileServer) -> None:
    """Let each variant do a little that is not measured."""
    for variant in variants:
        variant.download(from_server(server, plan_files(10, 0, 0, 0), 10))


def what_was_seen(alone: Variant, threads: Variant, tasks: Variant) -> str:
    """Return the closing line of a race: what the figures show, and no more.

    Where it took too long to run the first way, its lower bound stands for it.
    """
    slow = alone.bound if alone.skipped else median(alone.times)
    faster, faster_too = (slow / median(way.times) for way in (threads, tasks))
    figures = f"threads {times(faster)}, asyncio {times(faster_too)}"
    line = f"{threads.limit:,} at once: {figures}"
    low, high = sorted([faster, faster_too])
    if high < 1.2 and low > 1 / 1.2:
        return f"{line}: all three are alike"
    if low >= 2 and high < 1.2 * low:
        return f"{line}: concurrency wins, not asyncio"
    return line


def times(factor: float) -> str:
    """Return how many times as fast something is: "9.2 ×", "666 ×"."""
    return f"{factor:.0f} ×" if factor >= 100 else f"{factor:.1f} ×"


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
    with Screen(Waterfall(title, ways, repeat)) as screen:
        screen.run(ways, lambda: [*map(Download, urls, paths)], repeat)
    for downloads in outcomes(ways):
        console.print(report(downloads), soft_wrap=True)
    if gone := missing(ways):
        raise Exit(f"{gone} of {len(urls)} URLs failed", code=1)
    took = ", ".join(f"{way.name} {median(way.times):.2f} s" for way in ways)
    return f"{len(urls)} URLs: {took}"


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
    lesson: Lesson, latency: float, error_rate: float, seed: int, repeat: int
) -> str:
    """Run threads and asyncio with ever more downloads at once, two files for each."""
    plans = {limit: plan_files(2 * limit, latency, error_rate, seed) for limit in SWEEP}
    steps = {
        limit: variants(lesson, limit, [file.latency for file in plan])[1:]
        for limit, plan in plans.items()
    }
    title = f"two files a slot · simulated {latency:g} s each, loopback"
    picture = Sweep(title, [*steps.values()])
    with file_server(max(SWEEP)) as server, Screen(picture) as screen:
        warm_up(steps[10], server)
        for limit in SWEEP:
            new = partial(from_server, server, plans[limit], limit)
            screen.run(steps[limit], new, repeat)
    threads, tasks = steps[1000]
    took = f"asyncio {median(tasks.times):.2f} s, threads {median(threads.times):.2f} s"
    return f"1,000 at once: {took} and {threads.cpu / tasks.cpu:.1f} × the CPU time"
