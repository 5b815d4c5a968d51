"""Worker processes that start the same way on every platform and end quietly."""

import signal
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def process_pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool whose workers have started: fresh interpreters (spawn), not forks.

    Ctrl-C reaches every process of a terminal: workers ignore it, their parent ends
    them. Blocks until they run, so call it outside the event loop.
    """
    ignore = (signal.SIGINT, signal.SIG_IGN)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), signal.signal, ignore)
    for started in [pool.submit(time.sleep, 0.01) for _ in range(workers)]:
        started.result()
    return pool
