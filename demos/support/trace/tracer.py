"""Record what an asyncio event loop does, step by step, at little cost.

    with traced_loop() as trace:
        asyncio.run(main())
    for event in trace.events():
        print(event)

Traced is each selector event loop that this thread makes meanwhile, whoever makes it:
``asyncio.run``, a ``Runner``, the program itself; subclasses too. Others (uvloop, the
Proactor loop of Windows) run as they always do, and are named.

A program finds its own: neither loop nor selector, coroutine or callback is wrapped or
of another class, and none of our frames is below its code. (One is, below a task
factory and what eager tasks do at once.) Two things tell nearly all: the loop's ready
queue, and the moment in which it asks for its selector. The queue is the private
``_ready``, and of handles and tasks private attributes are read: asyncio has no public
place where a step begins and ends.

This file, events.py and ready_queue.py need nothing but the standard library, and one
another by relative names: start/ loads them into a program.
"""

import asyncio
import contextlib
import functools
import selectors
import sys
import threading
from asyncio import base_events, format_helpers, selector_events
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from .events import LAST, Trace
from .ready_queue import ReadyQueue, described


class Registered(dict[int, selectors.SelectorKey]):
    """The sockets of a selector, by descriptor: sees which come and go."""

    def __init__(self, trace: Trace, registered: Any) -> None:
        super().__init__(registered)
        self.trace = trace

    def __setitem__(self, fd: int, key: selectors.SelectorKey) -> None:
        """Wait for a socket, or for something else of one."""
        super().__setitem__(fd, key)
        if isinstance(key.data, tuple):  # of a loop: two handles, or None for one
            reader, writer = key.data
            self.trace.record("fd_registered", *described(writer or reader), fd)

    def pop(self, fd: int, *default: Any) -> Any:
        """Wait for a socket no longer."""
        key = super().pop(fd, *default)
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
        """Have a new loop traced if it is of this thread."""
        is_new = "_selector" not in vars(loop)
        vars(loop)["_selector"] = selector
        if not is_new or threading.get_ident() != self.thread:
            return
        loop._ready = ReadyQueue(self.trace)
        if hasattr(selector, "_fd_to_key"):  # all of the standard library have it
            selector._fd_to_key = Registered(self.trace, selector._fd_to_key)

    def __get__(self, loop: Any, _: object) -> Any:
        """Record that a loop is about to wait, if it is that which asks."""
        asks = sys._getframe(1)
        if _is_traced(loop) and asks.f_code.co_name == "_run_once":
            loop._ready.begin_wait(asks.f_locals.get("timeout"))
        if loop is None or "_selector" not in vars(loop):
            raise AttributeError("_selector")
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
            if error.__traceback__:  # without this frame
                error.__traceback__ = error.__traceback__.tb_next
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
        ran: Any = asyncio._get_running_loop()
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
    running = _running(trace, asyncio._set_running_loop)
    hooks = [
        (base, "create_task", _told(base.create_task, ReadyQueue.spawned)),
        (base, "call_at", _told(base.call_at, ReadyQueue.timer_set)),
        (base, "run_in_executor", _told(base.run_in_executor, ReadyQueue.called)),
        (selecting, "_selector", OwnSelector(trace, thread)),
        (selecting, "_process_events", ProcessEvents(selecting._process_events)),
        (asyncio, "_set_running_loop", running),
        (asyncio.events, "_set_running_loop", running),
    ]
    cancelled = _told(base._timer_handle_cancelled, ReadyQueue.timer_cancelled)
    hooks.append((base, "_timer_handle_cancelled", cancelled))
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
