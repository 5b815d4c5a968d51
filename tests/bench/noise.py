"""How long the demos take, and what they say, beside processes that are busy."""

import asyncio
import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter

from demos.support.catalog import slugs
from demos.support.machine import usable_cores
from slides.stage import names, recordings, runner
from tests.talks import PATHS

BUSY = 4 * usable_cores()  # processes
# Busy until the process that started it is gone, however that ends; each in a session
# of its own, as programs are that were started apart: Linux is fair among sessions.
SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"


def noise() -> list[tuple[str, str]]:
    """Return a row for each demo alone, and beside four busy processes a core."""
    rows = [watched(slug, "alone") for slug in slugs()]
    with busy_processes(BUSY):
        rows += [watched(slug, f"beside {BUSY} busy processes") for slug in slugs()]
    return sorted(rows)


def watched(slug: str, where: str) -> tuple[str, str]:
    """Run a demo as the stage does; return how long it took, and its last line."""
    began = perf_counter()
    last_line = asyncio.run(play(slug))
    seconds = perf_counter() - began
    took = f"{seconds:.1f} s"
    with contextlib.suppress(LookupError):  # there is no recording
        recorded = recordings.length(PATHS.recordings / f"{slug}.cast")
        took += f", {seconds / recorded:.1f} × its recording"
    return f"{names.command(slug)}, {where}", f"{took}\n{last_line}"


async def play(slug: str) -> str:
    """Return the last line that a demo prints, of what it saw, and its exit code."""
    deadline = runner.deadline(PATHS, slug)
    try:
        async with contextlib.aclosing(
            runner.run(PATHS, slug, deadline=deadline)
        ) as lines:
            events = recordings.events([line async for line in lines])
    except TimeoutError:
        return "too slow: ended by its deadline"
    printed = "".join(data for _, code, data in events if code == "o")
    printed = re.sub(r"\x1b\[[\d;?]*\w", "", printed)  # colours and cursor
    said = [line for line in printed.splitlines() if line.strip()]
    said = [line for line in said if "try next: " not in line]
    last_line = said[-1] if said else "nothing printed"
    _, _, status = events[-1]
    return f"{last_line} (exit code {status})"


@contextlib.contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """Keep so many processes busy until the end of the block."""
    spinning = [
        subprocess.Popen([sys.executable, "-c", SPIN], start_new_session=True)
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()
