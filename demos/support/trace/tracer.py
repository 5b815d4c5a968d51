"""Record what an asyncio event loop does, step by step, at little cost.

    with traced_loop() as trace:
        asyncio.run(main())
    for event in trace.events():
        print(event)

This file needs nothing but the standard library, and is a program too:
``python tracer.py TRACE.json LAST SCRIPT [ARGS…]`` runs SCRIPT unchanged and writes
its last events to TRACE.json.

Traced is each selector event loop that this thread makes meanwhile, whoever makes it:
``asyncio.run``, a ``Runner``, the program itself. Others (uvloop, the Proactor loop of
Windows) run as they always do. The hooks are public: a selector that records, and the
loop's ``call_soon``, ``call_at``, ``create_task``, ``run_in_executor``; but for
``_add_reader`` and ``_add_writer``, through which transports wait for a socket, and
``_timer_handle_cancelled``. Coroutines are not wrapped: a program finds its own
``get_coro()`` and its own tracebacks. ``_fut_waiter`` and ``_exception`` are only
read, to say what a task waits for and how it ended; in debug mode, this file's line
is taken out of ``_source_traceback``.
"""

import asyncio
import contextlib
import functools
import itertools
import json
import os
import runpy
import selectors
import sys
import sysconfig
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextvars import Context
from pathlib import Path
from time import perf_counter
from types import CodeType, CoroutineType, TracebackType
from typing import Any, TypeVar, TypeVarTuple

LAST = 50_000  # events kept unless told otherwise, at most about 12 MB

# The events and what each tells, named as in Trio's Instrument where it has them
# (https://trio.readthedocs.io/en/stable/reference-lowlevel.html#instruments).
# Tasks, handles and futures are numbers; 0 stands for the loop, -1 for a thread.
EVENTS: dict[str, tuple[str, ...]] = {
    "task_spawned": ("task", "name", "coroutine", "by", "file", "line"),
    "task_scheduled": ("task", "by"),
    "before_task_step": ("task",),
    "after_task_step": ("task", "future", "file", "line"),
    "task_exited": ("task", "name", "outcome"),
    "callback_scheduled": ("handle", "callback", "future", "by"),
    "before_callback": ("handle",),
    "after_callback": ("handle",),
    "timer_set": ("handle", "callback", "future", "by", "due"),
    "timer_cancelled": ("handle",),
    "reader_set": ("handle", "callback", "future", "by", "fd"),
    "writer_set": ("handle", "callback", "future", "by", "fd"),
    "executor_called": ("future", "function", "by"),
    "fd_registered": ("fd", "events"),
    "fd_unregistered": ("fd",),
    "before_io_wait": ("iteration", "timeout"),
    "after_io_wait": ("iteration", "fds"),
}
NUMBERED = {"task", "handle", "future", "by"}
Event = dict[str, Any]
Row = tuple[Any, ...]
T = TypeVar("T")
Made = TypeVar("Made")
Ts = TypeVarTuple("Ts")

# What the methods of a Task are called that take its next step: in C the first has
# no name; in Python both are private. Its other methods are callbacks like any.
STEPS = {None, "task_wakeup", "__step", "__wakeup"}

# Bound once: each is needed in every step.
Task = asyncio.Task
Future = asyncio.Future
plain_call_soon: Any = asyncio.SelectorEventLoop.call_soon


class _Libraries(dict[str, bool]):
    """Is this source file a library's, and not the program's own?"""

    folders = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib")})

    def __missing__(self, file: str) -> bool:
        self[file] = file.startswith(("<frozen", *self.folders))
        return self[file]


LIBRARIES = _Libraries()
OURS = (__file__, runpy.__file__, "<frozen runpy>")


