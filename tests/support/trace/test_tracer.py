"""What the tracer tells of a loop, and that a program does not notice it."""

import asyncio
import contextlib
import gc
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from demos.support.trace import tracer
from demos.support.trace.tracer import Event, TracedEventLoop, traced_loop

Main = Callable[[], Coroutine[Any, Any, object]]


def trace(main: Main, last: int = tracer.LAST) -> list[Event]:
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
        assert tuple(event) == ("time", "event", *tracer.EVENTS[event["event"]])


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


def fresh_loop() -> type[asyncio.AbstractEventLoop]:
    loop = asyncio.SelectorEventLoop()
    loop.close()
    return type(loop)


def test_only_loops_of_this_block_and_thread_are_traced() -> None:
    before = fresh_loop()
    elsewhere = []
    with traced_loop():
        assert fresh_loop() is TracedEventLoop
        thread = threading.Thread(target=lambda: elsewhere.append(fresh_loop()))
        thread.start()
        thread.join()
    assert [fresh_loop(), *elsewhere] == [before, before]


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


def test_a_subclass_stays_what_it_is() -> None:
    class Own(asyncio.SelectorEventLoop):
        pass

    with traced_loop() as trace, asyncio.Runner(loop_factory=Own) as runner:
        runner.run(nap())
    assert trace.events() == []


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


PROGRAMS = {
    "streams": """
import asyncio, sys
async def serve(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()
async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*host)
        writer.write(sys.argv[1].encode() + b"\\n")
        print(await reader.read(), sys.argv, __name__)
        writer.close()
asyncio.run(main())
""",
    "subprocess": """
import asyncio, sys
async def main():
    code = "import sys; print('child'); sys.exit(3)"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    print(await child.communicate())
    return child.returncode
sys.exit(asyncio.run(main()))
""",
    "pools": """
import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
def square(number):
    return number * number
async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        print(await loop.run_in_executor(pool, square, 7))
    print(await asyncio.to_thread(square, 8))
if __name__ == "__main__":
    with asyncio.Runner() as runner:
        runner.run(main())
""",
    "failing group": """
import asyncio
async def fails():
    async with asyncio.timeout(0.001):
        await asyncio.sleep(60)
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(60))
        group.create_task(fails())
asyncio.run(main())
""",
    "failing callbacks": """
import asyncio, selectors
def fails():
    raise ValueError
async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(fails)
    loop.call_soon_threadsafe(fails)
    await asyncio.sleep(0.01)
loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
loop.run_until_complete(main())
loop.close()
""",
    "interrupted": """
import asyncio
async def main():
    raise KeyboardInterrupt
loop = asyncio.new_event_loop()
try:
    loop.run_until_complete(main())
finally:
    loop.close()
""",
    "loop in a thread": """
import asyncio, threading
loop = asyncio.new_event_loop()
thread = threading.Thread(target=loop.run_forever)
thread.start()
print(asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01, "slept"), loop).result())
loop.call_soon_threadsafe(loop.stop)
thread.join()
loop.close()
""",
    "eager tasks": """
import asyncio
async def child(number):
    if number % 2:
        await asyncio.sleep(0.001)
    return number, asyncio.current_task().get_coro().cr_code.co_name
async def main():
    if factory := getattr(asyncio, "eager_task_factory", None):
        asyncio.get_running_loop().set_task_factory(factory)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(child(number)) for number in range(4)]
    print([task.result() for task in tasks])
asyncio.run(main())
""",
    "debug mode": """
import asyncio, logging, re, time
class Messages(logging.Handler):
    def emit(self, record):
        message = re.sub(r"when=\\S+|(created|took) .*", "", record.getMessage())
        if "block" in message and "main" not in message:
            print(message)
logging.getLogger("asyncio").addHandler(Messages())
def block():
    time.sleep(0.02)
async def block_in_task():
    block()
async def main():
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 0.01
    loop.call_soon(block)
    loop.call_later(0.001, block)
    await asyncio.create_task(block_in_task())
    await asyncio.sleep(0.05)
asyncio.run(main(), debug=True)
""",
    "not asyncio": """
print("no loop here")
raise SystemExit("the end")
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_traced_program_does_what_it_does_untraced(name: str, tmp_path: Path) -> None:
    script = tmp_path / "a program.py"
    script.write_text(PROGRAMS[name], encoding="utf-8")
    out = tmp_path / "trace.json"
    traced = [tracer.__file__, str(out), "1000"]
    plain, under = (
        subprocess.run(
            [sys.executable, *before, str(script), "some text"],
            capture_output=True,
            cwd=tmp_path,
            check=False,
        )
        for before in ([], traced)
    )
    assert under.stdout == plain.stdout
    assert under.stderr == plain.stderr
    assert under.returncode == plain.returncode
    assert out.exists()
