"""What the tracer tells of a loop, and that a program does not notice it."""

import asyncio
import contextlib
import gc
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from demos.support.trace import tracer
from demos.support.trace.events import EVENTS, LAST, Event
from demos.support.trace.ready_queue import ReadyQueue
from demos.support.trace.tracer import traced_loop

Main = Callable[[], Coroutine[Any, Any, object]]


def trace(main: Main, last: int = LAST) -> list[Event]:
    with traced_loop(last) as trace, selector_runner() as runner:
        runner.run(main())
    return trace.events()


def selector_runner() -> asyncio.Runner:
    return asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)


def of_task(events: list[Event], name: str) -> list[str]:
    task = next(e["task"] for e in events if e.get("name") == name)
    return [event["event"] for event in events if event.get("task") == task]


def only(events: list[Event], name: str) -> list[Event]:
    return [event for event in events if event["event"] == name]


async def nap() -> None:
    await asyncio.sleep(0.001)


async def two_steps() -> None:
    await asyncio.create_task(nap(), name="napper")


def test_the_life_of_a_task() -> None:
    step = ["task_scheduled", "before_task_step", "after_task_step"]
    life = of_task(trace(two_steps), "napper")
    assert life == ["task_spawned", *step, *step, "task_exited"]


def test_every_event_has_the_fields_that_are_documented() -> None:
    for event in trace(two_steps):
        assert tuple(event) == ("time", "event", *EVENTS[event["event"]])


