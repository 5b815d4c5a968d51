import asyncio
from collections import Counter
from functools import partial

import pytest
from invoke.exceptions import Exit

from demos.support.console import console
from demos.support.heat_table import HeatTable, judge
from demos.support.jobs import pi, pi_async, request
from demos.support.slow_server import request_async, slow_server
from demos.which_model import models, rule, run_tasks


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

    assert await run_tasks(meet, [5, 4, 3, 2, 1]) == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("times", "mark", "words"),
    [
        ({"a": 1.0, "b": 2.0, "c": 3.0}, "✓", "2.0× as fast as b"),
        ({"a": 2.0, "b": 3.0, "c": 1.0}, "→", "c 2.0× as fast"),
        ({"a": 1.0, "b": 1.05, "c": 3.0}, "≈", "no faster than b"),
        ({"a": 1.05, "b": 1.0, "c": 3.0}, "≈", "no faster than b"),
    ],
)
def test_the_rule_is_ticked_or_corrected_by_the_times(
    times: dict[str, float], mark: str, words: str
) -> None:
    verdict = judge("a", times)
    assert (verdict.mark, verdict.words) == (mark, words)


def test_every_call_is_made_to_warm_up_and_then_as_often_as_asked() -> None:
    calls: Counter[str] = Counter()
    row = {
        "threads": lambda: calls.update(["threads"]),
        "asyncio": lambda: calls.update(["asyncio"]),
    }
    table = HeatTable({"one": ("asyncio", row), "two": ("threads", row)}, "")
    table.measure(repeat=2)
    assert calls == {"threads": 6, "asyncio": 6}
    assert list(table.verdicts()) == ["one", "two"]


def test_other_results_are_an_error() -> None:
    table = HeatTable({"one": ("a", {"a": lambda: 1, "b": lambda: 2})}, "")
    with pytest.raises(Exit, match=r"one: . gave another result"):
        table.measure(repeat=1)


@pytest.mark.parametrize("width", [80, 96])
def test_the_table_fits_the_stage(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", width)
    row = dict.fromkeys(("threads", "processes", "asyncio"), lambda: 1)
    names = ("CPU-bound\n8 × 50 ms", "few\n5 ms", "many slow waits\n1000 × 50 ms")
    table = HeatTable(dict.fromkeys(names, ("processes", row)), "note")
    table.measure(repeat=1)
    assert len(console.render_lines(table)) <= 20
