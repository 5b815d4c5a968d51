"""Record what an asyncio event loop does, step by step, at little cost.

    with traced_loop() as trace:
        asyncio.run(main())
    for event in trace.events():
        print(event)

This file needs nothing but the standard library: start/ loads it into a program.

Traced is each selector event loop that this thread makes meanwhile, whoever makes it:
``asyncio.run``, a ``Runner``, the program itself; subclasses too. Others (uvloop, the
Proactor loop of Windows) run as they always do, and are named.

A program finds its own: neither loop nor selector, coroutine or callback is wrapped or
of another class. Two things tell nearly all: the loop's ready queue, and the moment in
which it asks for its selector. The queue is the private ``_ready``, and of handles and
tasks private attributes are read: asyncio has no public place where a step begins and
ends.
"""

import asyncio
import contextlib
import functools
import json
import selectors
import sys
import sysconfig
import threading
from asyncio import base_events, events, format_helpers, selector_events
from collections import deque
from collections.abc import Callable, Iterator
from operator import itemgetter
from time import perf_counter
from types import CoroutineType
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

# Tasks in C and in Python (of debuggers, say); bound once: needed in every step.
TASKS = (asyncio.Task, vars(asyncio.tasks)["_PyTask"])

# What the methods of a Task are called that take its next step: in C the first has
# no name; in Python both are private. Its other methods are callbacks like any.
STEPS = {None, "task_wakeup", "__step", "__wakeup"}


class Trace:
    """The `last` events of the loops traced."""

    def __init__(self, last: int = LAST) -> None:
        self.last = last
        self.rows: deque[Row] = deque(maxlen=last)
        self.untraced: set[str] = set()  # the loops that ran and were not traced

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

    def as_json(self) -> str:
        """Return what there is to tell as a file has it."""
        told = {"events": self.events(), "untraced": sorted(self.untraced)}
        return json.dumps(told)


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

    __slots__ = (
        "began",
        "call",
        "iteration",
        "record",
        "since",
        "task",
        "times",
        "trace",
    )

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace
        self.record = trace.rows.append
        self.times: deque[float] = deque()  # when each of the handles came in
        self.task: Any = None  # whose step runs, if it is one
        self.call: Row | None = None  # what runs, if it is another callback
        self.since = 0.0  # when that came in
        self.began = 0.0
        self.iteration = 0

    def append(self, handle: Any) -> None:
        """Take in what is ready to run."""
        self.times.append(perf_counter())
        deque.append(self, handle)

    def popleft(self) -> Any:
        """Give out what has been here longest: it runs now."""
        self.end_step()
        handle = deque.popleft(self)
        self.since = self.times.popleft() if self.times else self.began
        callback = handle._callback
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, TASKS) and getattr(callback, "__name__", None) in STEPS:
            self.task = owner
        elif not handle._cancelled:
            self.call = _described(handle)
        return handle

    def end_step(self) -> None:
        """Record that what ran has ended, and what a task awaits then, and where."""
        began = self.began
        end = self.began = perf_counter()
        task = self.task
        if task is None:
            if self.call:
                self.record((began, "call", self.since, end, *self.call))
                self.call = None
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
        row = began, "step", self.since, end, key, name, what, awaits, file, line
        self.record(row)
        if frame is None and task.done():
            self.record((end, "task_exited", key))

    def begin_wait(self, timeout: float | None) -> None:
        """Record that the loop asks its selector: who runs has ended."""
        self.end_step()
        if len(self.times) != len(self):  # a program may put in or take out some
            self.times = deque([self.began] * len(self))
        self.iteration += 1
        self.trace.record("before_io_wait", self.iteration, timeout)

    def end_wait(self) -> None:
        """Record that the selector has answered."""
        self.trace.record("after_io_wait")

    # What a loop has just done at `start`: its method's result and its arguments.

    def spawned(self, start: float, task: Any, coro: Any, **_: object) -> None:
        """Record a new task; an eager one may be done by now, and has no coroutine."""
        by = self.task and id(self.task)
        code = getattr(coro, "cr_code", None)
        place = (code.co_filename, code.co_firstlineno) if code else (None, None)
        who = id(task), task.get_name(), _name(coro)
        self.record((start, "task_spawned", *who, by, *place))
        if task.done():
            self.trace.record("task_exited", id(task))

    def timer_set(
        self, _: float, timer: Any, when: float, *__: object, **___: object
    ) -> None:
        """Record a timer, of ``call_later`` and ``asyncio.sleep`` too."""
        due = perf_counter() + when - timer._loop.time()
        self.trace.record("timer_set", *_described(timer), due)

    def timer_cancelled(self, _: float, __: None, timer: Any) -> None:
        """Record that a timer was cancelled."""
        self.trace.record("timer_cancelled", id(timer))

    def called(
        self, _: float, future: Any, executor: object, func: Any, *__: object
    ) -> None:
        """Record a call in another thread or process; ``to_thread`` comes here too."""
        self.trace.record("executor_called", id(future), _name(func))


@functools.cache
def _is_library(file: str) -> bool:
    folders = sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")
    return file.startswith(("<frozen", *folders))


def _described(handle: Any) -> Row:
    """Return a handle's id, its callback's name, and the future that it resolves."""
    # What resolves a future has it as its first argument, in asyncio itself.
    first = next(iter(handle._args or ()), None)
    future = id(first) if asyncio.isfuture(first) else None
    return id(handle), _name(handle._callback), future


def _name(thing: Any) -> str:
    while isinstance(thing, functools.partial):  # to_thread: of a context's run
        thing = thing.args[0] if _name(thing.func) == "Context.run" else thing.func
    return str(getattr(thing, "__qualname__", None) or type(thing).__qualname__)


