import asyncio
import operator
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from lesson import in_loop, in_process, in_thread, in_threads, in_time, watch


def main():
    job = partial(operator.add, 40, 2)
    assert asyncio.run(in_loop(job)) == 42
    assert asyncio.run(in_thread(job)) == 42
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert asyncio.run(in_process(pool, job)) == 42

    beats = []

    def look():
        return len(beats), time.sleep(0.02), len(beats)

    async def look_in_loop():
        before, _, after = await in_loop(look)
        assert before == after > 0

    asyncio.run(watch(look_in_loop, beats, 0.002))
    assert beats == sorted(beats)

    done = []
    asyncio.run(in_threads(40, partial(done.append, "a job")))
    assert len(done) == 40
    assert asyncio.run(in_time(60, job)) == 42


if __name__ == "__main__":
    main()
