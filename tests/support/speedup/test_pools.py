import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from demos.support.speedup.pools import executors, kept, running_pools, start


@pytest.mark.parametrize("model", executors())
def test_each_worker_of_a_pool_has_answered_when_it_has_started(model: str) -> None:
    answered: set[object] = set()

    class Pool(ThreadPoolExecutor):
        """Passes the calls on, and keeps the answers."""

        def map(self, *call: Any, **options: Any) -> Iterator[Any]:
            answers = list(pool.map(*call, **options))
            answered.update(answers)
            return iter(answers)

    with executors()[model](3) as pool, Pool() as spy:
        start(spy, 3)
    assert len(answered) == 3


def test_a_pool_has_not_started_before_its_last_worker_has_answered() -> None:
    answers = iter([[1, 1, 1], [1, 2, 2], [2, 3, 3], []])

    class Pool(ThreadPoolExecutor):
        """Says who has answered, call by call."""

        def map(self, *call: Any, **options: Any) -> Iterator[Any]:
            return iter(next(answers))

    with Pool() as pool:
        start(pool, 3)
    assert list(answers) == [[]]


def test_sub_interpreters_are_there_where_python_has_them() -> None:
    assert ("sub-interpreters" in executors()) == (sys.version_info >= (3, 14))


def test_pools_of_all_models_run_and_end_with_their_block() -> None:
    with running_pools(2) as pools:
        assert list(pools) == list(executors())
        for pool in pools.values():
            assert pool.submit(abs, -3).result() == 3
    for pool in pools.values():
        with pytest.raises(RuntimeError, match="shutdown"):
            pool.submit(abs, -3)


def test_a_pool_that_is_kept_runs_on_after_a_with() -> None:
    with ThreadPoolExecutor() as pool:
        for _ in range(2):
            with kept(pool)() as same:
                assert same is pool
        assert pool.submit(abs, -3).result() == 3