class Registered(dict[int, selectors.SelectorKey]):
    """The sockets of a selector, by descriptor: sees which come and go."""

    def __init__(self, trace: Trace, registered: Any) -> None:
        super().__init__(registered)
        self.trace = trace

    def __setitem__(self, fd: int, key: selectors.SelectorKey) -> None:
        """Wait for a socket, or for something else of one."""
        super().__setitem__(fd, key)
        reader, writer = key.data  # handles, or None
        self.trace.record("fd_registered", *_described(writer or reader), fd)

    def pop(self, fd: int) -> selectors.SelectorKey:  # type: ignore[override]
        """Wait for a socket no longer."""
        key = super().pop(fd)
        self.trace.record("fd_unregistered", fd)
        return key


def _is_traced(loop: Any) -> bool:
    return type(getattr(loop, "_ready", None)) is ReadyQueue


class OwnSelector:
    """The attribute ``_selector`` of loops, which sees when it is set and asked for.

    A loop sets it once, when it is made, and asks for it before it waits. As only that
    is seen, nothing of ours is on the stack while a loop runs or waits.
    """

    def __init__(self, trace: Trace, thread: int | None) -> None:
        self.trace = trace
        self.thread = thread

    def __set__(self, loop: Any, selector: Any) -> None:
        """Have the loop traced if it is of this thread."""
        vars(loop)["_selector"] = selector
        if threading.get_ident() != self.thread:
            return
        loop._ready = ReadyQueue(self.trace)
        if hasattr(selector, "_fd_to_key"):  # all of the standard library have it
            selector._fd_to_key = Registered(self.trace, selector._fd_to_key)

    def __get__(self, loop: Any, _: object) -> Any:
        """Record that a loop is about to wait, if it is that which asks."""
        asks = sys._getframe(1)
        if _is_traced(loop) and asks.f_code.co_name == "_run_once":
            loop._ready.begin_wait(asks.f_locals["timeout"])
        return vars(loop)["_selector"]


class ProcessEvents:
    """The method of a loop for what a wait has brought: it is asked for after each."""

    def __init__(self, plain: Any) -> None:
        self.plain = plain

    def __get__(self, loop: Any, owner: Any) -> Any:
        """Record the end of a wait."""
        if _is_traced(loop):
            loop._ready.end_wait()
        return self.plain.__get__(loop, owner)


def _told(plain: Any, tell: Any) -> Any:
    """Return a method of loops that tells of each call; no traceback shows it."""

    @functools.wraps(plain)
    def method(loop: Any, *args: Any, **options: Any) -> Any:
        start = perf_counter()
        try:
            result = plain(loop, *args, **options)
        except BaseException as error:
            frames = error.__traceback__
            error.__traceback__ = frames and frames.tb_next  # without this one
            raise
        if _is_traced(loop):
            if getattr(result, "_source_traceback", None):
                _forget(result._source_traceback)
            tell(loop._ready, start, result, *args, **options)
        return result

    return method


def _forget(made: Any) -> None:
    """Take the method above from where something was made, as debug mode tells.

    That is a stack of a few frames: one more of those that called the method fits in.
    """
    ours = [at for at, frame in enumerate(made) if frame.filename == __file__]
    for at in ours:
        made[: at + 1] = format_helpers.extract_stack(sys._getframe(2))[-at - 1 :]


def _running(trace: Trace, plain: Any) -> Any:
    """Return what each loop calls when it begins to run, and with None at the end."""

    def _set_running_loop(loop: Any) -> None:
        ran: Any = events._get_running_loop()
        plain(loop)
        if loop is None and _is_traced(ran):
            ran._ready.end_step()
        elif loop and not _is_traced(loop):
            kind, thread = type(loop), threading.current_thread()
            where = f"{kind.__module__}.{kind.__qualname__} in {thread.name}"
            trace.untraced.add(where)

    return _set_running_loop


def _watch(trace: Trace, thread: int | None) -> Callable[[], None]:
    """Trace the loops that a thread makes from now on; return what ends that."""
    base: Any = base_events.BaseEventLoop
    selecting: Any = selector_events.BaseSelectorEventLoop
    running = _running(trace, events._set_running_loop)
    hooks = (
        (base, "create_task", _told(base.create_task, ReadyQueue.spawned)),
        (base, "call_at", _told(base.call_at, ReadyQueue.timer_set)),
        (base, "run_in_executor", _told(base.run_in_executor, ReadyQueue.called)),
        (
            base,
            "_timer_handle_cancelled",
            _told(base._timer_handle_cancelled, ReadyQueue.timer_cancelled),
        ),
        (selecting, "_selector", OwnSelector(trace, thread)),
        (selecting, "_process_events", ProcessEvents(selecting._process_events)),
        (events, "_set_running_loop", running),
        (asyncio, "_set_running_loop", running),
    )
    plain = [(owner, name, vars(owner).get(name)) for owner, name, _ in hooks]
    for owner, name, hook in hooks:
        setattr(owner, name, hook)

    def end() -> None:
        for owner, name, before in plain:
            if before:
                setattr(owner, name, before)
            else:
                delattr(owner, name)

    return end


@contextlib.contextmanager
def traced_loop(last: int = LAST) -> Iterator[Trace]:
    """Trace the selector event loops that this thread makes in the block."""
    trace = Trace(last)
    end = _watch(trace, threading.get_ident())
    try:
        yield trace
    finally:
        end()


def trace_main_thread(last: int) -> Trace:
    """Trace the selector event loops that the main thread makes, to the very end."""
    trace = Trace(last)
    _watch(trace, threading.main_thread().ident)
    return trace
