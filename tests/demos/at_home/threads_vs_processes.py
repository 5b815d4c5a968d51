"""Calls every function of the lesson, with the pools of the standard library."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from math import factorial
from threading import Barrier

from lesson import in_processes, in_threads, one_by_one

ITEMS = [5, 3, 1, 4]
RESULTS = [120, 6, 1, 24]

if __name__ == "__main__":
    assert one_by_one(factorial, ITEMS) == RESULTS
    with ProcessPoolExecutor(2) as processes:
        assert in_processes(factorial, ITEMS, processes) == RESULTS

    here = Barrier(2, timeout=60)  # passes two at a time
    with ThreadPoolExecutor(2) as threads:
        assert in_threads(factorial, ITEMS, threads) == RESULTS
        places = in_threads(lambda _: here.wait(), ITEMS, threads)
    assert sorted(places) == [0, 0, 1, 1]
