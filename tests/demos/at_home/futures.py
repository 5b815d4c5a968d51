import asyncio
import threading

from lesson import in_event_loop, in_threads

begun = threading.Barrier(4, timeout=60)  # the three jobs, and their caller
begun_in_thread = threading.Event()
asked = threading.Event()
asked_async = asyncio.Event()
told = []


def of(name):
    return [what for who, what in told if who == name]


def tell(who, what):
    told.append((who, what))
    if (who, what) == ("C", "not done"):
        begun.wait()
    if what == "asks":
        asked.set()


def divide(dividend, divisor):
    begun.wait()
    assert asked.wait(60)
    return dividend // divisor


def tell_async(who, what):
    told.append((who, what))
    if (who, what) == ("C", "not done"):
        assert begun_in_thread.wait(60)
    if what == "asks":
        asked.set()
        asked_async.set()


def divide_in_thread(dividend, divisor):
    begun_in_thread.set()
    assert asked.wait(60)
    told.append(("job", dividend // divisor))


async def divide_async(dividend, divisor):
    await asked_async.wait()
    return dividend // divisor


in_threads(divide, 0, tell)
assert of("caller") == ["asks", "result 7"]
assert of("C") == ["not done", "cancel(): False", "result 6"]

told.clear()
asked.clear()
asyncio.run(in_event_loop(divide_async, divide_in_thread, 0, tell_async))
assert of("caller") == ["asks", "InvalidStateError"]
assert of("C") == ["not done", "cancelled"]
assert of("job") == [6]
