"""The stage: serves the deck on this machine only, and runs its demos for all viewers.

The server is the single source of truth. A page asks (run, stop, tape, begin) over one
WebSocket and is told how the show stands; a player reads a run from another.
"""

import asyncio
import contextlib
import hashlib
import json
import re
from base64 import b64encode
from collections.abc import AsyncGenerator
from pathlib import Path

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.typedefs import Handler, Middleware

from demos.support.catalog import slugs
from demos.support.console import console
from slides.stage import runner
from slides.stage.deck.build import build
from slides.stage.deck.sections import BuildError
from slides.stage.paths import Paths

HOST = "127.0.0.1"
VIEWERS = 32  # WebSockets at a time; a window has two
BACKLOG = 2_000_000  # characters of a run kept for those who join late


class Run:
    """One run of a demo: what it has printed so far, and how it stands.

    Its state is running, done or stopped; failed, when the tape takes over; or tape,
    when the tape was asked for.
    """

    def __init__(self, slug: str, state: str = "running") -> None:
        """Start nothing yet: `play` does."""
        self.slug = slug
        self.state = state
        self.halted = False  # a tape that was stopped
        self.started = self.changed = asyncio.get_running_loop().time()
        self._lines: list[str] = []
        self._dropped = 0  # lines that the backlog no longer holds
        self._size = 0
        self._more = asyncio.Condition()

    async def play(self, run: AsyncGenerator[str, None]) -> None:
        """Take the lines of a run to its end; cancel to stop it."""
        line = ""
        try:
            async with contextlib.aclosing(run) as lines:
                async for line in lines:
                    await self._add(line)
            self.become("done" if line.endswith('"x", "0"]') else "failed")
        except (TimeoutError, OSError):
            self.become("failed")
        except asyncio.CancelledError:
            self.become("stopped")
            raise

    def become(self, state: str) -> None:
        """Change the state, and note when."""
        self.state = state
        self.changed = asyncio.get_running_loop().time()

    async def follow(self) -> AsyncGenerator[str, None]:
        """Yield the run's lines from its start, then each as it comes, without end.

        What was printed before comes in one go. A reader slower than the demo skips
        what the backlog no longer holds.
        """
        async with self._more:
            await self._more.wait_for(lambda: self._lines)
        header, *events = self._lines
        position = self._dropped + len(self._lines)
        yield header
        past = [json.loads(event) for event in events]
        if printed := "".join(data for _, code, data in past if code == "o"):
            yield json.dumps([0, "o", printed], ensure_ascii=False)
        while True:
            async with self._more:
                while position >= self._dropped + len(self._lines):
                    await self._more.wait()
            position = max(position, self._dropped + 1)
            line = self._lines[position - self._dropped]
            position += 1
            yield line

    async def _add(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line)
        while self._size > BACKLOG and len(self._lines) > 2:
            self._size -= len(self._lines.pop(1))  # line 0 is the header
            self._dropped += 1
        async with self._more:
            self._more.notify_all()


