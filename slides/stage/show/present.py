"""`invoke present`: all that is needed to have the stage up, and down again."""

import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
import threading
import webbrowser
from dataclasses import replace
from pathlib import Path

from aiohttp import web
from invoke.exceptions import Exit
from watchfiles import awatch

from demos.support.commands import first_of, in_words
from demos.support.console import console
from demos.support.flags import UsageError
from slides.stage import node, packages
from slides.stage.deck.build import PRESENTER, THEMES, build, last
from slides.stage.lock import lock
from slides.stage.paths import Paths
from slides.stage.show.built import Built, load
from slides.stage.show.lines import keep_quiet, say, tell
from slides.stage.show.saved import Saved
from slides.stage.show.server import HOST, Stage
from slides.stage.show.state import Show

PORT = 8000
AGAIN = 3  # seconds until folders are watched again that could not be
PATIENCE = 60  # seconds until a deck that is being built is said to be late


def show(
    paths: Paths,
    port: int | None,
    browser: bool,
    theme: str,
    minutes: float | None,
    recorded: bool,
) -> None:
    """Install what is missing, build the deck and show it until Ctrl-C or SIGTERM.

    `port` None means the first free one from PORT on; `minutes` is the length of the
    talk, to which the sections' budgets are scaled; `recorded` shows recordings and
    runs no demo. A show that was cut off on this port goes on from where it was; any
    other begins anew.

    Raises Exit when the port cannot be had, or when there is no deck to show.
    """
    if theme not in THEMES:
        raise UsageError(f"--theme is {' or '.join(THEMES)}, not {theme!r}")
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    keep_quiet()
    with listen(port) as listener:
        with console.status("Building the deck …"):
            packages.clear_up(paths)
            built, error = _build_or_keep(paths, theme)
        saved = Saved(paths.build, listener.getsockname()[1])
        before = saved.read()
        if before:
            where = f"slide {before.slide}, where the last show was cut off"
            tell(f"Going on from {where}.")
        if recorded:
            tell("Recordings only: no demo runs.")
        stage = Stage(
            paths,
            built,
            replace(before or Show(live=True), live=not recorded),
            saved,
            error=error,
            minutes=minutes,
        )
        with contextlib.suppress(KeyboardInterrupt):  # the end of a show on Windows
            asyncio.run(_present(paths, theme, stage, listener, browser))
        saved.remove()


async def _present(
    paths: Paths, theme: str, stage: Stage, listener: socket.socket, browser: bool
) -> None:
    ended = asyncio.Event()
    if sys.platform != "win32":  # there, Ctrl-C cancels us
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
    port = listener.getsockname()[1]
    site = web.AppRunner(stage.app())
    await site.setup()
    given_up = threading.Event()  # the thread that builds may wait for another build
    try:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(stage.run())
            watching = tasks.create_task(_watch(paths, stage, theme, given_up))
            await web.SockSite(site, listener).start()
            here, token = f"http://{HOST}:{port}/", f"?token={stage.token}"
            audience = f"{here}{token}"
            tell(f"audience   {audience}")
            tell(f"presenter  {here}{PRESENTER}{token}")
            tell("Ctrl-C ends the show.", "note")
            if browser and _has_display():
                # A browser may run for as long as its window is open.
                threading.Thread(target=_open, args=(audience,), daemon=True).start()
            await ended.wait()
            watching.cancel()
            running.cancel()
    finally:
        given_up.set()
        node.end()
        await site.cleanup()


async def _watch(
    paths: Paths, stage: Stage, theme: str, given_up: threading.Event
) -> None:
    """Rebuild the deck whenever a file of it, or of the demos, changes."""
    folders = {paths.slides, paths.demos}
    said = ""
    while True:
        try:
            async for changes in awatch(*folders):
                await rebuild(paths, stage, theme, given_up)
                if folders & {Path(path) for _, path in changes}:
                    break  # it was removed: what takes its place is not watched
        except Exception as error:  # the show must go on
            if (why := in_words(first_of(error))) != said:
                say(f"changes are followed slowly: {why}")
            said = why
        await asyncio.sleep(AGAIN)
        await rebuild(paths, stage, theme, given_up)


async def rebuild(
    paths: Paths, stage: Stage, theme: str, given_up: threading.Event
) -> None:
    """Build the deck and show it, or say what is wrong; or that it takes too long."""
    loop = asyncio.get_running_loop()
    building = loop.run_in_executor(None, _build, paths, theme, given_up)
    await asyncio.wait([building], timeout=PATIENCE)
    if not building.done():
        _tell(stage, None, f"after {PATIENCE} s the deck is still not built")
    _tell(stage, *await building)


def _tell(stage: Stage, built: Built | None, error: str) -> None:
    """Show a newer deck, or say why there is none."""
    if error and error != stage.error:
        tell(error, "failed")
    stage.replace_deck(built, error)


def _build_or_keep(paths: Paths, theme: str) -> tuple[Built, str]:
    """Build the deck; return it, or the last good one and why there is no newer.

    Where other packages are wanted and cannot be had, it is built with those that there
    are. Raises Exit when there is no deck.
    """
    if packages.are_there(paths):
        packages.update(paths)
    built, error = _build(paths, theme, threading.Event())
    if built:
        return built, ""
    folder = last(paths, theme)
    if folder is None:
        raise Exit(error, code=1)
    tell(error, "failed")
    return load(folder), error


def _build(
    paths: Paths, theme: str, given_up: threading.Event
) -> tuple[Built | None, str]:
    """Build the deck; return it, or None and what is wrong."""
    try:
        if not packages.are_there(paths):
            packages.install(paths, given_up=given_up.is_set)
        with lock(paths, given_up.is_set):
            return load(build(paths, theme)), ""
    except Exception as error:  # whatever somebody has written into a file
        return None, in_words(error)


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


def _open(address: str) -> None:
    """Open the deck in the browser; where that fails, the address is there to click."""
    try:
        webbrowser.open(address)
    except Exception as error:  # of whatever BROWSER names
        say(f"no browser is opened: {error}")


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
