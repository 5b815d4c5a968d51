import pytest
from invoke.exceptions import Exit

from demos.support.speedup.figures import SEQUENTIAL, Figures, Size, Timing, crossover


def test_other_results_are_an_error() -> None:
    figures = Figures()
    figures.timings[SEQUENTIAL, "C code"] = [Timing(["right"], 1.0, 1.0)]
    figures.timings["processes", "C code"] = [Timing(["wrong"], 1.0, 1.0)]
    with pytest.raises(Exit, match="C code: processes gave other results"):
        figures.check()


def test_processes_pay_from_the_job_size_on_where_all_larger_ones_do() -> None:
    sizes = [Size(1, 2, 1), Size(2, 4, 5), Size(3, 6, 4), Size(4, 8, 5)]
    assert crossover(sizes, 0) == 3
    assert crossover(sizes, 2.5) == 4
    assert crossover(sizes, 9) is None
    assert crossover(sizes[:1], 0) == 1
