"""Downloading many files: concurrency wins, and asyncio is one way to get it.

Run:       invoke demo.downloader (your own files: --url URL --to FOLDER)
Look for:  one by one is a long staircase; ten at once, by threads or by tasks, a short
           one.
At home:   with httpx.Client(follow_redirects=True) as session:  # for all threads
               replies = download_in_threads(session, urls, 10)
           async with aiohttp.ClientSession() as session:
               replies = await download_in_tasks(session, urls, 10)
Try next:  invoke demo.downloader --sweep
           invoke demo.threads-vs-processes
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Annotated, Any

import httpx
from aiohttp import ClientError, ClientSession

from demos.support.catalog import run
from demos.support.download import file_server, room
from demos.support.flags import Flag

Reply = bytes | Exception
Call = Callable[[], bytes]
AsyncCall = Callable[[], Awaitable[bytes]]
RETRIED = (408, 425, 429, 500, 502, 503, 504)  # HTTP statuses
LONGEST_PAUSE = 5.0  # seconds, whatever a server asks for


def fetch(session: httpx.Client, url: str) -> bytes:
    """Return the body of `url`, or raise."""
    with session.stream("GET", url) as response:
        response.raise_for_status()
        return response.read()


async def fetch_async(
    session: ClientSession, slots: asyncio.Semaphore, url: str
) -> bytes:
    """Wait for a slot; return the body of `url`, or raise."""
    async with slots, session.get(url) as response:
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
    session: ClientSession,
    urls: list[str],
    limit: int,
) -> list[Reply]:
    """Download in tasks, `limit` at once."""
    slots = asyncio.Semaphore(limit)
    call = partial(tried_async, session, slots)
    tasks: list[asyncio.Task[Reply]] = []
    async with asyncio.TaskGroup() as group:
        for url in urls:
            task = group.create_task(call(url))
            tasks.append(task)
    return [task.result() for task in tasks]


def tried(session: httpx.Client, url: str) -> Reply:
    """Return the body or the error, so that the others go on."""
    call = partial(fetch, session, url)
    try:
        return retrying(call)
    except Exception as error:
        return error


async def tried_async(
    session: ClientSession, slots: asyncio.Semaphore, url: str
) -> Reply:
    """Return the body or the error, so that the others go on."""
    call = partial(fetch_async, session, slots, url)
    try:
        return await retrying_async(call)
    except Exception as error:
        return error


def retrying(call: Call) -> bytes:
    """Call; try again, twice, where that may help."""
    for pause in (0.05, 0.1):
        try:
            return call()
        except httpx.HTTPError as error:
            if not may_pass(error):
                raise
            time.sleep(pause_after(error, pause))
    return call()


async def retrying_async(call: AsyncCall) -> bytes:
    """Call; try again, twice, where that may help."""
    for pause in (0.05, 0.1):
        try:
            return await call()
        except (ClientError, TimeoutError) as error:
            if not may_pass(error):
                raise
            # meanwhile somebody else has our slot
            await asyncio.sleep(pause_after(error, pause))
    return await call()


def answer_of(error: Any) -> tuple[int | None, Any]:
    """Return the status and the headers that came, if any."""
    if response := getattr(error, "response", None):  # httpx
        return response.status_code, response.headers
    status = getattr(error, "status", None)  # aiohttp
    return status, getattr(error, "headers", None) or {}


def may_pass(error: Exception) -> bool:
    """Return whether the same request may go well later."""
    status, _ = answer_of(error)
    return status is None or status in RETRIED


def pause_after(error: Exception, pause: float) -> float:
    """Return the seconds to wait: `pause`, or Retry-After."""
    _, headers = answer_of(error)
    asked = headers.get("Retry-After", "")
    if asked.isascii() and asked.isdecimal():
        pause = float(asked)
    else:
        with suppress(ValueError, OverflowError):  # no date
            then = parsedate_to_datetime(asked)
            pause = then.timestamp() - time.time()
    return min(max(pause, 0), LONGEST_PAUSE)


def main(
    files: Annotated[int, Flag("files (--sweep: one for each slot)", 1, 10_000)] = 30,
    concurrency: Annotated[int, Flag("at once (--sweep: to 1,000)", 1, 1_000)] = 10,
    latency: Annotated[
        float, Flag("s a file, ± 10 % (--sweep: × 5)", 0.001, 60)
    ] = 0.06,
    error_rate: Annotated[float, Flag("share of requests that fail", 0, 1)] = 0.0,
    seed: Annotated[int, Flag("seed of latencies, bodies and failures", 0)] = 7,
    repeat: Annotated[
        int | None, Flag("rounds; else what it needs (--url: 1)", 1, 100)
    ] = None,
    url: Annotated[list[str], Flag("a URL of your own; may be repeated")] = [],  # noqa: B006
    to: Annotated[str | None, Flag("folder to keep the files in")] = None,
    sweep: Annotated[bool, Flag("go from 1 to 1,000 downloads at once")] = False,
) -> str:
    """Race the three ways, and draw it."""
    room.check(sweep, url, to)
    lesson = (download_one_by_one, download_in_threads, download_in_tasks)
    if sweep:
        return room.sweep_limits(lesson, latency, error_rate, seed, repeat)
    if url:
        return room.race_urls(lesson, url, to, concurrency, repeat or 1)
    plan = file_server.plan_files(files, latency, error_rate, seed)
    return room.race_files(lesson, plan, to, concurrency, repeat)


if __name__ == "__main__":
    run(__file__)
