"""The commands of the talk: `invoke --list` shows them, `invoke --help NAME` more."""

import sys
from typing import Annotated

from invoke.collection import Collection
from invoke.context import Context
from invoke.tasks import task

from demos.support.commands import Flag, command, demo, slugs


@task(default=True, name="list")
def list_(context: Context) -> None:
    """Show the commands."""
    context.run(f'"{sys.executable}" -m invoke --list')


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
) -> None:
    """Show the talk, with its demos running on the slides."""
    from slides.stage import server

    server.present(port, browser, theme, minutes)


namespace = Collection(list_, present)
namespace.add_collection(Collection("demo", *map(demo, slugs())))
