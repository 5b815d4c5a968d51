"""Downloading many files: concurrency wins, and asyncio is one way to get it.

Run it:     invoke demo.downloader
Look for:   one by one climbs a long staircase; with ten at once it is a wall, and the
            wall of the threads is as steep as that of asyncio.
Try next:   --error-rate 0.2 (503s, resets, cut bodies, stalls), --sweep --latency 1
            (from 1 to 1,000 at once), --url URL --to FOLDER (your own files).

A local server in a process of its own sends real bodies over loopback; only its latency
is simulated. Each download counts as done when its length and its SHA-256 are right.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Annotated

from aiohttp import ClientSession
from invoke.exceptions import Exit
from rich.text import Text
from yarl import URL

from demos.support.console import console, finish
from demos.support.download.downloads import Download, Downloads, file_names
from demos.support.download.file_server import File, FileServer, file_server, plan_files
from demos.support.download.http_client import Session, async_session
from demos.support.download.screen import Screen
from demos.support.download.sweep import Sweep
from demos.support.download.variants import Variant, lost, outcomes
from demos.support.download.waterfall import race
from demos.support.flags import Flag, UsageError
from demos.support.measure import durations, python

TOO_LONG = 30.0  # seconds: what would take more one after another is not run so
SWEEP = (1, 10, 100, 1000)  # downloads at once


def fetch_sync(session: Session, download: Download) -> None:
    """Download one file, in a few attempts if need be."""
    for attempt in download.attempts():
        with (
            attempt,
            session.get(download.url, download.deadline) as response,
        ):
            attempt.begin(response)
            for piece in response.iter_any():
                attempt.write(piece)
        time.sleep(attempt.pause)


def download_sync(batch: Downloads, limit: int = 1) -> None:
    """Download one file after another."""
    with Session() as session:
        for download in batch:
            fetch_sync(session, download)


def download_threads(batch: Downloads, limit: int) -> None:
    """Download in `limit` threads."""
    with ThreadPoolExecutor(limit) as pool, Session() as session:
        fetch = partial(fetch_sync, session)
        deque(pool.map(fetch, batch), maxlen=0)


async def fetch_async(
    session: ClientSession,
    download: Download,
) -> None:
    """Download one file, in a few attempts if need be."""
    for attempt in download.attempts():
        with attempt:
            async with (
                asyncio.timeout(download.deadline),
                session.get(download.url) as response,
            ):
                attempt.begin(response)
                async for piece in response.content.iter_any():
                    attempt.write(piece)
        await asyncio.sleep(attempt.pause)


async def download_async(batch: Downloads, limit: int) -> None:
    """Download in one task a file, `limit` of them at a time."""
    slots = asyncio.Semaphore(limit)

    async def fetch(download: Download) -> None:
        async with slots:
            await fetch_async(session, download)

    async with (
        async_session() as session,
        asyncio.TaskGroup() as group,
    ):
        for download in batch:
            group.create_task(fetch(download))


def run_async(batch: Downloads, limit: int) -> None:
    """Download in an event loop of its own."""
    asyncio.run(download_async(batch, limit))


def variants(limit: int, latencies: Sequence[float] = ()) -> list[Variant]:
    """Return the three ways to download, with the same limit where there is one."""
    alone = Variant("one after another", "sync", download_sync, 1, latencies)
    alone.skipped = alone.bound > TOO_LONG
    threads = Variant("threads", "threads", download_threads, limit, latencies)
    tasks = Variant("asyncio", "asyncio", run_async, limit, latencies)
    return [alone, threads, tasks]


def from_server(
    server: FileServer, files: Sequence[File], limit: int, folder: Path | None = None
) -> Downloads:
    """Return new downloads of `files`, `limit` at once, and what is known of them."""
    patience = 1 + 4 * max(file.latency for file in files) + limit / 100
    return [
        Download(
            server.url(file),
            folder / file.name if folder else None,
            patience,
            file.size,
            file.digest,
        )
        for file in files
    ]


def main(
    files: Annotated[int, Flag("files to download", 1, 10_000)] = 40,
    concurrency: Annotated[int, Flag("downloads at once", 1, 1_000)] = 10,
    latency: Annotated[float, Flag("seconds a file takes, ± 10 %", 0.001, 60)] = 0.045,
    error_rate: Annotated[float, Flag("share of requests that fail", 0, 1)] = 0.0,
    seed: Annotated[int, Flag("seed of latencies, bodies and failures", 0)] = 7,
    repeat: Annotated[
        int | None, Flag("runs of each variant; 3, or 1 with --url, --sweep", 1, 100)
    ] = None,
    url: Annotated[list[str], Flag("a URL of your own; may be repeated")] = [],  # noqa: B006
    to: Annotated[str | None, Flag("folder to keep the files in")] = None,
    sweep: Annotated[bool, Flag("go from 1 to 1,000 downloads at once")] = False,
) -> None:
    """Race the variants and draw it."""
    if sweep and (url or to):
        raise UsageError("--sweep has its own files: leave out --url and --to")
    folder = make_folder(to) if to else None
    if sweep:
        sweep_concurrency(latency, error_rate, seed, repeat or 1)
    elif url:
        download_urls(url, folder, concurrency, repeat or 1)
    else:
        plan = plan_files(files, latency, error_rate, seed)
        download_files(plan, folder, concurrency, repeat or 3)


def make_folder(name: str) -> Path:
    """Return a folder, made if need be; raise UsageError if it cannot be."""
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--to {name}: {error.strerror or error}") from None
    return Path(name)


def warm_up(ways: Sequence[Variant], server: FileServer) -> None:
    """Let each variant do a little that is not measured."""
    for way in ways:
        way.download(from_server(server, plan_files(10, 0, 0, 0), 10), 10)


def download_files(
    files: Sequence[File], folder: Path | None, limit: int, repeat: int
) -> None:
    """Race the variants on files of the local server."""
    latencies = [file.latency for file in files]
    title = f"{len(files)} files, {limit} at once"
    server_is = f"simulated {mean(latencies):.2g} s each, loopback"
    ways = variants(limit, latencies)
    with file_server(limit) as server:
        warm_up(ways, server)
        race(
            f"{title} · {server_is} · {python()}",
            ways,
            lambda: from_server(server, files, limit, folder),
            repeat,
        )
    if missing := sum(1 for downloads in outcomes(ways) if lost(downloads)):
        raise Exit(f"{missing} of {len(files)} files were lost in a run", code=1)
    alone, threads, tasks = ways
    if alone.skipped:
        finish(
            f"{limit} at once: threads take {threads.ratio:.2f} × the bound, "
            f"asyncio {tasks.ratio:.2f} ×; one after another {alone.bound:,.0f} s",
            "invoke demo.downloader --sweep --latency 1",
        )
    else:
        broken = any(file.faults.strip(",") for file in files)
        faster = [median(alone.times) / median(way.times) for way in (threads, tasks)]
        finish(
            f"{limit} at once: threads {faster[0]:.1f} × as fast, asyncio "
            f"{faster[1]:.1f} ×: concurrency wins, not asyncio",
            "invoke demo.downloader "
            + ("--sweep --latency 1" if broken else "--error-rate 0.2 --repeat 1"),
        )


def download_urls(
    urls: Sequence[str], folder: Path | None, limit: int, repeat: int
) -> None:
    """Race the variants on other people's servers, and say how each URL went."""
    for url in urls:
        with suppress(ValueError):
            if URL(url).scheme in ("http", "https") and URL(url).host:
                continue
        raise UsageError(f"--url takes an address that begins with http, not {url!r}")
    paths = [folder / name if folder else None for name in file_names(urls)]
    ways = variants(limit)
    race(
        f"URLs: {len(urls)}, {limit} at once · not warmed up · {python()}",
        ways,
        lambda: [Download(url, path) for url, path in zip(urls, paths, strict=True)],
        repeat,
    )
    missing = 0
    for downloads in outcomes(ways):
        download = downloads[-1]
        if problem := lost(downloads):
            missing += 1
            line = Text.assemble(("× ", "failed"), f"{download.url}: {problem}")
        else:
            line = Text.assemble(
                ("● ", "done"),
                f"{download.url}: {download.size:,} bytes, ",
                f"SHA-256 {(download.digest or '')[:12]}…",
                "" if download.measured else ", no length given: it may be cut short",
            )
        console.print(line, soft_wrap=True)
    if missing:
        raise Exit(f"{missing} of {len(urls)} URLs failed", code=1)
    fastest = min(ways, key=lambda way: median(way.times))
    finish(
        f"{fastest.name}: the fastest, {durations(fastest.times)} for {len(urls)} URLs",
        "invoke demo.downloader --url https://docs.python.org/3/ --to downloads",
    )


def sweep_concurrency(
    latency: float, error_rate: float, seed: int, repeat: int
) -> None:
    """Run threads and asyncio with ever more downloads at once, two files for each."""
    plans = [plan_files(2 * limit, latency, error_rate, seed) for limit in SWEEP]
    steps = [
        variants(limit, [file.latency for file in plan])[1:]
        for limit, plan in zip(SWEEP, plans, strict=True)
    ]
    title = f"two files a slot · simulated {latency:g} s each, loopback · {python()}"
    with (
        file_server(max(SWEEP)) as server,
        Screen(Sweep(title, steps)) as screen,
    ):
        warm_up(steps[0], server)
        for plan, ways in zip(plans, steps, strict=True):
            for way in random.sample(ways * repeat, len(ways) * repeat):
                screen.run(way, from_server(server, plan, way.limit))
    threads, tasks = steps[-1]
    finish(
        f"1,000 at once: asyncio takes {tasks.ratio:.2f} × the bound, threads "
        f"{threads.ratio:.2f} × and {threads.cpu / tasks.cpu:.1f} × its CPU time",
        "invoke demo.downloader --files 2000 --concurrency 1000 --latency 1",
    )
