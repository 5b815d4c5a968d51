import pytest

from demos.support.samples import Order, TooBusy
from demos.support.speedup.job_sizes import SIZES, JobSizes, crossover, label
from demos.support.speedup.pools import executors
from demos.threads_vs_processes import in_processes, one_by_one


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        (["less", "less", "more", "more"], "3 ms"),
        (["more", "more", "more", "more"], "0.3 ms"),
        (["less", "more", "less", "more"], "10 ms"),
        (["less", "≈", "more", "more"], "1 or 3 ms"),
        (["less", "more", "≈", "more"], "1 or 10 ms"),
        (["more", "more", "more", "less"], "over 10 ms"),
        (["less", "less", "≈", "≈"], "3 ms or more"),
    ],
)
def test_processes_pay_from_the_size_on_where_all_larger_ones_do(
    orders: list[Order], said: str
) -> None:
    sizes = (0.0003, 0.001, 0.003, 0.01)
    assert crossover(dict(zip(sizes, orders, strict=True))) == said


def test_every_size_is_measured_alone_and_in_processes_and_every_start() -> None:
    sizes = JobSizes(one_by_one, in_processes, workers=2)
    sizes.measure(seconds=9.0, repeat=1)
    for size in SIZES:
        alone, pooled = sizes.times(size, with_start=False)
        assert len(alone.values) == len(pooled.values) == 1
    assert sizes.starts.keys() == executors().keys()
    assert len(sizes.rounds.shares) == 1


def measured() -> JobSizes:
    """Jobs of which those from 10 ms on pay, and from 100 ms on with their start."""
    sizes = JobSizes(one_by_one, in_processes, workers=2)
    for model in ("threads", "processes", "sub-interpreters"):
        sizes.starts[model] = [0.02, 0.03, 0.025]
    for size in SIZES:
        alone, pooled = 2 * size, 1.1 * size + 0.005
        sizes.rounds.times[label(size), "alone"] = [alone, alone * 1.01, alone]
        sizes.rounds.times[label(size), "pooled"] = [pooled, pooled * 1.01, pooled]
    sizes.rounds.shares = [1.0, 0.9, 1.0]
    return sizes


def test_the_start_of_a_pool_counts_where_it_is_asked_for() -> None:
    sizes = measured()
    _, running = sizes.times(0.1, with_start=False)
    _, new = sizes.times(0.1, with_start=True)
    assert new.range == pytest.approx(
        (running.range[0] + 0.02, running.range[1] + 0.03)
    )
    assert sizes.crossover(with_start=False) == "10 ms"
    assert sizes.crossover(with_start=True) == "30 or 100 ms"


def test_a_size_that_is_not_told_apart_is_none_that_pays_for_sure() -> None:
    sizes = measured()
    sizes.rounds.times["30 ms", "pooled"] = [0.03, 0.058, 0.065]
    assert sizes.crossover(with_start=False) == "10 or 100 ms"


def test_the_picture_fits_the_screen_and_tints_where_processes_pay() -> None:
    text = measured().__rich__()
    lines = text.plain.splitlines()
    assert len(lines) <= 19
    assert max(map(len, lines)) <= 80
    tinted = [
        text.plain[span.start : span.end].strip()
        for span in text.spans
        if span.style == "processes"
    ]
    assert [each for each in tinted if "×" in each] == [
        *("1.2 ×", "1.6 ×", "1.7 ×", "1.4 ×"),
    ]
    assert "≈" not in lines[-1]


def test_what_is_impossible_is_refused() -> None:
    sizes = measured()
    sizes.refuse_impossible()
    sizes.rounds.times["30 ms", "pooled"] = [0.02, 0.021, 0.02]
    with pytest.raises(TooBusy, match=r"30 ms: 3\.0 of 2 ×"):
        sizes.refuse_impossible()
    sizes.rounds.shares = [0.3, 0.3, 0.4]
    with pytest.raises(TooBusy, match=r"cores, there were \d\.\d to be had"):
        sizes.refuse_impossible()


def test_an_unsteady_start_is_refused() -> None:
    sizes = measured()
    sizes.starts["processes"] = [0.1, 0.1, 0.3]
    with pytest.raises(TooBusy, match="the same work took 100–300 ms"):
        sizes.refuse_impossible()
