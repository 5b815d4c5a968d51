import os
import signal

from demos.support.processes import call, one_process_each, process_pool


def test_workers_are_other_processes_that_ignore_ctrl_c() -> None:
    with process_pool(1) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()
        assert pool.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN


def test_each_job_has_a_process_of_its_own() -> None:
    with one_process_each() as pool:
        pids = [pool.apply(os.getpid) for _ in range(2)]
    assert len({*pids, os.getpid()}) == 3


async def doubled(number: int) -> int:
    return 2 * number


def test_functions_and_coroutine_functions_are_called_alike() -> None:
    assert call(abs, -3) == 3
    assert call(doubled, 3) == 6
