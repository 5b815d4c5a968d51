"""What an event loop holds at a moment, rebuilt from the events of a trace."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from demos.support.trace.events import Event

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
    """From when to when (seconds) something was so.

    A task is waiting, ready, late, running or blocked.
    """

    start: float
    end: float
    state: str


@dataclass
class Life:
    """A task: who it is, where it stands, and what it did until now."""

    name: str
    parent: "Life | None"  # who spawned it
    file: str
    line: int
    since: float  # when its present state began, in seconds
    state: str = "waiting"
    future: int | None = None  # what it waits for
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

    def ran(self) -> float:
        """Return for how long it ran, in seconds."""
        return sum(end - start for start, end, _ in self.during("running", "blocked"))


@dataclass
class LoopState:
    """The places of a loop: who is ready, running or waiting, and for what.

    Tasks, handles and futures are the numbers that events have for them; what is in
    a place is the event that told of it.
    """

    applied: int = 0  # events
    time: float = 0.0
    iteration: int = 0
    timeout: float | None = 0.0
    polling: bool = False
    polled: float = 0.0  # when the selector last answered
    running: Event | None = None
    since: float = 0.0  # when the running step began
    longest: tuple[float, str] = (0.0, "")  # step: seconds, and who took it from where
    ready: dict[int, Event] = field(default_factory=dict)  # in their order
    timers: dict[int, Event] = field(default_factory=dict)  # by handle
    sockets: dict[int, Event] = field(default_factory=dict)  # by descriptor
    calls: dict[int, str] = field(default_factory=dict)  # future → function in a thread
    tasks: dict[int, Life] = field(default_factory=dict)  # that have not exited
    lives: list[Life] = field(default_factory=list)  # of all tasks, as they came
    named: Counter[str] = field(default_factory=Counter)  # tasks, by their coroutine

    def apply(self, event: Event) -> None:
        """Go on to the moment just after `event`."""
        self.applied += 1
        self.time = event["time"]
        if event["event"].startswith("after_"):
            self._end()
        if "task" in event:
            self._apply_to_task(event, event["task"])
            return
        handle = event.get("handle", 0)
        match event["event"]:
            case "callback_scheduled":
                self.ready[handle] = event
                self.calls.pop(event["future"], None)
                due = self.timers.pop(handle, event).get("due", self.time)
                owner = self.owner(event) if self.time - due > LATE else None
                if owner:
                    owner.turn(due, "late")
            case "before_callback":
                self._start(handle)
            case "timer_set":
                self.timers[handle] = event
            case "timer_cancelled":
                self.timers.pop(handle, None)
            case "fd_registered":
                self.sockets[event["fd"]] = event
            case "fd_unregistered":
                self.sockets.pop(event["fd"], None)
            case "executor_called":
                self.calls[event["future"]] = event["function"]
            case "before_io_wait":
                self.iteration = event["iteration"]
                self.timeout = event["timeout"]
                self.polling = True
            case "after_io_wait":
                self.polling = False
                self.polled = self.time

    def _apply_to_task(self, event: Event, task: int) -> None:
        if "name" in event:
            self._meet(event, task)
        life = self.tasks.get(task)
        if life is None:  # not met: the event is the first that was kept
            return
        match event["event"]:
            case "task_scheduled":
                self.ready[task] = event
                life.future = None
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
                    life.future = event["future"]
            case "task_exited":
                life.exited = self.time
                del self.tasks[task]

    def _meet(self, event: Event, task: int) -> None:
        """Take in a task, or the name that it got meanwhile."""
        named = not re.fullmatch(r"Task-\d+", event["name"])
        if event["event"] == "task_spawned" or task not in self.tasks:
            name = event["coroutine"].rpartition(".")[2]
            if not named:
                self.named[name] += 1
                name += f" {self.named[name]}" if self.named[name] > 1 else ""
            parent = self.tasks.get(event.get("by", 0))
            place = event.get("file") or "", event.get("line") or 0
            self.tasks[task] = Life(name, parent, *place, since=self.time)
            self.lives.append(self.tasks[task])
        if named:
            self.tasks[task].name = event["name"]

    def _start(self, key: int) -> None:
        self.running = self.ready.pop(key, None)
        self.since = self.time

    def _end(self) -> None:
        seconds = self.time - self.since
        if self.running and seconds > self.longest[0]:
            self.longest = seconds, self.name(self.running)
            if "task" in self.running:
                life = self.tasks[self.running["task"]]
                self.longest = seconds, f"{life.name} from {life.file}:{life.line}"
        self.running = None

    def lag(self) -> float:
        """Return for how long the loop has not asked its selector, in seconds."""
        return 0.0 if self.polling else self.time - self.polled

    def blocked(self) -> bool:
        """Return whether one step keeps all others waiting."""
        return self.running is not None and self.time - self.since > BLOCKED

    def waiting(self) -> list[Life]:
        """Return the tasks that wait for something."""
        return [life for life in self.tasks.values() if life.future]

    def owner(self, event: Event) -> Life | None:
        """Return the task that waits for what a handle resolves, if any does."""
        waiting = self.waiting() if event["future"] else []
        return next((e for e in waiting if e.future == event["future"]), None)

    def name(self, event: Event) -> str:
        """Return what to call the task or the callback that an event tells of."""
        if "task" in event:
            return self.tasks[event["task"]].name
        owner = self.owner(event)
        if owner:
            return f"wake {owner.name}"
        name = str(event["callback"]).rpartition(".")[2]
        return CALLBACKS.get(name, name)

    def waker(self, life: Life) -> str:
        """Return who will wake a waiting task."""

        def wakes(*events: Event) -> bool:
            return any(event.get("future") == life.future for event in events)

        if life.future in self.tasks:
            return f"task {self.tasks[life.future].name}"
        if wakes(*self.ready.values(), self.running or {}):
            return "about to wake"
        if wakes(*self.timers.values()):
            return "a timer"
        if wakes(*self.sockets.values()):
            return "the selector"
        if life.future in self.calls:
            return f"a thread: {self.calls[life.future]}"
        children = sum(each.parent is life for each in self.tasks.values())
        return f"last of {children} tasks" if children else "another task"