class Trace:
    """The `last` events of the loops traced; times in seconds since it was made.

    A task whose steps are still there keeps its task_spawned too, however old.
    """

    def __init__(self, last: int = LAST) -> None:
        self.start = perf_counter()
        self.loops = 0
        self.running = 0
        self.rows: deque[Row] = deque(maxlen=last)
        self.alive: dict[int, Row] = {}  # the task_spawned of each task not done
        self.next_number = itertools.count(1).__next__
        self.thread = threading.get_ident()

    def record(self, event: str, *values: object) -> None:
        """Add one event, now."""
        self.rows.append((perf_counter(), event, *values))

    def by(self) -> int:
        """Return who acts now: a task or handle, 0 for the loop, -1 for a thread."""
        return self.running if threading.get_ident() == self.thread else -1

    def events(self) -> list[Event]:
        """Return the events in order: each has its time, its name and its EVENTS."""
        rows = self.rows.copy()
        every = [event for row in rows for event in _events_of(row)]
        every.sort(key=lambda event: event[0])
        kept = every[-(rows.maxlen or 0) :]
        ended = (row[-1][-1] for row in rows if row[1] == "task_step" and row[-1])
        older = [
            spawned
            for spawned in (*self.alive.values(), *ended)
            if spawned and spawned[0] < kept[0][0]
        ]
        older.sort(key=lambda event: event[0])
        numbers: dict[int, int] = {0: 0, -1: -1}
        count = itertools.count(1)
        events = [self._event(row, numbers, count) for row in [*older, *kept]]
        names = {
            event["task"]: event["name"]
            for event in events
            if event["event"] == "task_exited"
        }
        for event in events:  # a task may get its name after it was spawned
            if event["event"] == "task_spawned":
                event["name"] = names.get(event["task"], event["name"])
        return events

    def _event(self, row: Row, numbers: dict[int, int], count: Iterator[int]) -> Event:
        time, name, *values = row
        event = {"time": time - self.start, "event": name}
        for field, value in zip(EVENTS[name], values, strict=True):
            if field in NUMBERED and value is not None:
                if value not in numbers:
                    numbers[value] = next(count)
                value = numbers[value]
            event[field] = value
        if name == "task_exited":  # its id may be another's from now on
            del numbers[values[0]]
        return event


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all; an OSError leaves nothing behind."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _events_of(row: Row) -> Iterator[Row]:
    """Yield the events that one row stands for: a whole step is kept as one row."""
    match row:
        case (start, "task_step", end, task, by, scheduled, future, *place, ended):
            yield scheduled, "task_scheduled", task, by
            yield start, "before_task_step", task
            yield end, "after_task_step", task, future, *_place(*place)
            if ended:
                yield end, "task_exited", task, *ended[:2]
        case (start, "callback", end, handle):
            yield start, "before_callback", handle
            yield end, "after_callback", handle
        case (start, "io_wait", end, iteration, timeout, fds):
            yield start, "before_io_wait", iteration, timeout
            yield end, "after_io_wait", iteration, fds
        case _:
            yield row


def _place(code: CodeType | None, instruction: int) -> tuple[str | None, int | None]:
    """Return the file and the line of an instruction, or None for both."""
    if code is None:
        return None, None
    lines = (line for start, end, line in code.co_lines() if start <= instruction < end)
    return code.co_filename, next(lines, None)


def task_step(
    task: Any,
    callback: Callable[..., object],
    args: tuple[Any, ...],
    trace: Trace,
    by: int,
    scheduled: float,
) -> None:
    """Let `task` take one step; record when, and what it awaits then, and where."""
    key = id(task)
    trace.running = key
    start = perf_counter()
    try:
        callback(*args)
    finally:
        end = perf_counter()
        trace.running = 0
        future = task._fut_waiter
        # Where it stands: the innermost of its coroutines that no library wrote.
        own = None
        awaited = task.get_coro()
        while type(awaited) is CoroutineType:
            if own is None or not LIBRARIES[awaited.cr_code.co_filename]:
                own = awaited
            awaited = awaited.cr_await
        frame = own and own.cr_frame
        trace.rows.append(
            (
                start,
                "task_step",
                end,
                key,
                by,
                scheduled,
                future and id(future),
                frame and frame.f_code,
                frame and frame.f_lasti,
                task.done() and _ended(task, trace.alive.pop(key, None)),
            )
        )


def _ended(task: Any, spawned: Row | None) -> Row:
    """Return the task's name, how it ended, and its task_spawned."""
    # Not exception(): it would mark the exception as retrieved by the program.
    outcome = "returned" if task._exception is None else "raised"
    return task.get_name(), "cancelled" if task.cancelled() else outcome, spawned


def run_callback(
    trace: Trace, handle: int, callback: Callable[..., object], *args: Any
) -> None:
    """Call any other callback; record when."""
    trace.running = handle
    start = perf_counter()
    try:
        callback(*args)
    finally:
        trace.rows.append((start, "callback", perf_counter(), handle))
        trace.running = 0


