from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from itertools import count
from threading import Barrier

import pytest

from demos.support.console import console
from demos.support.samples import TooBusy
from demos.support.slow_server import slow_server
from demos.support.speedup import comparison
from demos.support.speedup.comparison import Comparison, Way, Workload, workloads
from demos.threads_vs_processes import in_threads, one_by_one
from tests.talks import PATIENCE

FIRST = "one by one"
THREE = (FIRST, "threads", "processes")
FOUR = (*THREE, "sub-interpreters")
PLAN = [
    Workload("CPU-bound", "computes", abs, [], needs_gil=True),
    Workload("I/O-bound", "waits", abs, [], needs_cores=False),
    Workload("C code", "hashes", abs, []),
]
NAMES = [workload.name for workload in PLAN]


def compared(ways: tuple[str, ...] = THREE, pool: Executor | None = None) -> Comparison:
    """A comparison of ways to run three workloads by two workers, not measured yet."""
    return Comparison(
        dict.fromkeys(ways, one_by_one), PLAN, pool or ThreadPoolExecutor(), workers=2
    )


def drawn(found: Comparison) -> list[str]:
    return found.__rich__().plain.split("\n")


def measure(found: Comparison, name: str, **seconds: float) -> None:
    """Have a workload take so many seconds, three times; 2 in the first way."""
    for way, value in ({FIRST: 2.0} | seconds).items():
        found.rounds.times[name, way] = [value * 0.99, value, value * 1.01]
        found.cores[name, way] = [1.0]


def all_measured(found: Comparison, **seconds: float) -> Comparison:
    """Have all workloads take these seconds; the ceiling is 1.8."""
    found.ceilings = [1.8, 1.7, 1.9]
    found.rounds.shares = [1.0]
    for name in NAMES:
        measure(found, name, **seconds)
    return found


def possible() -> Comparison:
    """Have all be as on an idle machine with a ceiling of 1.8."""
    found = all_measured(compared(), threads=1.2, processes=1.15)
    measure(found, "CPU-bound", threads=2.0, processes=1.2)
    return found


def tinted(found: Comparison) -> list[tuple[str, str]]:
    """What is in the style of a model below the heads of the columns, and the style."""
    text = found.__rich__()
    heads = text.plain.index("CPU-bound")
    spans = [(text.plain[s.start : s.end].strip(), s) for s in text.spans]
    return [
        (words, str(span.style))
        for words, span in spans
        if span.start > heads and span.style in ("threads", "processes")
    ]


def test_all_is_measured_and_a_wait_takes_no_cpu_and_a_computation_does() -> None:
    with slow_server() as port, ThreadPoolExecutor(2) as pool:
        ways: dict[str, Way] = {
            FIRST: one_by_one,
            "threads": partial(in_threads, threads=pool),
        }
        plan = workloads(port, workers=2, seconds=0.1)
        found = Comparison(ways, plan, pool, workers=2)
        found.measure(seconds=9.0, repeat=1)
    assert [workload.name for workload in plan] == NAMES
    assert {way for name in NAMES for way in found.rounds.of(name)} == {*ways}
    assert min(found.cores["CPU-bound", FIRST]) > max(found.cores["I/O-bound", FIRST])
    assert found.ceilings


def test_the_ceiling_is_measured_with_workers_that_are_busy_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, all_busy = count(), Barrier(2)

    def work(seconds: float) -> int:
        if next(calls) % 4 in (1, 2):  # between two that are alone
            all_busy.wait(PATIENCE)
        return 100

    monkeypatch.setattr(comparison, "spin", work)
    with ThreadPoolExecutor(2) as pool:
        found = Comparison(dict.fromkeys(THREE, one_by_one), [], pool, workers=2)
        found.measure(seconds=9.0, repeat=1)
    assert len(found.ceilings) == 2
    assert next(calls) == 2 * 4


@pytest.mark.parametrize(
    ("paces", "ceiling"),
    [
        ([100, 190, 100], 1.9),
        ([50, 190, 100], 1.9),  # late while it was alone: the better pace counts
        ([50, 190, 50], 2.0),  # no more than there are workers
    ],
)
def test_the_ceiling_is_at_most_the_number_of_workers(
    monkeypatch: pytest.MonkeyPatch, paces: list[float], ceiling: float
) -> None:
    made = iter(paces * 2)  # to warm up, too
    monkeypatch.setattr(Comparison, "_pace", lambda found, busy: next(made))
    found = Comparison(
        dict.fromkeys(THREE, one_by_one), [], ThreadPoolExecutor(), workers=2
    )
    found.measure(seconds=9.0, repeat=1)
    assert found.ceilings == [ceiling, ceiling]


def test_a_gain_is_beside_the_first_way_and_about_that_where_it_is_not_told_apart() -> (
    None
):
    found = compared()
    measure(found, "CPU-bound", threads=2.1, processes=1.05)
    assert found.gain("threads", "CPU-bound") == "≈ 1.0 ×"
    assert found.gain("processes", "CPU-bound") == "1.9 ×"


