import asyncio
import threading

from lesson import in_loop, in_threads

asked = threading.Event()
asked_async = asyncio.Event()


def tell(who, what):
    print(who, what)
    if what == "asks":
        asked.set()
        asked_async.set()


def divide(dividend, divisor):
    asked.wait(60)
    return dividend // divisor


async def divide_async(dividend, divisor):
    await asked_async.wait()
    return dividend // divisor


assert in_threads(divide, 0, tell) == "result 7"

asked_async.clear()
assert asyncio.run(in_loop(divide_async, 0, tell)) == "InvalidStateError"
