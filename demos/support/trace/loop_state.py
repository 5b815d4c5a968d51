"""What an event loop holds at a moment, rebuilt from the events of a trace."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from demos.support.trace.tracer import Event

BLOCKED = 0.05  # seconds; a step that takes longer blocks the loop
LATE = 0.01  # seconds; a timer served later than this is called late

CALLBACKS = {  # asyncio's own, by what they are for
    "_set_result_unless_cancelled": "end of a sleep",
    "_read_from_self": "a thread's call",
    "_sock_recv": "read a socket",
    "_on_task_done": "group: one is done",
    "_run_until_complete_cb": "run: all is done",
}


class Stretch(NamedTuple):
    """From when to when (seconds) a task was waiting, ready, late, running, blocked."""

    start: float
    end: float
    state: str


@dataclass
class Life:
    """A task: who it is, where it stands, and what it did from 0 s on."""

    name: str
    parent: int  # who spawned it
    file: str
    line: int
    since: float  # when its present state began, in seconds
    state: str = "waiting"
    exited: float | None = None
    stretches: list[Stretch] = field(default_factory=list)  # before the present one

    def turn(self, time: float, state: str) -> None:
        """End a stretch at `time`, and begin another."""
        if self.state == "running" and time - self.since > BLOCKED:
            self.state = "blocked"
        if time > self.since:
            self.stretches.append(Stretch(self.since, time, self.state))
            self.since = time
        self.state = state

    def during(self, *states: str) -> list[Stretch]:
        """Return the stretches in these states."""
        return [each for each in self.stretches if each.state in states]


@dataclass
class LoopState:
    """The places of a loop: who is ready, running or waiting, and for what.

    Tasks, handles and futures are the numbers that events have for them.
    """

    applied: int = 0  # events
    time: float = 0.0
    iteration: int = 0
    timeout: float | None = 0.0
    polling: bool = False
    polled: float = 0.0  # when the selector last answered
    running: int = 0
    since: float = 0.0  # when the running step began
    longest: tuple[float, str] = (0.0, "")  # step: seconds, and who took it from where
    ready: dict[int, None] = field(default_factory=dict)  # in their order
    timers: dict[int, float] = field(default_factory=dict)  # handle → due
    sockets: dict[int, int] = field(default_factory=dict)  # handle → descriptor
    waiting: dict[int, int] = field(default_factory=dict)  # task → future
    waiters: dict[int, int] = field(default_factory=dict)  # future → task
    tasks: dict[int, Life] = field(default_factory=dict)  # that have not exited
    lives: list[Life] = field(default_factory=list)  # of all tasks, as they came
    named: Counter[str] = field(default_factory=Counter)  # tasks, by their coroutine
    callbacks: dict[int, str] = field(default_factory=dict)  # handle → name
    futures: dict[int, int] = field(default_factory=dict)  # handle → what it resolves
    calls: dict[int, str] = field(default_factory=dict)  # future → function in a thread

    def apply(self, event: Event) -> None:
        """Go on to the moment just after `event`."""
        self.applied += 1
        self.time = event["time"]
        if event["event"].startswith("after_"):
            self._end()
        if "task" in event:
            self._apply_to_task(event["event"], event["task"], event)
            return
        handle = event.get("handle", 0)
        if "callback" in event:
            self.callbacks[handle] = event["callback"].rpartition(".")[2]
            self.futures[handle] = event["future"]
        match event["event"]:
            case "callback_scheduled":
                self.ready[handle] = None
                due = self.timers.pop(handle, self.time)
                owner = self.owner(handle)
                if owner is not None and self.time - due > LATE:
                    self.tasks[owner].turn(due, "late")
            case "before_callback":
                self._start(handle)
            case "timer_set":
                self.timers[handle] = event["due"]
            case "timer_cancelled":
                self.timers.pop(handle, None)
            case "fd_registered":
                self.sockets[handle] = event["fd"]
            case "fd_unregistered":
                sockets = self.sockets.items()
                self.sockets = {key: fd for key, fd in sockets if fd != event["fd"]}
            case "executor_called":
                self.calls[event["future"]] = event["function"]
            case "before_io_wait":
                self.iteration = event["iteration"]
                self.timeout = event["timeout"]
                self.polling = True
            case "after_io_wait":
                self.polling = False
                self.polled = self.time

    def _apply_to_task(self, name: str, task: int, event: Event) -> None:
        if name == "task_spawned" or task not in self.tasks:
            self._spawn(task, event)
        life = self.tasks[task]
        match name:
            case "task_scheduled":
                self._wait_no_more(task)
                self.ready[task] = None
                if life.state == "waiting":
                    life.turn(self.time, "ready")
            case "before_task_step":
                self._start(task)
                life.turn(self.time, "running")
            case "after_task_step":
                if event["line"]:
                    life.file, life.line = event["file"], event["line"]
                life.turn(self.time, "ready" if task in self.ready else "waiting")
                if task not in self.ready:
                    self.waiting[task] = event["future"]
                    self.waiters[event["future"]] = task
            case "task_exited":
                self._wait_no_more(task)
                life.exited = self.time
                del self.tasks[task]

    def _spawn(self, task: int, event: Event) -> None:
        name = str(event.get("name", "?"))
        if re.fullmatch(r"Task-\d+", name):
            name = event.get("coroutine", name).rpartition(".")[2]
            self.named[name] += 1
            name += f" {self.named[name]}" if self.named[name] > 1 else ""
        place = event.get("file") or "", event.get("line") or 0
        life = Life(name, event.get("by", 0), *place, since=max(0.0, self.time))
        self.tasks[task] = life
        self.lives.append(life)

    def _start(self, key: int) -> None:
        self.ready.pop(key, None)
        self.running = key
        self.since = self.time

    def _end(self) -> None:
        seconds = self.time - self.since
        if self.running and seconds > self.longest[0]:
            life = self.tasks.get(self.running)
            where = f" from {life.file}:{life.line}" if life else ""
            self.longest = seconds, self.name(self.running) + where
        self.running = 0

    def _wait_no_more(self, task: int) -> None:
        future = self.waiting.pop(task, 0)
        self.waiters.pop(future, None)
        self.calls.pop(future, None)

    def lag(self) -> float:
        """Return for how long the loop has not asked its selector, in seconds."""
        return 0.0 if self.polling else self.time - self.polled

    def blocked(self) -> bool:
        """Return whether one step keeps all others waiting."""
        return self.running != 0 and self.time - self.since > BLOCKED

    def owner(self, handle: int) -> int | None:
        """Return the task that waits for what this handle resolves, if any does."""
        return self.waiters.get(self.futures.get(handle) or 0)

    def name(self, key: int) -> str:
        """Return what to call a task or a callback."""
        if key in self.tasks:
            return self.tasks[key].name
        owner = self.owner(key)
        if owner is not None:
            return f"wake {self.tasks[owner].name}"
        name = self.callbacks.get(key, "?")
        return CALLBACKS.get(name, name)

    def waker(self, task: int) -> str:
        """Return who will wake a waiting task."""
        future = self.waiting[task]
        if future in self.tasks:
            return f"task {self.tasks[future].name}"
        handles = {each for each, other in self.futures.items() if other == future}
        if handles & {*self.ready, self.running}:
            return "about to wake"
        if handles & self.timers.keys():
            return "a timer"
        if handles & self.sockets.keys():
            return "the selector"
        if future in self.calls:
            return f"a thread: {self.calls[future]}"
        children = sum(life.parent == task for life in self.tasks.values())
        return f"the last of {children} tasks" if children else "another task"
