"""What `invoke record` does: runs the demos for real, and keeps what they show."""

import asyncio
import contextlib

from invoke.exceptions import Exit

from demos.support.catalog import parse, slugs
from demos.support.console import TOO_BUSY, console
from demos.support.files import write_text
from demos.support.flags import UsageError
from slides.stage import frame, names, runner
from slides.stage.deck.recorded import recorded
from slides.stage.deck.sections import sections
from slides.stage.paths import Paths
from slides.stage.recordings import events


def record_all(paths: Paths, name: str | None = None) -> None:
    """Record the demo of that name, or all that must be when there is none."""
    demos = [_demo(paths, name)] if name else recorded(paths, sections(paths))
    for demo in demos:
        record(paths, demo)


def _demo(paths: Paths, name: str) -> str:
    """Return the demo of that name; its slug may be as in its command.

    Raises UsageError when there is none, or when it knows no such flag without a value.
    """
    known = slugs(paths.demos)
    as_typed = name.replace("-", "_")
    demo = as_typed if as_typed in known else name
    if names.slug(demo) not in known:
        raise UsageError(f"there is no demo {name!r}")
    defaults, values = (
        parse(names.command(each))[1] for each in (names.slug(demo), demo)
    )
    changed = [value for flag, value in values.items() if value != defaults[flag]]
    if [type(value) for value in changed] != [bool] * demo.count("-"):
        raise UsageError(f"{names.command(demo)}: a recording has flags without values")
    return demo


def record(paths: Paths, demo: str) -> None:
    """Run a demo and keep its recording and its last frame, both written whole.

    Raises Exit when the demo fails or names no lesson: such a run is no recording.
    """
    command = names.command(demo)
    # Not bound by the old recording: a demo that has become slower has none yet.
    deadline = runner.named_deadline(paths, demo) or runner.DEADLINE
    with console.status(f"Recording {command} …"):
        try:
            lines = asyncio.run(_collect(paths, demo, deadline))
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
    write_text(paths.recordings / f"{demo}.cast", "\n".join(lines) + "\n")
    write_text(paths.recordings / f"{demo}.svg", frame.svg(lines))
    console.print(f"Recorded {command}")


async def _collect(paths: Paths, demo: str, deadline: float) -> list[str]:
    run = runner.run(paths, demo, deadline=deadline)
    async with contextlib.aclosing(run) as lines:
        return [line async for line in lines]