def test_events_come_in_order_and_one_step_at_a_time() -> None:
    events = trace(two_steps)
    times = [event["time"] for event in events]
    assert times == sorted(times)
    turns = [e["event"].split("_")[0] for e in events]
    turns = [turn for turn in turns if turn in ("before", "after")]
    assert turns == ["before", "after"] * (len(turns) // 2)


def test_what_runs_last_ends_with_the_run_of_the_loop() -> None:
    with (
        traced_loop() as trace,
        contextlib.closing(asyncio.SelectorEventLoop()) as loop,
    ):
        loop.run_until_complete(nap())
        assert trace.events()[-1]["event"] == "after_callback"


def test_a_step_ends_at_the_programs_own_line() -> None:
    waits = [
        event for event in only(trace(two_steps), "after_task_step") if event["future"]
    ]
    places = {(event["file"], event["line"]) for event in waits[:2]}
    first = nap.__code__.co_firstlineno
    assert places == {(__file__, first + 1), (__file__, first + 5)}


def test_a_timer_and_the_task_that_waits_for_it_name_one_future() -> None:
    events = trace(nap)
    (timer,) = only(events, "timer_set")
    waits = [event["future"] for event in only(events, "after_task_step")]
    assert timer["future"] in waits


def test_a_timer_that_is_cancelled_is_told() -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_later(60, int).cancel()

    events = trace(main)
    (timer,) = only(events, "timer_set")
    (cancelled,) = only(events, "timer_cancelled")
    assert cancelled["handle"] == timer["handle"]


def test_a_call_in_a_thread_and_its_return_are_told() -> None:
    async def main() -> None:
        await asyncio.to_thread(int)

    events = trace(main)
    (call,) = only(events, "executor_called")
    assert call["function"] == "int"
    returned = [event["future"] for event in only(events, "callback_scheduled")]
    assert call["future"] in returned


def test_sockets_are_told() -> None:
    async def main() -> None:
        server = await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await reader.read() == b""
            writer.close()

    events = trace(main)
    asked = {event["handle"] for event in only(events, "fd_registered")}
    assert asked & {event["handle"] for event in only(events, "before_callback")}
    assert only(events, "fd_unregistered")


def test_the_last_events_are_kept_and_tell_who_a_task_is() -> None:
    every = [event["event"] for event in trace(two_steps)]
    kept = trace(two_steps, last=7)
    assert [event["event"] for event in kept] == every[-7:]
    scheduled = only(trace(two_steps), "task_scheduled")
    assert ("napper", "nap") in {(e["name"], e["coroutine"]) for e in scheduled}


def is_traced(loop_factory: Callable[[], Any]) -> bool:
    loop = loop_factory()
    loop.close()
    return isinstance(loop._ready, ReadyQueue)


def test_only_loops_of_this_block_and_thread_are_traced() -> None:
    elsewhere = []

    def in_thread() -> None:
        elsewhere.append(is_traced(asyncio.SelectorEventLoop))
        with selector_runner() as runner:
            runner.run(nap())

    with traced_loop() as trace:
        assert is_traced(asyncio.SelectorEventLoop)
        thread = threading.Thread(target=in_thread, name="another")
        thread.start()
        thread.join()
    assert [is_traced(asyncio.SelectorEventLoop), *elsewhere] == [False, False]
    (untraced,) = trace.untraced
    assert untraced.endswith("SelectorEventLoop in another")


def test_another_kind_of_loop_is_named() -> None:
    class Own: ...

    with traced_loop() as trace:
        for loop in (Own(), None):
            vars(asyncio)["_set_running_loop"](loop)
    name = f"{Own.__module__}.{Own.__qualname__}"
    assert trace.untraced == {f"{name} in {threading.current_thread().name}"}


def test_what_was_hooked_is_as_before() -> None:
    hooked = (asyncio, asyncio.events, asyncio.BaseEventLoop, asyncio.SelectorEventLoop)
    every = [*hooked, asyncio.SelectorEventLoop.__base__]
    before = [dict(vars(each)) for each in every]
    trace(nap)
    assert [dict(vars(each)) for each in every] == before


@pytest.mark.skipif(sys.platform == "win32", reason="the default loop is a Proactor")
def test_each_way_to_make_a_loop_is_traced() -> None:
    with traced_loop() as trace:
        asyncio.run(nap())
        with asyncio.Runner() as runner:
            runner.run(nap())
        loop = asyncio.new_event_loop()
        loop.run_until_complete(nap())
        loop.close()
    coroutines = [event["coroutine"] for event in only(trace.events(), "task_spawned")]
    assert coroutines.count("nap") == 3


def test_a_subclass_is_traced() -> None:
    class Own(asyncio.SelectorEventLoop):
        def __init__(self) -> None:
            super().__init__()

    with traced_loop() as trace, asyncio.Runner(loop_factory=Own) as runner:
        runner.run(nap())
        assert type(runner.get_loop()) is Own
    assert "nap" in {e["coroutine"] for e in only(trace.events(), "task_spawned")}
    assert not trace.untraced


def test_tasks_made_in_python_are_told_with_their_steps() -> None:
    made: list[Any] = []  # so that no other task is given the number of one

    def factory(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> Any:
        made.append(vars(asyncio.tasks)["_PyTask"](coro, loop=loop, **options))
        return made[-1]

    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(factory)
        await asyncio.gather(*(nap() for _ in range(5)))

    events = trace(main)
    spawned = [
        e["task"] for e in only(events, "task_spawned") if e["coroutine"] == "nap"
    ]
    steps = [e["task"] for e in only(events, "before_task_step")]
    assert [steps.count(task) for task in spawned] == [2] * 5
    assert {*spawned} <= {e["task"] for e in only(events, "task_exited")}


def test_a_program_may_change_what_is_ready() -> None:
    called: list[int] = []

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        first, second = (loop.call_soon(called.append, number) for number in (1, 2))
        assert [*loop._ready] == [first, second]
        loop._ready.remove(first)
        own = asyncio.Handle(called.append, (0,), loop)
        loop._ready.extendleft([first, own])
        await asyncio.sleep(0)

    events = trace(main)
    assert called == [0, 1, 2]
    scheduled = [e["handle"] for e in only(events, "callback_scheduled")]
    assert len(scheduled) == len(only(events, "before_callback"))


def test_a_program_finds_its_own_coroutine_and_traceback() -> None:
    async def fails() -> None:
        raise ValueError

    async def main() -> None:
        coroutine = fails()
        task = asyncio.create_task(coroutine)
        assert task.get_coro() is coroutine
        with pytest.raises(ValueError) as caught:
            await task
        frames = traceback.extract_tb(caught.value.__traceback__)
        assert tracer.__file__ not in {frame.filename for frame in frames}

    trace(main)


def test_an_exception_nobody_asked_for_is_still_reported() -> None:
    async def fails() -> None:
        raise ValueError

    reports: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, said: reports.append(said["message"]))
        task = asyncio.create_task(fails())
        await asyncio.wait([task])
        del task
        gc.collect()

    trace(main)
    assert reports == ["Task exception was never retrieved"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with 3.12")
def test_an_eager_task_that_never_waits_is_told() -> None:
    async def eager() -> None: ...

    async def main() -> None:
        factory: Any = vars(asyncio)["eager_task_factory"]
        asyncio.get_running_loop().set_task_factory(factory)
        await asyncio.create_task(eager())

    events = trace(main)
    (eager_one,) = (e for e in events if e.get("coroutine", "").endswith("eager"))
    life = [e["event"] for e in events if e.get("task") == eager_one["task"]]
    assert life == ["task_spawned", "task_exited"]
