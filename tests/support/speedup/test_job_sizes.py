import pytest

from demos.support.speedup.job_sizes import SIZES, JobSizes, crossover, label
from demos.support.speedup.pools import executors
from demos.threads_vs_processes import in_processes, one_after_another


@pytest.mark.parametrize(
    ("gains", "size"),
    [
        ({0.001: 0.5, 0.003: 1.1, 0.01: 0.9, 0.03: 1.2, 0.1: 1.8}, "30 ms"),
        ({0.001: 1.1, 0.003: 1.2}, "1 ms"),
        ({0.001: 0.1, 0.0003: 0.0}, "over 1 ms"),
        ({0.001: 1.5, 0.003: 1.05}, "over 3 ms"),
    ],
)
def test_processes_pay_from_the_size_on_where_all_larger_ones_do(
    gains: dict[float, float], size: str
) -> None:
    assert crossover(gains) == size


def test_every_size_is_measured_alone_and_in_processes_and_every_start() -> None:
    sizes = JobSizes(one_after_another, in_processes, workers=2)
    sizes.measure(repeat=1)
    assert list(sizes.gains(with_start=False)) == list(SIZES)
    assert sizes.starts.keys() == executors().keys()


def test_the_start_of_a_pool_counts_where_it_is_asked_for() -> None:
    sizes = JobSizes(one_after_another, in_processes, workers=2)
    sizes.starts["processes"] = [0.2, 0.3, 0.9]
    sizes.rounds.times[label(0.1), "alone"] = [0.8]
    sizes.rounds.times[label(0.1), "pooled"] = [0.5]
    assert sizes.gains(with_start=False) == {0.1: 1.6}
    assert sizes.gains(with_start=True) == {0.1: 1.0}


def test_the_picture_fits_the_screen_and_tints_where_processes_pay() -> None:
    sizes = JobSizes(one_after_another, in_processes, workers=2)
    for model in ("threads", "processes", "sub-interpreters"):
        sizes.starts[model] = [1.0]
    for size in SIZES:
        sizes.rounds.times[label(size), "alone"] = [0.01]
        sizes.rounds.times[label(size), "pooled"] = [0.0001 / size]
    text = sizes.__rich__()
    lines = text.plain.splitlines()
    assert len(lines) <= 19
    assert max(map(len, lines)) <= 80
    tinted = [
        text.plain[span.start : span.end].strip()
        for span in text.spans
        if span.style == "processes"
    ]
    assert [each for each in tinted if "×" in each] == ["3.0 ×", "10.0 ×"]
