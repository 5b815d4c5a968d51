"""The server of a show: it owns the state, runs the demos, and serves the deck.

For this machine only. A window sends commands over one WebSocket and is told how the
show stands (state.py has both); a player reads the output of a run from another. A
window of a browser that has brought the token is the speaker's: its cookie says so.
"""

import asyncio
import contextlib
import dataclasses
import hmac
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from mimetypes import MimeTypes
from typing import Literal, NoReturn

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.typedefs import Handler
from rich.text import Text

from demos.support.console import TOO_BUSY
from slides.stage import names, runner
from slides.stage.deck.build import ICON, INDEX, PRESENTER
from slides.stage.paths import Paths
from slides.stage.recordings import Event, events, lesson_of
from slides.stage.show.built import Built
from slides.stage.show.lines import LOG, one_line, say
from slides.stage.show.output import Output
from slides.stage.show.saved import Saved
from slides.stage.show.state import (
    Command,
    Message,
    Role,
    Show,
    Why,
    apply,
    ended,
    fit,
)

HOST = "127.0.0.1"
VIEWERS = 32  # WebSockets at a time, before viewers are refused; a window has two
LAST = 10_000  # characters of a run, in which its last line is looked for
HEADERS = {  # of all that is sent, for no page of another origin to include
    "Cross-Origin-Opener-Policy": "same-origin",  # who opens a window cannot move it
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
OURS = ("none", "same-origin")  # Sec-Fetch-Site: typed, or led to by our own pages
TYPES = MimeTypes()  # Python's own, not the machine's, which may be anything
TYPES.add_type("font/woff2", ".woff2")


class Window:
    """A window that is told of the show."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.heard = 0  # its commands
        self.news = asyncio.Event()
        self.news.set()  # how the show stands


class Stage:
    """The show on stage: its state, the demos that run, the windows that are told."""

    def __init__(
        self,
        paths: Paths,
        built: Built,
        show: Show,
        saved: Saved,
        *,
        error: str = "",
        minutes: float | None = None,
        grace: float = runner.GRACE,
        viewers: int = VIEWERS,
    ) -> None:
        """Take the deck, and where its show stands, which is kept in `saved`.

        `error` says why no newer deck could be built; `minutes` is the length of the
        talk; `grace` is the runner's; from `viewers` open WebSockets on, no viewer gets
        another.
        """
        self.built = built
        self.error = error
        self.show = replace(show, slide=min(show.slide, len(built.slides)))
        self.show = fit(self.show, built.slides, built.slides, time.time())
        self.token = saved.token
        self._cookie = f"asyncio-live-{saved.port}"  # a host's ports share its cookies
        self._paths = paths
        self._saved = saved
        self._minutes = minutes
        self._grace = grace
        self._viewers = viewers
        self._tasks = asyncio.TaskGroup()
        self._outputs: dict[int, Output] = {}  # by the id of the run
        self._playing: dict[int, asyncio.Task[None]] = {}
        self._windows: set[Window] = set()
        self._sockets: dict[web.WebSocketResponse, Role] = {}
        self._too_full: set[str] = set()  # what was said of such slides
        self._unsaved = asyncio.Event()
        self._unsaved.set()

    def app(self) -> web.Application:
        """Return the web application, for requests to this machine's port only."""
        app = web.Application(middlewares=[self._check])
        app.router.add_get("/show", self._follow_show)
        app.router.add_get("/runs/{id:[0-9]{1,9}}", self._follow_run)
        app.router.add_get("/{path:.*}", self._file)
        app.on_response_prepare.append(_protect)
        app.on_shutdown.append(self._close)
        return app

    @web.middleware
    async def _check(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Turn away all but our own pages; say in a line what goes wrong with them.

        A page of another origin, and a name that merely resolves to this machine, could
        else read the deck and start the demos.
        """
        port = self._saved.port
        origins = {*request.headers.getall("Origin", ())}
        if request.host not in (f"{HOST}:{port}", f"localhost:{port}") or (
            not origins <= {f"http://{request.host}"}
        ):
            raise self._forbidden()
        try:
            return await handler(request)
        except (web.HTTPException, ConnectionError):  # the client is told, or gone
            raise
        except Exception as error:
            LOG.error(request.path, exc_info=error)
            raise web.HTTPInternalServerError from error

    def _forbidden(self) -> web.HTTPForbidden:
        here = f"http://{HOST}:{self._saved.port}/"
        same = "through a forwarded port: use the same number on both sides"
        return web.HTTPForbidden(text=f"403: this show is at {here} only ({same})\n")

    def replace_deck(self, built: Built | None, error: str) -> None:
        """Show a newer deck, or say why there is none."""
        self.error = error
        if built:
            before, self.built = self.built, built
            self._become(fit(self.show, before.slides, built.slides, time.time()))
        self._notify()

    async def run(self) -> None:
        """Run the demos, and keep where the show stands; cancel to end all of it."""
        said = ""
        async with self._tasks:
            while True:
                await self._unsaved.wait()
                self._unsaved.clear()
                try:
                    await asyncio.to_thread(self._saved.write, self.show)
                except OSError as error:
                    if said != (said := f"a restart would not find its slide: {error}"):
                        say(said)

    def _become(self, show: Show) -> None:
        """Change the state, and let the demos follow: start, and stop, what it says."""
        self.show = show
        running = {
            run.id: demo for demo, run in show.runs.items() if run.state == "running"
        }
        for run in self._playing.keys() - running.keys():
            self._playing.pop(run).cancel()
        for run, demo in running.items():
            if run not in self._outputs:
                self._outputs[run] = Output()
                self._playing[run] = self._tasks.create_task(self._play(run, demo))
        for run in self._outputs.keys() - {run.id for run in show.runs.values()}:
            del self._outputs[run]  # another one stands in its place
        self._unsaved.set()
        self._notify()

    async def _play(self, run: int, demo: str) -> None:
        """Run a demo to its end; one that fails, however it does, fails alone."""
        output = self._outputs[run]
        why: Why
        said = ""
        try:
            deadline = runner.deadline(self._paths, demo)
            lines = runner.run(self._paths, demo, deadline=deadline, grace=self._grace)
            async with contextlib.aclosing(lines):
                async for line in lines:
                    await output.add(line)
            told = events(output.lines)
            why = verdict(told)
            said = said_of(told, why)
        except TimeoutError:
            why = "too slow"
        except Exception as error:
            why = "it failed"
            said = one_line(f"{type(error).__name__}: {error}")
        if said and why:
            say(f"{names.command(demo)} failed: {said}")
        self._playing.pop(run, None)
        state: Literal["done", "failed"] = "failed" if why else "done"
        self._become(ended(self.show, run, state, time.time(), why, said))

    def _notify(self) -> None:
        for window in self._windows:
            window.news.set()

    def _message(self, window: Window) -> str:
        message = Message(
            role=window.role,
            version=self.built.version,
            error=self.error,
            minutes=self._minutes,
            now=time.time(),
            heard=window.heard,
            show=self.show,
        )
        return json.dumps(dataclasses.asdict(message))

    async def _follow_show(self, request: web.Request) -> web.StreamResponse:
        """Tell a window how the show stands, and do what it asks for."""
        window = Window(self._role(request))

        async def send() -> None:
            with contextlib.suppress(ConnectionError):
                while True:  # a slow window skips what was true in between
                    await window.news.wait()
                    window.news.clear()
                    await socket.send_str(self._message(window))

        async with self._socket(request) as socket, asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(send())
            self._windows.add(window)
            try:
                async for message in socket:
                    if message.type is not WSMsgType.TEXT:
                        continue
                    window.heard += 1
                    window.news.set()
                    if command := parse(message.data):
                        if command.do == "overflow" and window.role == "speaker":
                            self._say_overflow(command.slide, command.step)
                        now, slides = time.time(), self.built.slides
                        show = apply(self.show, slides, window.role, command, now)
                        if show is not self.show:
                            self._become(show)
            finally:
                self._windows.discard(window)
                sending.cancel()
        return socket

    def _say_overflow(self, slide: int, pixels: int) -> None:
        """Say, once, that a slide is shown cut off."""
        if 1 <= slide <= len(self.built.places):
            place = self.built.places[slide - 1]
            line = f"{place}: something is {pixels} px outside this slide"
            if line not in self._too_full:
                self._too_full.add(line)
                say(line)

    async def _follow_run(self, request: web.Request) -> web.StreamResponse:
        """Send a run to a player, and keep the line open so that its picture stays."""
        output = self._outputs.get(int(request.match_info["id"]))
        if output is None:
            raise web.HTTPNotFound

        async def send() -> None:
            async with contextlib.aclosing(output.follow()) as lines:
                with contextlib.suppress(ConnectionError):
                    async for line in lines:
                        await player.send_str(line)

        async with (
            self._socket(request, "v3.asciicast") as player,
            asyncio.TaskGroup() as tasks,
        ):
            sending = tasks.create_task(send())
            await player.receive()  # a player says nothing: this is its close
            sending.cancel()
        return player

    @contextlib.asynccontextmanager
    async def _socket(
        self, request: web.Request, *protocols: str
    ) -> AsyncGenerator[web.WebSocketResponse, None]:
        if "Origin" not in request.headers:
            raise self._forbidden()
        role = self._role(request)
        if role == "viewer" and len(self._sockets) >= self._viewers:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(
            protocols=protocols, heartbeat=10, timeout=1, max_msg_size=1000
        )
        await socket.prepare(request)
        self._sockets[socket] = role
        try:
            yield socket
        finally:
            del self._sockets[socket]

    async def _close(self, app: web.Application) -> None:
        """Close the WebSockets, which aiohttp would wait for; pages then reconnect."""
        async with asyncio.TaskGroup() as tasks:
            for socket in self._sockets:
                tasks.create_task(socket.close(code=WSCloseCode.GOING_AWAY))

    def _reconnect_viewers(self) -> None:
        """Let all that only look connect anew: the browser may be the speaker's now."""
        for socket, role in self._sockets.items():
            if role == "viewer":
                close = socket.close(code=WSCloseCode.SERVICE_RESTART)
                self._tasks.create_task(close)

    def _role(self, request: web.Request) -> Role:
        is_ours = self._is_token(request.cookies.get(self._cookie, ""))
        return "speaker" if is_ours else "viewer"

    def _is_token(self, text: str) -> bool:
        given, ours = (each.encode(errors="replace") for each in (text, self.token))
        return hmac.compare_digest(given, ours)

    def _admit(self, request: web.Request, token: str) -> NoReturn:
        """Make a browser that has the token the speaker's, and its address clean."""
        if not self._is_token(token):
            text = "403: the token is of another start: open what was printed last\n"
            raise web.HTTPForbidden(text=text)
        clean = request.rel_url.without_query_params("token")
        found = web.HTTPSeeOther(clean, headers={"Cache-Control": "no-store"})
        found.set_cookie(self._cookie, token, httponly=True, samesite="Strict")
        self._reconnect_viewers()
        raise found

    async def _file(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        # A browser asks for the second by itself, as for a page that is none of ours.
        name = {"": INDEX, "favicon.ico": ICON}.get(path, path)
        is_page = name in (INDEX, PRESENTER)
        if is_page and "token" in request.query:
            self._admit(request, request.query["token"])
        body = self.built.files.get(name)
        if body is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "no-cache"}
        if is_page:
            if request.headers.get("Sec-Fetch-Site", "none") not in OURS:
                body = body.replace(b"<html", b"<html data-foreign", 1)
            policy = _policy(self.built.script_hashes, request.host)
            headers["Content-Security-Policy"] = policy
        kind, _ = TYPES.guess_type(name, strict=False)
        return web.Response(
            body=body,
            content_type=kind or "application/octet-stream",
            headers=headers,
        )


def verdict(told: list[Event]) -> Why:
    """Return why a run that has ended leaves the stage to its recording, if it does.

    One that has printed nothing has failed: the module may have ended at its import.
    """
    last = {code: data for _, code, data in told}
    if last["x"] == "0" and "o" in last:
        return ""
    return "too busy to compare" if last.get("m") == TOO_BUSY else "it failed"


def said_of(told: list[Event], why: Why) -> str:
    """Return what a run said last, where that is of use: its lesson, or its error."""
    if why:
        return last_words(told) if why == "it failed" else ""
    return lesson_of(told)


def last_words(told: list[Event]) -> str:
    """Return the last line of words that a run printed; or, without any, its status.

    What ends an ExceptionGroup is a rule.
    """
    printed = "".join(data for _, code, data in told if code == "o")
    plain = Text.from_ansi(printed[-LAST:].replace("\r\n", "\n")).plain
    rows = [line for row in plain.split("\n") if (line := one_line(row))]
    words = [row for row in rows if any(map(str.isalpha, row))] or rows
    return words[-1] if words else f"exit status {told[-1][2]}, and nothing to see"


def parse(text: str) -> Command | None:
    """Return the command in a window's message; None when it makes no sense."""
    try:
        command = Command(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return None
    numbers = (command.slide, command.step, command.run)
    return command if all(type(each) is int for each in numbers) else None


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


def _policy(script_hashes: str, host: str) -> str:
    """Return the Content-Security-Policy of a page: itself, and marp's own scripts."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src 'self' 'wasm-unsafe-eval' {script_hashes}; "
        "style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        "img-src 'self' data:; media-src 'self' data:; "
        f"connect-src 'self' ws://{host}; frame-src 'self'; frame-ancestors 'self'"
    )