def test_what_is_not_told_apart_from_one_by_one_says_so_and_slower_is_said() -> None:
    found = compared()
    measure(found, "CPU-bound", threads=2.1, processes=1.05)
    measure(found, "C code", threads=4.0, processes=2.4)
    words = "\n".join(drawn(found))
    assert "≈ 1.0 × on 1.0 cores" in words
    assert "1.9 × on 1.0 cores" in words
    assert "0.5 ×, slower" in words
    assert "0.8 × on 1.0 cores" in words


def test_the_fastest_are_tinted_in_their_colours_and_nothing_else() -> None:
    found = compared()
    measure(found, "CPU-bound", threads=2.0, processes=1.2)
    measure(found, "I/O-bound", threads=1.05, processes=1.0)
    assert [each for each in tinted(found) if "×" in each[0]] == [
        ("1.7 × on 1.0 cores", "processes"),
        ("1.9 × on 1.0 cores", "threads"),
        ("2.0 × on 1.0 cores", "processes"),
    ]


def test_nothing_is_tinted_before_a_row_is_complete_or_where_all_are_alike() -> None:
    found = compared()
    measure(found, "CPU-bound", threads=1.0)
    measure(found, "C code", threads=2.0, processes=2.05)
    assert tinted(found) == []


def test_the_limit_is_the_ceiling_and_for_waits_the_number_of_workers() -> None:
    found = all_measured(compared(), threads=2.0, processes=2.0)
    found.ceilings = [1.4, 1.5, 1.9]
    lines = drawn(found)
    assert lines[1] == (
        "│ 1 ×   ┃ ceiling: 2 busy processes do 1.5 × [1.4–1.9] the work of one"
    )
    bars = [line[18:48] for line in lines if "█" in line]
    assert [bar.index("┃") for bar in bars] == [22, 22, 29, 29, 22, 22]
    assert [bar.index("│") for bar in bars if "│" in bar] == [15] * 6


@pytest.mark.parametrize("ways", [THREE, FOUR])
def test_the_picture_fits_the_screen(ways: tuple[str, ...]) -> None:
    found = compared(ways)
    before = drawn(found)
    all_measured(found, **dict.fromkeys(ways, 9.999))
    after = drawn(found)
    assert len(console.render_lines(found)) == len(after) == len(before) == 19
    assert max(map(len, after)) <= 80


def test_what_is_possible_is_not_refused() -> None:
    possible().refuse_impossible()


@pytest.mark.parametrize(
    ("name", "way", "seconds", "seen"),
    [
        ("CPU-bound", "threads", 1.5, "CPU-bound, threads: 1.3 of 1.0 ×"),
        ("CPU-bound", "processes", 0.5, "CPU-bound, processes: 4.0 of 1.8 ×"),
        ("I/O-bound", "threads", 0.5, "I/O-bound, threads: 4.0 of 2.0 ×"),
        ("C code", "threads", 0.8, "C code, threads: 2.5 of 1.8 ×"),
        ("CPU-bound", "processes", 2.1, "CPU-bound, processes: 1.0 of 1.8 ×"),
        ("I/O-bound", "processes", 2.1, "I/O-bound, processes: 1.0 of 2.0 ×"),
        ("C code", "threads", 1.9, "C code, threads: 1.1 of 1.8 ×"),
    ],
)
def test_a_speedup_above_its_limit_is_refused_and_none_where_there_is_room(
    name: str, way: str, seconds: float, seen: str
) -> None:
    found = possible()
    found.rounds.times[name, way] = [seconds] * 3
    with pytest.raises(TooBusy, match=seen):
        found.refuse_impossible()


def test_a_machine_whose_cores_others_had_is_refused() -> None:
    found = possible()
    found.refuse_impossible()
    found.rounds.shares = [0.9, 0.4, 0.3]
    with pytest.raises(TooBusy, match=r"cores, there were \d\.\d to be had"):
        found.refuse_impossible()


def test_work_that_took_twice_as_long_at_one_time_is_refused() -> None:
    found = possible()
    found.rounds.times["C code", "threads"] = [1.2, 1.3, 2.5]
    with pytest.raises(TooBusy, match="the same work took 1200–2500 ms"):
        found.refuse_impossible()


def test_none_is_refused_of_one_round_or_of_trifles() -> None:
    found = possible()
    found.rounds.times["C code", "threads"] = [1.9]
    found.refuse_impossible()
    trifles = [Workload("C code", "hashes", abs, [0] * 3000)]
    ways = dict.fromkeys(THREE, one_by_one)
    found = Comparison(ways, trifles, ThreadPoolExecutor(), workers=2)
    found.ceilings = [1.8]
    found.rounds.shares = [1.0]
    measure(found, "C code", threads=2.0, processes=4.0)
    found.refuse_impossible()
