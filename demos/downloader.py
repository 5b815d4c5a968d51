"""Downloading many files: concurrency wins, and asyncio is one way to get it.

Run:       invoke demo.downloader (your own files: --url URL --to FOLDER)
Look for:  one by one is a long staircase, ten at once a short one either way.
Try next:  invoke demo.downloader --concurrency 1
           invoke demo.threads-vs-processes
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import mktime_tz, parsedate_tz
from functools import partial
from typing import Annotated, Any

import httpx
from aiohttp import ClientError, ClientSession

from demos.support.catalog import run
from demos.support.download import file_server, room
from demos.support.flags import Flag

Reply = bytes | Exception
AsyncCall = Callable[..., Awaitable[bytes]]
MAY_PASS = (408, 425, 429, 500, 502, 503, 504)  # HTTP statuses
LONGEST = 5.0  # seconds that a server may make us wait


def fetch(session: httpx.Client, url: str) -> bytes:
    """Return the body of `url`, or raise."""
    with session.stream("GET", url) as response:
        response.raise_for_status()
        return response.read()


async def fetch_async(session: ClientSession, url: str) -> bytes:
    """Return the body of `url`, or raise."""
    async with session.get(url) as response:
        response.raise_for_status()
        return await response.read()


def download_one_by_one(
    session: httpx.Client,
    urls: list[str],
) -> list[Reply]:
    """Download one file after another."""
    return [tried(session, url) for url in urls]


def download_in_threads(
    session: httpx.Client, urls: list[str], limit: int
) -> list[Reply]:
    """Download in `limit` threads."""
    with ThreadPoolExecutor(limit) as pool:
        return list(pool.map(partial(tried, session), urls))


async def download_in_tasks(
    session: ClientSession, urls: list[str], limit: int
) -> list[Reply]:
    """Download in a task for each file, `limit` at once."""
    slots = asyncio.Semaphore(limit)

    async def in_slot(url: str) -> Reply:
        async with slots:
            return await tried_async(session, url)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(in_slot(url)) for url in urls]
    return [task.result() for task in tasks]


def tried(session: httpx.Client, url: str) -> Reply:
    """Return the body or the error, so that the others go on."""
    try:
        return retrying(fetch, session, url)
    except Exception as error:
        return error


async def tried_async(session: ClientSession, url: str) -> Reply:
    """Return the body or the error, so that the others go on."""
    try:
        return await retrying_async(fetch_async, session, url)
    except Exception as error:
        return error


def retrying(fetch: Callable[..., bytes], *args: Any) -> bytes:
    """Fetch, up to three times if what goes wrong may pass."""
    for pause in (0.05, 0.1):
        try:
            return fetch(*args)
        except httpx.HTTPError as error:
            time.sleep(pause_after(error, pause))
    return fetch(*args)


async def retrying_async(fetch: AsyncCall, *args: Any) -> bytes:
    """Fetch, up to three times if what goes wrong may pass."""
    for pause in (0.05, 0.1):
        try:
            return await fetch(*args)
        except (ClientError, TimeoutError) as error:
            await asyncio.sleep(pause_after(error, pause))
    return await fetch(*args)


def pause_after(error: Exception, pause: float) -> float:
    """Return the seconds to wait; raise what will not pass."""
    status = getattr(error, "status", None)  # aiohttp
    headers = getattr(error, "headers", None)
    if response := getattr(error, "response", None):  # httpx
        status, headers = response.status_code, response.headers
    if status and status not in MAY_PASS:
        raise error
    asked = (headers or {}).get("Retry-After", "")
    if asked.isdecimal():
        pause = float(asked)
    elif date := parsedate_tz(asked):
        pause = mktime_tz(date) - time.time()
    return min(max(pause, 0), LONGEST)


def main(
    files: Annotated[int, Flag("files to download", 1, 10_000)] = 40,
    concurrency: Annotated[int, Flag("downloads at once", 1, 1_000)] = 10,
    latency: Annotated[float, Flag("seconds a file takes, ± 10 %", 0.001, 60)] = 0.045,
    error_rate: Annotated[float, Flag("share of requests that fail", 0, 1)] = 0.0,
    seed: Annotated[int, Flag("seed of latencies, bodies and failures", 0)] = 7,
    repeat: Annotated[int | None, Flag("runs: 3; 1 for --url, --sweep", 1, 100)] = None,
    url: Annotated[list[str], Flag("a URL of your own; may be repeated")] = [],  # noqa: B006
    to: Annotated[str | None, Flag("folder to keep the files in")] = None,
    sweep: Annotated[bool, Flag("go from 1 to 1,000 downloads at once")] = False,
) -> str:
    """Race the three ways, and draw it."""
    room.check(sweep, url, to)
    lesson = (download_one_by_one, download_in_threads, download_in_tasks)
    if sweep:
        return room.sweep_limits(lesson, latency, error_rate, seed, repeat or 1)
    if url:
        return room.race_urls(lesson, url, to, concurrency, repeat or 1)
    plan = file_server.plan_files(files, latency, error_rate, seed)
    return room.race_files(lesson, plan, to, concurrency, repeat or 3)


if __name__ == "__main__":
    run(__file__)
