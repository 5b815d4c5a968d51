"""What is told of a traced loop: events, of which a trace keeps the last."""

import marshal
from collections import deque
from collections.abc import Iterator
from operator import itemgetter
from time import perf_counter
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

    def as_bytes(self) -> bytes:
        """Return what there is to tell as a file has it: no module of a program's own,
        which may be called json, is imported for it."""
        return marshal.dumps((self.events(), sorted(self.untraced)))


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
