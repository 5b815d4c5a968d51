"""Where the downloader's lesson runs: it gets sessions and files, and is measured."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from statistics import mean, median
from typing import Any

from invoke.exceptions import Exit
from rich.text import Text

from demos.support.console import console
from demos.support.download.addresses import address, is_of_the_web, shown
from demos.support.download.downloads import Download, Downloads, file_names
from demos.support.download.file_server import File, FileServer, file_server, plan_files
from demos.support.download.screen import Screen
from demos.support.download.sessions import AsyncSession, Session
from demos.support.download.sweep import Sweep
from demos.support.download.variants import Variant, lost, outcomes
from demos.support.download.waterfall import race
from demos.support.flags import UsageError

TOO_LONG = 30.0  # seconds: what would take more one after another is not run so
PERIOD = 0.1  # seconds from one look for a Ctrl-C to the next
SWEEP = (1, 10, 100, 1000)  # downloads at once
STYLES = {"one by one": "sync", "threads": "threads", "asyncio": "asyncio"}

Replies = list[bytes | Exception]
Way = Callable[[Downloads, int], None]  # carries out downloads, so many at once
Ways = Mapping[str, Way]  # by name


def check(sweep: bool, urls: Sequence[str], to: str | None) -> None:
    """Raise UsageError for flags that make no sense; make the folder `to`."""
    if sweep and (urls or to):
        raise UsageError("--sweep has its own files: leave out --url and --to")
    for url in urls:
        if not is_of_the_web(url):
            tail = url.rpartition("@")[2]  # not the password
            raise UsageError(
                f"--url takes an address that begins with http, not {tail!r}"
            )
    try:
        if to:
            Path(to).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--to {to}: {error.strerror or error}") from None


def ways(
    one_by_one: Callable[[Any, list[str]], Replies],
    in_threads: Callable[[Any, list[str], int], Replies],
    in_tasks: Callable[[Any, list[str], int], Awaitable[Replies]],
) -> Ways:
    """Return the lesson's three ways to download, each with a session that watches."""

    def run_alone(downloads: Downloads, limit: int) -> None:
        in_session(downloads, one_by_one)

    def run_threads(downloads: Downloads, limit: int) -> None:
        in_session(downloads, in_threads, limit)

    async def watch(downloads: Downloads, limit: int) -> None:
        urls = [download.url for download in downloads]
        async with AsyncSession(downloads) as session:
            raise_mistakes(downloads, await in_tasks(session, urls, limit))

    def run_tasks(downloads: Downloads, limit: int) -> None:
        asyncio.run(watch(downloads, limit))

    return {"one by one": run_alone, "threads": run_threads, "asyncio": run_tasks}


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


def raise_mistakes(downloads: Downloads, replies: Replies) -> None:
    """Raise an error that is none of a download that failed: one of the code."""
    for download, reply in zip(downloads, replies, strict=True):
        if isinstance(reply, Exception) and download.state != "failed":
            raise reply


def variants(ways: Ways, limit: int, latencies: Sequence[float] = ()) -> list[Variant]:
    """Return the ways to be measured, with the same limit where there is one."""
    alone, *others = (
        Variant(name, STYLES[name], way, limit, latencies) for name, way in ways.items()
    )
    alone.limit = 1
    alone.skipped = alone.bound > TOO_LONG
    return [alone, *others]


def race_files(
    ways: Ways, files: Sequence[File], to: str | None, limit: int, repeat: int
) -> str:
    """Race the ways on files of the local server, and say what was seen.

    Raises Exit if a file was lost.
    """
    latencies = [file.latency for file in files]
    title = f"{len(files)} files, {limit} at once · "
    title += f"simulated {mean(latencies):.2g} s each, loopback"
    raced = variants(ways, limit, latencies)
    with file_server(limit) as server:
        warm_up(raced, server)
        race(title, raced, lambda: from_server(server, files, limit, to), repeat)
    if missing := sum(1 for downloads in outcomes(raced) if lost(downloads)):
        raise Exit(f"{missing} of {len(files)} files were lost in a run", code=1)
    return what_was_seen(*raced)


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
        variant.download(from_server(server, plan_files(10, 0, 0, 0), 10), 10)


def what_was_seen(alone: Variant, threads: Variant, tasks: Variant) -> str:
    """Return the closing line of a race: what the figures show, and no more."""
    begin = f"{threads.limit} at once: "
    if alone.skipped:
        return (
            f"{begin}threads {median(threads.times):.2f} s, asyncio "
            f"{median(tasks.times):.2f} s; one by one would take {alone.bound:,.0f} s"
        )
    faster, faster_too = (
        median(alone.times) / median(way.times) for way in (threads, tasks)
    )
    figures = f"{begin}threads {faster:.1f} ×, asyncio {faster_too:.1f} × as fast"
    if max(faster, faster_too) > 1.2 * min(faster, faster_too):
        return figures
    if min(faster, faster_too) >= 2:
        return f"{figures}: concurrency wins, not asyncio"
    if max(faster, faster_too) < 1.2:
        return f"{figures}: all three are alike"
    return figures


def race_urls(
    ways: Ways, urls: Sequence[str], to: str | None, limit: int, repeat: int
) -> str:
    """Race the ways on other people's servers, and say how each URL went.

    Raises Exit if one could not be had.
    """
    paths = [Path(to, name) if to else None for name in file_names(urls)]
    raced = variants(ways, limit)
    race(
        f"URLs: {len(urls)}, {limit} at once · not warmed up",
        raced,
        lambda: [Download(url, path) for url, path in zip(urls, paths, strict=True)],
        repeat,
    )
    missing = 0
    for downloads in outcomes(raced):
        problem = lost(downloads)
        missing += bool(problem)
        console.print(report(downloads[-1], problem), soft_wrap=True)
    if missing:
        raise Exit(f"{missing} of {len(urls)} URLs failed", code=1)
    took = ", ".join(f"{way.name} {median(way.times):.2f} s" for way in raced)
    return f"{len(urls)} URLs: {took}"


def report(download: Download, problem: str) -> Text:
    """Return a line on a URL: what came of it, or the problem."""
    name = shown(address(download.url))
    if problem:
        return Text.assemble(("× ", "failed"), f"{name}: {problem}")
    return Text.assemble(
        ("● ", "done"),
        f"{name}: {download.size:,} bytes, SHA-256 {(download.digest or '')[:12]}…",
        "" if download.measured else ", no length given: it may be cut short",
    )


def sweep_limits(
    ways: Ways, latency: float, error_rate: float, seed: int, repeat: int
) -> str:
    """Run threads and asyncio with ever more downloads at once, two files for each."""
    plans = [plan_files(2 * limit, latency, error_rate, seed) for limit in SWEEP]
    steps = [
        variants(ways, limit, [file.latency for file in plan])[1:]
        for limit, plan in zip(SWEEP, plans, strict=True)
    ]
    title = f"two files a slot · simulated {latency:g} s each, loopback"
    with (
        file_server(max(SWEEP)) as server,
        Screen(Sweep(title, steps)) as screen,
    ):
        warm_up(steps[0], server)
        for plan, raced in zip(plans, steps, strict=True):
            for way in random.sample(raced * repeat, len(raced) * repeat):
                screen.run(way, from_server(server, plan, way.limit))
    threads, tasks = steps[-1]
    took = f"asyncio {median(tasks.times):.2f} s, threads {median(threads.times):.2f} s"
    return f"1,000 at once: {took} and {threads.cpu / tasks.cpu:.1f} × the CPU time"
