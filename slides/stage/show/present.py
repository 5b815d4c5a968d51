"""`invoke present`: all that is needed to have the stage up, and down again."""

import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
import webbrowser
from pathlib import Path

from aiohttp import web
from invoke.exceptions import Exit
from watchfiles import awatch

from demos.support.console import console
from demos.support.flags import UsageError
from slides.stage import packages
from slides.stage.deck.build import THEMES, last
from slides.stage.paths import Paths
from slides.stage.show.server import HOST, Stage, build_or_keep

PORT = 8000


def show(
    paths: Paths, port: int | None, browser: bool, theme: str, minutes: float | None
) -> None:
    """Install what is missing, build the deck and show it until Ctrl-C or SIGTERM.

    `port` None means the first free one from PORT on; `minutes` is the length of the
    talk, to which the sections' budgets are scaled.

    Raises Exit when the port cannot be had, or when there is no deck to show.
    """
    if theme not in THEMES:
        raise UsageError(f"--theme is {' or '.join(THEMES)}, not {theme!r}")
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    with listen(port) as listener, contextlib.suppress(KeyboardInterrupt):
        packages.install(paths)
        with console.status("Building the deck …"):
            deck_and_error = build_or_keep(paths, theme, last(paths, theme))
        asyncio.run(_present(paths, listener, browser, theme, minutes, *deck_and_error))


async def _present(
    paths: Paths,
    listener: socket.socket,
    browser: bool,
    theme: str,
    minutes: float | None,
    folder: Path,
    error: str,
) -> None:
    ended = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels us
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with asyncio.TaskGroup() as tasks:
        stage = Stage(paths, tasks, folder, error, minutes)
        port = listener.getsockname()[1]
        site = web.AppRunner(stage.app(port))
        await site.setup()
        try:
            await web.SockSite(site, listener).start()
            address = f"http://{HOST}:{port}/"
            console.print(f"audience   {address}")
            console.print(f"presenter  {address}?view=presenter")
            console.print("Ctrl-C ends the show.", style="note")
            watching = tasks.create_task(_watch(paths, stage, theme))
            if browser and _has_display():
                await asyncio.to_thread(webbrowser.open, address)
            await ended.wait()
            watching.cancel()
            stage.stop()
        finally:
            await site.cleanup()


async def _watch(paths: Paths, stage: Stage, theme: str) -> None:
    """Rebuild the deck whenever a file of it, or of the demos, changes."""
    try:
        async for _ in awatch(paths.slides, paths.demos):
            await stage.rebuild(theme)
    except (OSError, RuntimeError) as error:  # the show must go on
        console.print(f"changes are not followed: {error}", markup=False)


def listen(port: int | None) -> socket.socket:
    """Return a listening socket on the loopback interface."""
    for candidate in [port] if port else range(PORT, PORT + 100):
        try:
            return socket.create_server((HOST, candidate))
        except OSError as error:
            if port or error.errno != errno.EADDRINUSE:
                why = os.strerror(error.errno or 0)
                raise Exit(f"port {candidate}: {why}; try another --port", 1) from error
    raise Exit(f"ports {PORT} to {PORT + 99} are all in use; try --port", code=1)


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
