from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from itertools import count
from threading import Barrier

import pytest

from demos.support.console import console
from demos.support.slow_server import slow_server
from demos.support.speedup import comparison
from demos.support.speedup.comparison import Comparison, Way, Workload, workloads
from demos.threads_vs_processes import in_threads, one_after_another
from tests.talks import PATIENCE

FIRST = "one after another"
THREE = (FIRST, "threads", "processes")
FOUR = (*THREE, "sub-interpreters")
COMPUTING = Workload("CPU-bound", "computes", abs, [])
WAITING = Workload("I/O-bound", "waits", abs, [], needs_cores=False)
HASHING = Workload("C code", "hashes", abs, [])


def compared(ways: tuple[str, ...], pool: Executor | None = None) -> Comparison:
    """A comparison of ways to run three workloads by two workers, not measured yet."""
    return Comparison(
        dict.fromkeys(ways, one_after_another),
        [COMPUTING, WAITING, HASHING],
        pool or ThreadPoolExecutor(),
        workers=2,
    )


def drawn(found: Comparison) -> list[str]:
    return found.__rich__().plain.split("\n")


def measure(found: Comparison, name: str, **seconds: float) -> None:
    """Have a workload take so many seconds, in threads and processes: 2 in a row."""
    for way, value in ({FIRST: 2.0} | seconds).items():
        found.rounds.times[name, way] = [value]
        found.cpu[name, way] = [1.0]


def test_all_is_measured_and_a_wait_takes_no_cpu_and_a_computation_does() -> None:
    with slow_server() as port, ThreadPoolExecutor(2) as pool:
        ways: dict[str, Way] = {
            FIRST: one_after_another,
            "threads": partial(in_threads, threads=pool),
        }
        plan = workloads(port, workers=2, seconds=0.1)
        found = Comparison(ways, plan, pool, workers=2)
        found.measure(repeat=1)
    names = [workload.name for workload in plan]
    assert names == ["CPU-bound", "I/O-bound", "C code"]
    assert {way for name in names for way in found.rounds.medians(name)} == {*ways}
    assert min(found.cpu["CPU-bound", FIRST]) > max(found.cpu["I/O-bound", FIRST])
    assert found.ceilings


def test_the_ceiling_is_measured_with_workers_that_are_busy_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, all_busy = count(), Barrier(2)

    def work(seconds: float) -> int:
        if next(calls) % 3:  # the first is alone
            all_busy.wait(PATIENCE)
        return 100

    monkeypatch.setattr(comparison, "spin", work)
    with ThreadPoolExecutor(2) as pool:
        found = Comparison({}, [], pool, workers=2)
        found.measure(repeat=1)
    assert len(found.ceilings) == 2
    assert next(calls) == 2 * 3


def test_a_speedup_is_beside_the_first_way() -> None:
    found = compared(THREE)
    measure(found, "CPU-bound", threads=2.5, processes=0.5)
    assert found.speedup("threads", "CPU-bound") == 0.8
    assert found.speedup("processes", "CPU-bound") == 4


def test_the_fastest_are_tinted_in_their_colours_and_nothing_else() -> None:
    found = compared(THREE)
    measure(found, "CPU-bound", threads=2.0, processes=1.0)
    measure(found, "I/O-bound", threads=1.0, processes=1.0)
    text = found.__rich__()
    tinted = [
        (text.plain[span.start : span.end].strip(" █▏▎▍▌▋▊▉│"), span.style)
        for span in text.spans
        if span.style in ("threads", "processes")
    ]
    assert [(label, style) for label, style in tinted if label == style] == [
        ("processes", "processes"),
        ("threads", "threads"),
        ("processes", "processes"),
    ]


def test_the_ceiling_is_marked_where_it_limits() -> None:
    found = compared(THREE)
    found.ceilings = [1.5, 1.4, 1.9]
    for workload in (COMPUTING, WAITING, HASHING):
        measure(found, workload.name, threads=2.0, processes=2.0)
    lines = drawn(found)
    assert "2 busy processes do 1.5 × [1.4–1.9] the work of one" in lines[1]
    one, ceiling = (i for i, cell in enumerate(lines[2]) if cell == "▼")
    assert lines[2].index("1 × ▼") + 4 == one
    assert lines[2][ceiling:].startswith("▼ ceiling")
    bars = [line for line in lines if "█" in line]
    assert [bar[one] for bar in bars] == ["│"] * 9
    assert [bar[ceiling] for bar in bars] == [*"│││", *"   ", *"│││"]


@pytest.mark.parametrize("ways", [THREE, FOUR])
def test_the_picture_fits_the_screen(ways: tuple[str, ...]) -> None:
    found = compared(ways)
    before = drawn(found)
    for name in ("CPU-bound", "I/O-bound", "C code"):
        measure(found, name, **dict.fromkeys(ways, 9.999))
    after = drawn(found)
    assert len(console.render_lines(found)) == len(after) == len(before) <= 19
    assert max(map(len, after)) <= 80


@pytest.mark.parametrize("ceiling", [0.5, 1.0, 1.9, 2.2])
def test_marks_do_not_run_into_the_heads_of_columns(ceiling: float) -> None:
    found = compared(THREE)
    found.ceilings = [ceiling]
    axis = drawn(found)[2]
    assert "▼ ceiling " in axis
    assert axis.index("time      cores busy") == 58
