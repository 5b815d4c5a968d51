import asyncio
from functools import partial

from demos.support.jobs import pi, pi_async, request
from demos.support.slow_server import request_async, slow_server
from demos.which_model import in_tasks, models, rule


def test_the_rule_is_the_article_s() -> None:
    assert rule(io_bound=False) == "processes"
    assert rule(io_bound=True) == "threads"
    assert rule(io_bound=True, io_very_slow=True) == "asyncio"


def test_all_models_give_the_same_results_in_order() -> None:
    sizes = [3000, 10, 200, 1]
    for call in models(pi, pi_async, sizes, workers=2).values():
        assert call() == [pi(size) for size in sizes]


def test_all_models_get_the_same_answers_from_the_server() -> None:
    waits = [0.02, 0.001, 0.01]
    with slow_server() as port:
        job, job_async = partial(request, port), partial(request_async, port)
        for call in models(job, job_async, waits, workers=3).values():
            assert call() == [b"%f\n" % seconds for seconds in waits]


async def test_tasks_wait_at_the_same_time() -> None:
    here = asyncio.Barrier(5)

    async def meet(number: int) -> int:
        await here.wait()
        return number

    assert await in_tasks(meet, [5, 4, 3, 2, 1]) == [5, 4, 3, 2, 1]
