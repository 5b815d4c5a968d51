"""Work for threads, processes and interpreters, each job with a result to check.

Every worker imports this file when it starts, so it needs the standard library only.
"""

import hashlib
import os
import socket
import threading
from collections.abc import Callable
from time import perf_counter, sleep, thread_time
from typing import Any, TypeVar

T = TypeVar("T")
BLOCK = bytes(2**16)


def pi(terms: int) -> float:
    """Return π by `terms` terms of Leibniz's series: pure Python, holds the GIL."""
    total, sign = 0.0, 4.0
    for divisor in range(1, 2 * terms, 2):
        total += sign / divisor
        sign = -sign
    return total


async def pi_async(terms: int) -> float:
    """Return the same; as nothing is awaited, no other task runs meanwhile."""
    return pi(terms)


def sha256(blocks: int) -> str:
    """Return the digest of so many 64 KiB blocks: C code that releases the GIL.

    hashlib does so for more than 2047 bytes (Python documentation, hashlib).
    """
    digest = hashlib.sha256()
    for _ in range(blocks):
        digest.update(BLOCK)
    return digest.hexdigest()


def request(port: int, seconds: float) -> bytes:
    """Ask the slow server to answer after `seconds`, and wait for that answer."""
    with socket.socket() as connection:
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"%f\n" % seconds)
        return connection.recv(64)


def spin(seconds: float) -> int:
    """Keep a core busy for `seconds`; return how many rounds of work that gave."""
    rounds, end = 0, perf_counter() + seconds
    while perf_counter() < end:
        pi(1000)
        rounds += 1
    return rounds


def timed(job: Callable[[Any], T], argument: Any) -> tuple[T, float]:
    """Return what `job` returns, and the seconds of CPU that it took."""
    began = thread_time()
    return job(argument), thread_time() - began


def worker(_: object) -> tuple[int, int]:
    """Return which worker this is, after long enough that the others get a turn."""
    sleep(0.001)
    return os.getpid(), threading.get_ident()


def size_for(job: Callable[[int], object], seconds: float) -> int:
    """Return the size with which `job` takes about `seconds` of CPU here."""
    size, took = 1, 0.0
    while took < seconds / 4:
        size *= 2
        took = min(timed(job, size)[1] for _ in range(3))
    return max(1, round(size * seconds / took))
