import multiprocessing
import os
import signal

import pytest

from demos.support.processes import ProcessPool, call, one_process_each, process_pool


def test_workers_are_other_processes_that_ignore_ctrl_c() -> None:
    with process_pool(1) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()
        assert pool.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="POSIX only")
def test_a_worker_ignores_ctrl_c_from_its_first_moment_and_its_parent_does_not() -> (
    None
):
    with ProcessPool(1) as pool, one_process_each() as each:
        mask = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, []).result()
        masks = [
            mask,
            *(each.apply(signal.pthread_sigmask, (signal.SIG_BLOCK, [])) for _ in "12"),
        ]
    assert all(signal.SIGINT in mask for mask in masks)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_each_job_has_a_process_of_its_own() -> None:
    with one_process_each() as pool:
        pids = [pool.apply(os.getpid) for _ in range(2)]
    assert len({*pids, os.getpid()}) == 3


async def doubled(number: int) -> int:
    return 2 * number


def test_functions_and_coroutine_functions_are_called_alike() -> None:
    assert call(abs, -3) == 3
    assert call(doubled, 3) == 6


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="POSIX only"
)
def test_workers_of_a_fork_server_are_born_with_the_jobs() -> None:
    context = multiprocessing.get_context("forkserver")
    with ProcessPool(1, context) as pool:
        assert pool.submit(
            eval, "'demos.support.jobs' in __import__('sys').modules"
        ).result()
