"""Calls every function of the lesson, with the classes of the standard library."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from math import factorial
from threading import Barrier

from lesson import in_processes, in_threads, one_after_another

ITEMS = [5, 3, 1, 4]
RESULTS = [120, 6, 1, 24]

if __name__ == "__main__":
    assert one_after_another(factorial, ITEMS) == RESULTS
    assert in_processes(factorial, ITEMS) == RESULTS
    assert in_threads(factorial, ITEMS) == RESULTS

    here = Barrier(2, timeout=60)  # passes two at a time
    with ThreadPoolExecutor(2) as pool:
        places = in_threads(lambda _: here.wait(), ITEMS, lambda: nullcontext(pool))
        assert sorted(places) == [0, 0, 1, 1]
        assert pool.submit(factorial, 3).result() == 6
