"""The ready queue of a traced loop: it sees each step of each task begin and end."""

import asyncio
import functools
import os
import sys
from collections import deque
from contextvars import Context
from time import perf_counter
from types import CoroutineType
from typing import Any

from .events import Row, Trace

# Tasks in C and in Python (of debuggers, say); bound once: needed in every step.
TASKS = (asyncio.Task, vars(asyncio.tasks)["_PyTask"])

# What the methods of a Task are called that take its next step: in C the first has
# no name; in Python both are private. Its other methods are callbacks like any.
STEPS = {None, "task_wakeup", "__step", "__wakeup"}


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
        try:
            owner = getattr(callback, "__self__", None)
        except Exception:  # a callable with attributes of its own
            owner = None
        if isinstance(owner, TASKS) and getattr(callback, "__name__", None) in STEPS:
            self.task = owner
        elif not handle._cancelled:
            self.call = described(handle)
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
        if not isinstance(task, TASKS):  # what a factory has made
            return
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
        self.trace.record("timer_set", *described(timer), due)

    def timer_cancelled(self, _: float, __: None, timer: Any) -> None:
        """Record that a timer was cancelled."""
        self.trace.record("timer_cancelled", id(timer))

    def called(
        self, _: float, future: Any, executor: object, func: Any, *__: object
    ) -> None:
        """Record a call in another thread or process; ``to_thread`` comes here too."""
        self.trace.record("executor_called", id(future), _name(func))


_SITE: Any = sys.modules.get("site")
# Not asked of sysconfig: to import that within a step would show as the step's.
_LIBRARIES = (
    "<frozen",
    os.path.dirname(os.__file__),  # noqa: PTH120
    *(_SITE.getsitepackages() if _SITE else ()),
)


@functools.cache
def _is_library(file: str) -> bool:
    return file.startswith(_LIBRARIES)


def described(handle: Any) -> Row:
    """Return a handle's id, its callback's name, and the future that it resolves."""
    # What resolves a future has it as its first argument, in asyncio itself.
    first = next(iter(handle._args or ()), None)
    try:
        future = id(first) if asyncio.isfuture(first) else None
        return id(handle), _name(handle._callback), future
    except Exception:  # one of these has attributes of its own
        return id(handle), type(handle._callback).__qualname__, None


def _name(thing: Any) -> str:
    while isinstance(thing, functools.partial):  # to_thread: of a context's run
        called = getattr(thing.func, "__self__", None)
        is_run = type(called) is Context and thing.args
        thing = thing.args[0] if is_run else thing.func
    return str(getattr(thing, "__qualname__", None) or type(thing).__qualname__)
