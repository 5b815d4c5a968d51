"""What an event loop holds at a moment, rebuilt from the events of a trace."""

import re
from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from demos.support.trace.tracer import Event

BLOCKED = 0.05  # seconds; a step that takes longer blocks the loop
LATE = 0.01  # seconds; a timer served later than this is called late

CALLBACKS = {  # asyncio's own, by what they are for
    "_set_result_unless_cancelled": "end of a sleep",
    "_read_from_self": "wake-up call",
    "_sock_recv": "read a socket",
    "_done_callback": "gather: one is done",
    "_on_task_done": "group: one is done",
    "_run_until_complete_cb": "run: all is done",
}


class Place(NamedTuple):
    """A line of source code."""

    file: str
    line: int


@dataclass
class LoopState:
    """The places of a loop: who is ready, running or waiting, and for what."""

    time: float = 0.0
    iteration: int = 0
    timeout: float | None = 0.0
    polling: bool = False
    polled: float = 0.0  # when the selector last answered
    running: int = 0
    since: float = 0.0  # when the running step began
    ready: dict[int, None] = field(default_factory=dict)  # in their order
    batch: set[int] = field(default_factory=set)  # what this iteration will run
    timers: dict[int, float] = field(default_factory=dict)  # handle → due
    heap: list[tuple[float, int]] = field(default_factory=list)  # the same, and old
    sockets: dict[int, int] = field(default_factory=dict)  # descriptor → handle
    waiting: dict[int, int | None] = field(default_factory=dict)  # task → future
    waiters: dict[int | None, int] = field(default_factory=dict)  # future → task
    names: dict[int, str] = field(default_factory=dict)  # of tasks and handles
    places: dict[int, Place] = field(default_factory=dict)  # of tasks
    futures: dict[int, int] = field(default_factory=dict)  # handle → future
    calls: dict[int, str] = field(default_factory=dict)  # future → call in a thread
    parents: dict[int, int] = field(default_factory=dict)  # task → who spawned it
    named: Counter[str] = field(default_factory=Counter)  # tasks of each coroutine

    def apply(self, event: Event) -> None:
        """Go on to the moment just after `event`."""
        self.time = event["time"]
        match event:
            case {"event": "task_spawned", "task": task, "by": by}:
                self.names[task] = self._task_name(event)
                self.parents[task] = by
                self._stands(task, event)
            case {"event": "task_scheduled", "task": task}:
                self._wait_no_more(task)
                self.ready[task] = None
            case {"event": "callback_scheduled", "handle": handle}:
                self._handle(handle, event)
                self.ready[handle] = None
            case {"event": "timer_set", "handle": handle, "due": due}:
                self._handle(handle, event)
                self.timers[handle] = due
                heappush(self.heap, (due, handle))
            case {"event": "timer_cancelled", "handle": handle}:
                self.timers.pop(handle, None)
            case {"event": "reader_set" | "writer_set", "handle": handle, "fd": fd}:
                self._handle(handle, event)
                self.sockets[fd] = handle
            case {"event": "fd_unregistered", "fd": fd}:
                self.sockets.pop(fd, None)
            case {"event": "executor_called", "future": future, "function": function}:
                self.calls[future] = function
            case {"event": "before_task_step", "task": key}:
                self._start(key)
            case {"event": "before_callback", "handle": key}:
                self._start(key)
            case {"event": "after_callback"}:
                self.running = 0
            case {"event": "after_task_step", "task": task, "future": future}:
                self.running = 0
                self._stands(task, event)
                if task not in self.ready:
                    self.waiting[task] = future
                    self.waiters[future] = task
            case {"event": "task_exited", "task": task}:
                self._wait_no_more(task)
                self.parents.pop(task, None)
            case {"event": "before_io_wait"}:
                self.iteration = event["iteration"]
                self.timeout = event["timeout"]
                self.polling = True
                # What was to run and did not was cancelled before its turn.
                for key in self.batch:
                    self.ready.pop(key, None)
            case {"event": "after_io_wait", "fds": fds}:
                self.polling = False
                self.polled = self.time
                known = (self.sockets[fd] for fd in fds if fd in self.sockets)
                self.ready.update(dict.fromkeys(known))
                while self.heap and self.heap[0][0] <= self.time:
                    _, handle = heappop(self.heap)
                    if self.timers.pop(handle, None) is not None:
                        self.ready[handle] = None
                self.batch = set(self.ready)

    def _start(self, key: int) -> None:
        self.ready.pop(key, None)
        self.batch.discard(key)
        self.timers.pop(key, None)
        self.running = key
        self.since = self.time

    def _wait_no_more(self, task: int) -> None:
        self.waiters.pop(self.waiting.pop(task, None), None)

    def _handle(self, handle: int, event: Event) -> None:
        self.names[handle] = event["callback"].rpartition(".")[2]
        if event["future"] is not None:
            self.futures[handle] = event["future"]

    def _stands(self, task: int, event: Event) -> None:
        if event["line"] is not None:
            self.places[task] = Place(event["file"], event["line"])

    def _task_name(self, event: Event) -> str:
        if not re.fullmatch(r"Task-\d+", event["name"]):
            return str(event["name"])
        name = event["coroutine"].rpartition(".")[2]
        self.named[name] += 1
        return f"{name} {self.named[name]}" if self.named[name] > 1 else str(name)

    def lag(self) -> float:
        """Return for how long the loop has not asked its selector, in seconds."""
        return 0.0 if self.polling else self.time - self.polled

    def blocked(self) -> bool:
        """Return whether one step keeps all others waiting."""
        return self.running != 0 and self.time - self.since > BLOCKED

    def owner(self, handle: int) -> int | None:
        """Return the task that waits for what this handle resolves, if any does."""
        future = self.futures.get(handle)
        return self.waiters.get(future) if future is not None else None

    def name(self, key: int) -> str:
        """Return what to call a task or a callback."""
        owner = self.owner(key)
        if owner is not None:
            return f"wake {self.names.get(owner, owner)}"
        name = self.names.get(key, "?")
        return CALLBACKS.get(name, name)

    def waker(self, task: int) -> str:
        """Return who will wake a waiting task."""
        future = self.waiting[task]
        if future in self.parents:
            return f"task {self.names[future]}"
        handles = {each for each, other in self.futures.items() if other == future}
        if handles & {*self.ready, self.running}:
            return "about to wake"
        if handles & self.timers.keys():
            return "a timer"
        if handles & set(self.sockets.values()):
            return "the selector"
        if future in self.calls:
            return f"a thread: {self.calls[future]}"
        children = sum(parent == task for parent in self.parents.values())
        return f"the last of {children} tasks" if children else "another task"
