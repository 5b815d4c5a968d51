"""The commands of the talk: `invoke --list` shows them, `invoke --help NAME` more."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

from invoke.collection import Collection
from invoke.exceptions import Exit
from invoke.main import program

from demos.support import catalog
from demos.support.commands import command
from demos.support.flags import Flag
from slides.stage.paths import Paths

PATHS = Paths(Path(__file__).parent)


def python(*arguments: str) -> None:
    """Run a module of this Python, and end as it does when it fails."""
    words = [sys.executable, "-m", *arguments]
    code = subprocess.run(words, cwd=PATHS.root).returncode
    if code:
        raise Exit(code=code)


def show_list() -> None:
    """Show the commands."""
    program.list_tasks()


@command
def present(
    port: Annotated[
        int | None, Flag("port to serve on; else the first free one", 1, 65535)
    ] = None,
    browser: Annotated[bool, Flag("open the deck in the browser")] = True,
    theme: Annotated[str, Flag("dark, or light for bright rooms")] = "dark",
    minutes: Annotated[
        float | None, Flag("length of the talk, for the presenter's clock", 1, 600)
    ] = None,
    recorded: Annotated[
        bool, Flag("show the recordings only, as on a weak laptop")
    ] = False,
) -> None:
    """Show the talk, with its demos running on the slides."""
    from slides.stage.show import present

    present.show(PATHS, port, browser, theme, minutes, recorded)


@command
def export(
    to: Annotated[str | None, Flag("folder to write to; else dist")] = None,
    only: Annotated[
        str | None, Flag("some of pdf,handout,pptx,web,image; else all")
    ] = None,
    theme: Annotated[str, Flag("dark, or light for paper")] = "dark",
    steps: Annotated[
        bool, Flag("give each step of the code its page in the PDF")
    ] = False,
    with_notes: Annotated[
        bool, Flag("leave the speaker notes in the web page")
    ] = False,
    overflow: Annotated[
        bool, Flag("export slides that are cut off, too, and name them")
    ] = False,
    browser: Annotated[
        str | None, Flag("Chrome, Chromium or Edge to draw with")
    ] = None,
) -> None:
    """Make the PDF, the handout, the PowerPoint, the web page and the picture."""
    from slides.stage.export import export

    export.export_all(PATHS, to, only, theme, steps, with_notes, overflow, browser)


@command
def record(
    demo: Annotated[
        str | None, Flag("the demo, as downloader-sweep; else all of them")
    ] = None,
) -> None:
    """Run the demos for real and keep what they show, for when they cannot run."""
    from slides.stage.record import record_all

    record_all(PATHS, demo)


@command
def sync() -> None:
    """Bring what is made from other files up to date: code on slides, the README."""
    from slides.stage.deck.sync import sync

    for path in sync(PATHS):
        print(f"updated {path.name}")


@command
def check() -> None:
    """Check style and types, and that no slide or recording is out of date."""
    from slides.stage.deck import checks

    checks.check(PATHS)


@command
def test() -> None:
    """Run the tests."""
    from slides.stage import requirements

    requirements.need(PATHS)
    python("pytest")


@command
def bench(
    only: Annotated[
        str | None, Flag("some of downloads,steps,builds,noise,stage; else all")
    ] = None,
) -> None:
    """Measure speed, as ratios in one run, and the demos beside busy processes."""
    from slides.stage import requirements

    requirements.need(PATHS)
    from tests.bench import bench

    bench.measure(only)


namespace = Collection(present, export, record, sync, check, test, bench)
namespace.add_task(command(show_list, "list"), default=True)
namespace.add_collection(Collection("demo", *catalog.tasks(sys.argv)))