class Disguised:
    """Calls `run`, but has the names of `callback`, by which asyncio's messages go."""

    def __init__(
        self, run: functools.partial[None], callback: Callable[..., object]
    ) -> None:
        self.run = run
        self.__wrapped__ = callback

    def __getattr__(self, name: str) -> Any:
        """Return what the callback has under that name."""
        return getattr(self.__wrapped__, name)

    def __call__(self, *args: Any) -> None:
        """Run; a handle takes no interest in what its callback returns."""
        self.run(*args)


def _made_elsewhere(made: Made) -> Made:
    """Return a task or handle without this file as the place where it was made.

    Only debug mode keeps that; asyncio takes its own line away likewise.
    """
    traceback = getattr(made, "_source_traceback", None)
    if traceback:
        del traceback[-1]
    return made


class TracedEventLoop(asyncio.SelectorEventLoop):
    """A selector event loop that tells `trace` what it does."""

    def __init__(
        self, trace: Trace, selector: selectors.BaseSelector | None = None
    ) -> None:
        trace.loops += 1
        self._trace = trace
        selector = selector or selectors.DefaultSelector()
        super().__init__(RecordingSelector(trace, selector))

    def call_soon(
        self,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Put a task's next step, or another callback, into the ready queue."""
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, Task) and getattr(callback, "__name__", None) in STEPS:
            trace = self._trace
            now = perf_counter()
            by = trace.running
            if not self.get_debug():
                # Spelt out and without super(): this is where tracing costs most.
                handle: asyncio.Handle = plain_call_soon(
                    self,
                    task_step,
                    owner,
                    callback,
                    args,
                    trace,
                    by,
                    now,
                    context=context,
                )
                return handle
            step = functools.partial(task_step, owner, callback, args, trace, by, now)
            named = Disguised(step, callback)
            return _made_elsewhere(super().call_soon(named, context=context))
        traced = self._traced("callback_scheduled", callback, args)
        return _made_elsewhere(super().call_soon(traced, *args, context=context))

    def call_soon_threadsafe(
        self,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Do the same from any thread, and wake the selector."""
        traced = self._traced("callback_scheduled", callback, args)
        handle = super().call_soon_threadsafe(traced, *args, context=context)
        return _made_elsewhere(handle)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Set a timer; ``call_later`` and ``asyncio.sleep`` come here too."""
        due = perf_counter() - self._trace.start + when - self.time()
        traced = self._traced("timer_set", callback, args, due)
        return _made_elsewhere(super().call_at(when, traced, *args, context=context))

    def _timer_handle_cancelled(self, handle: Any) -> None:
        self._trace.record("timer_cancelled", handle._callback.run.args[1])
        super()._timer_handle_cancelled(handle)  # type: ignore[misc]

    def _add_reader(self, fd: int, callback: Callable[..., object], *args: Any) -> Any:
        traced = self._traced("reader_set", callback, args, fd)
        return super()._add_reader(fd, traced, *args)  # type: ignore[misc]

    def _add_writer(self, fd: int, callback: Callable[..., object], *args: Any) -> Any:
        traced = self._traced("writer_set", callback, args, fd)
        return super()._add_writer(fd, traced, *args)  # type: ignore[misc]

    def _traced(
        self,
        event: str,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        *values: float,
    ) -> Any:
        trace = self._trace
        handle = trace.next_number()
        # What resolves a future has it as its first argument, in asyncio itself.
        future = id(args[0]) if args and isinstance(args[0], Future) else None
        trace.record(event, handle, _name(callback), future, trace.by(), *values)
        return Disguised(
            functools.partial(run_callback, trace, handle, callback), callback
        )

    def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
        """Make a task of `coro`; an eager one may be done by then."""
        task = _made_elsewhere(super().create_task(coro, **options))
        code = getattr(coro, "cr_code", None)
        place = (code.co_filename, code.co_firstlineno) if code else (None, None)
        names = task.get_name(), _name(coro)
        key, now, by = id(task), perf_counter(), self._trace.by()
        row = (now, "task_spawned", key, *names, by, *place)
        self._trace.rows.append(row)
        if task.done():
            self._trace.record("task_exited", key, *_ended(task, None)[:2])
        else:
            self._trace.alive[key] = row
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Report what a callback raised, without our frames in its traceback."""
        error = context.get("exception")
        if error is not None:
            error.__traceback__ = _others(error.__traceback__)
        super().call_exception_handler(context)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Call `func` in another thread or process; ``to_thread`` comes here too."""
        future = super().run_in_executor(executor, func, *args)
        self._trace.record("executor_called", id(future), _name(func), self._trace.by())
        return future


def _name(thing: Any) -> str:
    while isinstance(thing, functools.partial):  # to_thread: of a context's run
        thing = thing.args[0] if _name(thing.func) == "Context.run" else thing.func
    return str(getattr(thing, "__qualname__", None) or type(thing).__qualname__)


class RecordingSelector(selectors.BaseSelector):
    """The selector that a loop asks; it tells `trace` what for, and how long."""

    def __init__(self, trace: Trace, selector: selectors.BaseSelector) -> None:
        self.trace = trace
        self.selector = selector
        self.iteration = 0

    def register(
        self, fileobj: Any, events: int, data: Any = None
    ) -> selectors.SelectorKey:
        """Wait for `events` of `fileobj` from now on."""
        key = self.selector.register(fileobj, events, data)
        self.trace.record("fd_registered", key.fd, events)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Wait for `fileobj` no longer."""
        key = self.selector.unregister(fileobj)
        self.trace.record("fd_unregistered", key.fd)
        return key

    def modify(
        self, fileobj: Any, events: int, data: Any = None
    ) -> selectors.SelectorKey:
        """Wait for other `events` of `fileobj` from now on."""
        key = self.selector.modify(fileobj, events, data)
        self.trace.record("fd_registered", key.fd, events)
        return key

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait until something is ready, `timeout` seconds at most; None is forever."""
        self.iteration += 1
        start = perf_counter()
        ready = self.selector.select(timeout)
        end = perf_counter()
        fds = tuple(key.fd for key, _ in ready) if ready else ()
        row = (start, "io_wait", end, self.iteration, timeout, fds)
        self.trace.rows.append(row)
        return ready

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Return all that is waited for."""
        return self.selector.get_map()

    def close(self) -> None:
        """Let go of what the selector holds."""
        self.selector.close()


@contextlib.contextmanager
def traced_loop(last: int = LAST) -> Iterator[Trace]:
    """Trace the selector event loops that this thread makes in the block.

    Whoever makes one calls asyncio.SelectorEventLoop in the end: while the block
    lasts, what it makes is a TracedEventLoop. Its subclasses stay as they are.
    """
    trace = Trace(last)
    plain: Any = asyncio.SelectorEventLoop
    init = plain.__init__

    def traced_init(loop: Any, selector: selectors.BaseSelector | None = None) -> None:
        if type(loop) is plain and threading.get_ident() == trace.thread:
            loop.__class__ = TracedEventLoop
            TracedEventLoop.__init__(loop, trace, selector)
        else:
            init(loop, selector)

    plain.__init__ = traced_init
    try:
        yield trace
    finally:
        plain.__init__ = init


def run_script(path: Path, last: int, script: str) -> None:
    """Run `script` as ``python script`` would, and write its last events to `path`.

    It ends as the script ends: with its exit code, its exception, its traceback.
    """
    process = os.getpid()
    if not sys.flags.safe_path:
        sys.path[0] = str(Path(script).resolve().parent)
    with traced_loop(last) as trace:
        try:
            runpy.run_path(script, run_name="__main__")
        except BaseException:
            sys.excepthook = _without_our_frames(sys.excepthook)
            raise
        finally:
            if os.getpid() == process:  # not in a child that it forked
                write_whole(path, json.dumps(trace.events()))


def _without_our_frames(hook: Any) -> Any:
    def shown(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        rest = _others(traceback)
        hook(kind, error.with_traceback(rest), rest)

    return shown


def _others(traceback: TracebackType | None) -> TracebackType | None:
    """Return the traceback without the frames of this file and of runpy."""
    frames = []
    while traceback:
        frames.append(traceback)
        traceback = traceback.tb_next
    rest = None
    for frame in reversed(frames):
        if frame.tb_frame.f_code.co_filename not in OURS:
            frame.tb_next = rest
            rest = frame
    return rest


if __name__ == "__main__":
    _, out, kept, *sys.argv = sys.argv
    run_script(Path(out), int(kept), sys.argv[0])
