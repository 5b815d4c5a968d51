"""What `invoke record` does: runs the demos for real, and keeps what they show."""

import asyncio
import contextlib

from invoke.exceptions import Exit

from demos.support.catalog import slugs
from demos.support.console import TOO_BUSY, console
from demos.support.flags import UsageError
from slides.stage import frame, runner
from slides.stage.files import write_text
from slides.stage.paths import Paths
from slides.stage.recordings import events


def record_all(paths: Paths, name: str | None = None) -> None:
    """Record the demo of that name, or all demos when there is none."""
    known = slugs(paths.demos)
    slug = name and name.replace("-", "_")
    if slug and slug not in known:
        raise UsageError(f"there is no demo {name!r}")
    for each in [slug] if slug else known:
        record(paths, each)


def record(paths: Paths, slug: str) -> None:
    """Run a demo and keep its recording and its last frame, both written whole.

    Raises Exit when the demo fails or names no lesson: such a run is no recording.
    """
    command = runner.command(slug)
    # Not bound by the old recording: a demo that has become slower has none yet.
    deadline = runner.named_deadline(paths, slug) or runner.DEADLINE
    with console.status(f"Recording {command} …"):
        try:
            lines = asyncio.run(_collect(paths, slug, deadline))
        except TimeoutError:
            raise Exit(f"{command}: not done after {deadline:g} s", code=1) from None
    last = {code: data for _, code, data in events(lines)}
    if last["x"] != "0":
        rows = frame.screen(lines).display
        print(*(row.rstrip() for row in rows if row.strip()), sep="\n")
        why = f"ended with {last['x']}"
        if last.get("m") == TOO_BUSY:
            why = f"found this machine {TOO_BUSY}"
        raise Exit(f"{command} {why}: not recorded", code=1)
    if "m" not in last:
        raise Exit(f"{command} returned no lesson: not recorded", code=1)
    paths.recordings.mkdir(exist_ok=True)
    write_text(paths.recordings / f"{slug}.cast", "\n".join(lines) + "\n")
    write_text(paths.recordings / f"{slug}.svg", frame.svg(lines))
    console.print(f"Recorded {command}")


async def _collect(paths: Paths, slug: str, deadline: float) -> list[str]:
    run = runner.run(paths, slug, deadline=deadline)
    async with contextlib.aclosing(run) as lines:
        return [line async for line in lines]
