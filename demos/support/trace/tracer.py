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
Windows) run as they always do. Two things tell nearly all, the loop's selector and its
ready queue; neither coroutines nor callbacks are wrapped, so that a program finds its
own. The queue is the private ``_ready``, and of handles and tasks private attributes
are read: asyncio has no public place where a step begins and ends.
"""

import asyncio
import contextlib
import functools
import json
import os
import runpy
import selectors
import sys
import sysconfig
import threading
from collections import deque
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from types import CoroutineType, TracebackType
from typing import Any

LAST = 50_000  # events kept unless told otherwise, at most about 12 MB

# The events and what each tells, named as in Trio's Instrument where it has them
# (https://trio.readthedocs.io/en/stable/reference-lowlevel.html#instruments).
# Tasks, handles and futures are told by their id(), which Python may give to another
# when they are gone; `by` is the task that ran, None for none.
EVENTS: dict[str, tuple[str, ...]] = {
    "task_spawned": ("task", "name", "coroutine", "by", "file", "line"),
    "task_scheduled": ("task", "name", "coroutine"),
    "before_task_step": ("task",),
    "after_task_step": ("task", "future", "file", "line"),
    "task_exited": ("task",),
    "callback_scheduled": ("handle", "callback", "future"),
    "before_callback": ("handle",),
    "after_callback": ("handle",),
    "timer_set": ("handle", "callback", "future", "due"),
    "timer_cancelled": ("handle",),
    "executor_called": ("future", "function"),
    "fd_registered": ("handle", "callback", "future", "fd"),
    "fd_unregistered": ("fd",),
    "before_io_wait": ("iteration", "timeout"),
    "after_io_wait": (),
    "note": ("text",),  # what whoever traces wants to tell, by Trace.record
}
Event = dict[str, Any]
Row = tuple[Any, ...]

Task = asyncio.Task  # bound once: needed in every step

# What the methods of a Task are called that take its next step: in C the first has
# no name; in Python both are private. Its other methods are callbacks like any.
STEPS = {None, "task_wakeup", "__step", "__wakeup"}


class Trace:
    """The `last` events of the loops traced."""

    def __init__(self, last: int = LAST) -> None:
        self.last = last
        self.rows: deque[Row] = deque(maxlen=last)

    def record(self, event: str, *values: object) -> None:
        """Add one event, now."""
        self.rows.append((perf_counter(), event, *values))

    def events(self) -> list[Event]:
        """Return the events in order: each has its time, its name and its EVENTS.

        Times are in seconds since something was first ready to run.
        """
        rows = [event for row in self.rows for event in _events_of(row)]
        rows.sort(key=itemgetter(0))
        del rows[: -self.last]
        starts = (time for time, event, *_ in rows if event.endswith("_scheduled"))
        start = next(starts, 0.0)
        events = []
        for time, event, *values in rows:
            told = dict(zip(EVENTS[event], values, strict=True))
            if "due" in told:
                told["due"] -= start
            events.append({"time": time - start, "event": event, **told})
        return events


def _events_of(row: Row) -> Iterator[Row]:
    """Yield the events that a row stands for: what runs is kept as one row."""
    match row:
        case (start, "step", scheduled, end, task, name, coroutine, *awaits):
            yield scheduled, "task_scheduled", task, name, coroutine
            yield start, "before_task_step", task
            yield end, "after_task_step", task, *awaits
        case (start, "call", scheduled, end, handle, callback, future):
            yield scheduled, "callback_scheduled", handle, callback, future
            yield start, "before_callback", handle
            yield end, "after_callback", handle
        case _:
            yield row


class ReadyQueue(deque[Any]):
    """The ready queue of a loop: sees who comes in, and who goes out to run.

    Who has gone out runs until the next does, or until the loop asks its selector: one
    ends when the next begins.
    This is where tracing costs most: each step of each task passes here.
    """

    __slots__ = ("began", "call", "record", "scheduled", "task", "trace")

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace
        self.record = trace.rows.append
        self.task: Any = None  # whose step runs, if it is one
        self.call: Row | None = None  # what runs, if it is another callback
        self.scheduled = 0.0
        self.began = 0.0

    def append(self, handle: Any) -> None:
        """Take in what is ready to run."""
        deque.append(self, (perf_counter(), handle))

    def popleft(self) -> Any:
        """Give out what has been here longest: it runs now."""
        self.end_step()
        self.scheduled, handle = deque.popleft(self)
        callback = handle._callback
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, Task) and getattr(callback, "__name__", None) in STEPS:
            self.task = owner
        elif not handle._cancelled:
            self.call = _described(handle)
        return handle

    def end_step(self) -> None:
        """Record that what ran has ended, and what a task awaits then, and where."""
        began = self.began
        end = self.began = perf_counter()
        if self.call:
            self.record((began, "call", self.scheduled, end, *self.call))
            self.call = None
        task = self.task
        if task is None:
            return
        self.task = None
        # It stands in the innermost of its coroutines that no library wrote.
        own = None
        coroutine = outermost = task.get_coro()
        while type(coroutine) is CoroutineType:
            if own is None or not _is_library(coroutine.cr_code.co_filename):
                own = coroutine
            coroutine = coroutine.cr_await
        frame = own and own.cr_frame  # None: it has ended
        file = frame and frame.f_code.co_filename
        line = frame and frame.f_lineno
        future = task._fut_waiter
        awaits = future and id(future)
        key = id(task)
        name = task.get_name()
        what = getattr(outermost, "__qualname__", "?")
        row = began, "step", self.scheduled, end, key, name, what, awaits, file, line
        self.record(row)
        if task.done():
            self.record((end, "task_exited", key))


@functools.cache
def _is_library(file: str) -> bool:
    folders = sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")
    return file.startswith(("<frozen", *folders))


def _described(handle: Any) -> Row:
    """Return a handle's id, its callback's name, and the future that it resolves."""
    # What resolves a future has it as its first argument, in asyncio itself.
    first = next(iter(handle._args or ()), None)
    future = id(first) if isinstance(first, asyncio.Future) else None
    return id(handle), _name(handle._callback), future


def _name(thing: Any) -> str:
    while isinstance(thing, functools.partial):  # to_thread: of a context's run
        thing = thing.args[0] if _name(thing.func) == "Context.run" else thing.func
    return str(getattr(thing, "__qualname__", None) or type(thing).__qualname__)


class RecordingSelector:
    """The selector that a loop asks: records what for, and how long."""

    def __init__(self, selector: selectors.BaseSelector, queue: ReadyQueue) -> None:
        self.selector = selector
        self.queue = queue
        self.iteration = 0

    def __getattr__(self, name: str) -> Any:
        """Return what else the selector has."""
        return getattr(self.selector, name)

    def register(self, fd: Any, events: int, handles: Any) -> selectors.SelectorKey:
        """Wait for `events` of `fd`; `handles` are a reader and a writer, or None."""
        key = self.selector.register(fd, events, handles)
        reader, writer = handles
        described = _described(writer or reader)
        self.queue.trace.record("fd_registered", *described, key.fd)
        return key

    def unregister(self, fd: Any) -> selectors.SelectorKey:
        """Wait for `fd` no longer."""
        key = self.selector.unregister(fd)
        self.queue.trace.record("fd_unregistered", key.fd)
        return key

    def modify(self, fd: Any, events: int, handles: Any) -> selectors.SelectorKey:
        """Wait for other `events` of `fd`."""
        self.unregister(fd)
        return self.register(fd, events, handles)

    def select(self, timeout: float | None) -> Any:
        """Wait until something is ready, `timeout` seconds at most; None is forever."""
        self.queue.end_step()
        self.iteration += 1
        self.queue.trace.record("before_io_wait", self.iteration, timeout)
        ready = self.selector.select(timeout)
        self.queue.trace.record("after_io_wait")
        return ready


class TracedEventLoop(asyncio.SelectorEventLoop):
    """A selector event loop whose ready queue records; this tells the rest."""

    _ready: ReadyQueue

    def call_at(  # type: ignore[override]  # just handed on
        self, when: float, callback: Any, *args: Any, **context: Any
    ) -> asyncio.TimerHandle:
        """Set a timer; ``call_later`` and ``asyncio.sleep`` come here too."""
        timer = super().call_at(when, callback, *args, **context)
        due = perf_counter() + when - self.time()
        self._ready.trace.record("timer_set", *_described(timer), due)
        return timer

    def _timer_handle_cancelled(self, handle: Any) -> None:
        self._ready.trace.record("timer_cancelled", id(handle))
        super()._timer_handle_cancelled(handle)  # type: ignore[misc]

    def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
        """Make a task of `coro`; an eager one may be done by then."""
        start = perf_counter()
        task = super().create_task(coro, **options)
        trace = self._ready.trace
        by = self._ready.task and id(self._ready.task)
        code = getattr(coro, "cr_code", None)
        place = (code.co_filename, code.co_firstlineno) if code else (None, None)
        who = id(task), task.get_name(), _name(coro)
        trace.rows.append((start, "task_spawned", *who, by, *place))
        if task.done():
            trace.record("task_exited", id(task))
        return task

    def run_in_executor(  # type: ignore[override]  # just handed on
        self, executor: Any, func: Any, *args: Any
    ) -> asyncio.Future[Any]:
        """Call `func` in another thread or process; ``to_thread`` comes here too."""
        future = super().run_in_executor(executor, func, *args)
        self._ready.trace.record("executor_called", id(future), _name(func))
        return future

    def run_forever(self) -> None:
        """Run until told to stop; ``run_until_complete`` comes here too."""
        try:
            super().run_forever()
        finally:
            self._ready.end_step()


@contextlib.contextmanager
def traced_loop(last: int = LAST) -> Iterator[Trace]:
    """Trace the selector event loops that this thread makes in the block.

    Whoever makes one calls asyncio.SelectorEventLoop in the end: while the block
    lasts, what it makes is a TracedEventLoop. Its subclasses stay as they are.
    """
    trace = Trace(last)
    thread = threading.get_ident()
    plain: Any = asyncio.SelectorEventLoop
    init = plain.__init__

    def traced_init(loop: Any, selector: selectors.BaseSelector | None = None) -> None:
        if type(loop) is not plain or threading.get_ident() != thread:
            init(loop, selector)
            return
        loop.__class__ = TracedEventLoop
        queue = ReadyQueue(trace)
        init(loop, RecordingSelector(selector or selectors.DefaultSelector(), queue))
        loop._ready = queue

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
            sys.excepthook = functools.partial(_show, sys.excepthook)
            raise
        finally:
            if os.getpid() == process:  # not in a child that it forked
                path.write_text(json.dumps(trace.events()), encoding="utf-8")


def _show(hook: Any, kind: Any, error: Any, traceback: TracebackType | None) -> None:
    """Show an exception without the frames of this file and of runpy."""
    first = each = _own(traceback)
    while each:
        each.tb_next = _own(each.tb_next)
        each = each.tb_next
    hook(kind, error.with_traceback(first), first)


def _own(traceback: TracebackType | None) -> TracebackType | None:
    """Return the first part of a traceback that is the program's own."""
    while traceback and traceback.tb_frame.f_code.co_filename in OURS:
        traceback = traceback.tb_next
    return traceback


OURS = (__file__, runpy.__file__, "<frozen runpy>")

if __name__ == "__main__":
    _, out, kept, *sys.argv = sys.argv
    run_script(Path(out), int(kept), sys.argv[0])
