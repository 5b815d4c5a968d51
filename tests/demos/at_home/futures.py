import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from lesson import call, call_async

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


with ThreadPoolExecutor(2) as pool:
    assert call(pool, divide, print, tell) == "result 7"

asked_async.clear()
answer = asyncio.run(call_async(divide_async, lambda: asyncio.sleep(0), tell))
assert answer == "InvalidStateError"