class Stage:
    """The state of the show, and the windows that are told of it."""

    def __init__(
        self,
        paths: Paths,
        tasks: asyncio.TaskGroup,
        folder: Path,
        error: str = "",
        minutes: float | None = None,
        *,
        default_deadline: float = runner.DEADLINE,
        grace: float = runner.GRACE,
    ) -> None:
        """Show the deck in `folder`, and why a newer one could not be built.

        The demos run in `tasks`; the sections' budgets are scaled to `minutes`.
        """
        self._paths = paths
        self._default_deadline = default_deadline
        self._grace = grace
        self.folder = folder
        self.error = error
        self.runs: dict[str, Run] = {}
        self._tasks = tasks
        self._minutes = minutes
        self._begun: float | None = None
        self._windows: set[web.WebSocketResponse] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._play: asyncio.Task[None] | None = None

    def app(self, port: int) -> web.Application:
        """Return the web application, for requests to this machine's `port` only."""
        app = web.Application(middlewares=[_only_from_here(port)])
        app.router.add_get("/show", self._show)
        app.router.add_get("/runs/{slug}", self._follow)
        app.router.add_get("/{path:.*}", self._file)
        app.on_shutdown.append(self._close)
        return app

    async def rebuild(self, theme: str) -> None:
        """Build the deck and tell the windows; after an error the last one stays."""
        built = await asyncio.to_thread(build_or_keep, self._paths, theme, self.folder)
        self.folder, self.error = built
        await self.tell()

    def stop(self) -> None:
        """Stop the demo that runs: there is one at most."""
        if self._play:
            self._play.cancel()

    async def tell(self) -> None:
        """Tell every window how the show stands."""
        state = self._state()
        for window in list(self._windows):
            with contextlib.suppress(ConnectionError):
                await window.send_str(state)

    def _state(self) -> str:
        now = asyncio.get_running_loop().time()
        runs = {
            slug: {
                "id": run.started,
                "state": run.state,
                "halted": run.halted,
                "ran": (now if run.state == "running" else run.changed) - run.started,
                "ago": now - run.changed,
            }
            for slug, run in self.runs.items()
        }
        begun = None if self._begun is None else now - self._begun
        return json.dumps(
            {
                "version": self.folder.name,
                "error": self.error,
                "minutes": self._minutes,
                "begun": begun,
                "runs": runs,
            }
        )

    async def _obey(self, message: str) -> None:
        """Do what a window asks; what makes no sense is ignored."""
        verb, _, slug = message.partition(" ")
        run = self.runs.get(slug)
        running = run is not None and run.state == "running"
        if verb == "begin" and self._begun is None:
            self._begun = asyncio.get_running_loop().time()
        elif slug not in slugs(self._paths.demos):
            return
        elif verb == "run" and not running:
            self.stop()
            self.runs[slug] = Run(slug)
            self._play = self._tasks.create_task(self._perform(self.runs[slug]))
        elif verb == "tape":
            self.stop()
            self.runs[slug] = Run(slug, "tape")
        elif verb == "stop" and running:
            self.stop()
        elif verb == "stop" and run:
            run.halted = True
        await self.tell()

    async def _perform(self, run: Run) -> None:
        lines = runner.run(
            self._paths,
            run.slug,
            default_deadline=self._default_deadline,
            grace=self._grace,
        )
        try:
            await run.play(lines)
        finally:
            await self.tell()

    async def _show(self, request: web.Request) -> web.StreamResponse:
        """Tell a window how the show stands, and do what it asks."""
        async with self._socket(request) as window:
            self._windows.add(window)
            try:
                await window.send_str(self._state())
                async for message in window:
                    if message.type is WSMsgType.TEXT:
                        await self._obey(message.data)
            finally:
                self._windows.discard(window)
        return window

    async def _follow(self, request: web.Request) -> web.StreamResponse:
        """Send a run to a player, and keep the line open so that its picture stays."""
        run = self.runs.get(request.match_info["slug"])
        if run is None:
            raise web.HTTPNotFound

        async def send() -> None:
            async with contextlib.aclosing(run.follow()) as lines:
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
            raise web.HTTPForbidden
        if len(self._sockets) >= VIEWERS:
            raise web.HTTPServiceUnavailable
        ws = web.WebSocketResponse(
            protocols=protocols, heartbeat=10, timeout=1, max_msg_size=1000
        )
        await ws.prepare(request)
        self._sockets.add(ws)
        try:
            yield ws
        finally:
            self._sockets.discard(ws)

    async def _close(self, app: web.Application) -> None:
        """Close the WebSockets, which aiohttp would wait for; pages then reconnect."""
        async with asyncio.TaskGroup() as tasks:
            for ws in self._sockets:
                tasks.create_task(ws.close(code=WSCloseCode.GOING_AWAY))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        folder = self.folder.resolve()
        file = (folder / (request.match_info["path"] or "index.html")).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            raise web.HTTPNotFound
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        if file.suffix == ".html":
            page = await asyncio.to_thread(file.read_text, "utf-8")
            headers["Content-Security-Policy"] = _policy(page, request.host)
        return web.FileResponse(file, headers=headers)


def build_or_keep(paths: Paths, theme: str, last: Path | None) -> tuple[Path, str]:
    """Build the deck; return its folder, or `last` and the error, which is shown.

    Raises what went wrong when there is no last good deck.
    """
    try:
        return build(paths, theme), ""
    except (BuildError, OSError, ValueError) as error:  # a half-written file, say
        if last is None:
            raise
        console.print(str(error), style="failed", markup=False, soft_wrap=True)
        return last, str(error)


def _only_from_here(port: int) -> Middleware:
    """Return the middleware that turns away all but our own pages.

    A page of another origin, and a name that merely resolves to this machine, could
    else read the deck and start the demos.
    """
    hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.host not in hosts or (
            origin is not None and origin != f"http://{request.host}"
        ):
            raise web.HTTPForbidden
        return await handler(request)

    return check


def _policy(page: str, host: str) -> str:
    """Return the Content-Security-Policy of a page: itself, and marp's own scripts."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    )
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src 'self' 'wasm-unsafe-eval' {hashes}; "
        "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' ws://{host}; frame-src 'self'; frame-ancestors 'self'"
    )
