import pytest

from demos.support.download.downloads import Download
from demos.support.download.variants import Repeat, Variant, results


def test_the_bound_is_the_longest_or_the_mean_share() -> None:
    latencies = [0.1, 0.2, 0.3]
    assert Variant("", "", print, 1, latencies).bound == pytest.approx(0.6)
    assert Variant("", "", print, 3, latencies).bound == 0.3
    assert Variant("", "", print, 2).bound == 0


def test_the_peak_is_of_what_was_in_flight_at_one_moment() -> None:
    first, second, third = (Download(name) for name in "abc")
    first.changes = [(1, "waiting"), (2, "receiving"), (3, "done")]
    second.changes = [(2, "waiting"), (4, "failed"), (5, "queued"), (7, "waiting")]
    third.changes = [(3, "waiting"), (8, "receiving")]
    assert Repeat([]).peak == 0
    assert Repeat([first]).peak == 1
    assert Repeat([first, second, third]).peak == 2


@pytest.mark.parametrize(
    ("times", "figures", "blocks"),
    [
        ([2.0], "asyncio             2.00 s", "██"),
        ([12.0, 10.0, 13.75], "asyncio            12.00 s [10.00–13.75]", "█" * 12),
    ],
)
def test_a_result_is_a_line(times: list[float], figures: str, blocks: str) -> None:
    variant = Variant("asyncio", "asyncio", print, 10)
    variant.repeats = [Repeat([], 1.0, 1.0 + each, 0.5) for each in times]
    line = f"{figures:<42}{blocks:<24}  CPU 0.50 s"
    assert [row.plain for row in results([variant], 24.0)] == [line]


def test_what_is_not_told_apart_from_the_shortest_is_marked() -> None:
    variants = [Variant(name, "", print, 1) for name in "abc"]
    for variant, times in zip(variants, [(6, 7), (2.1, 1.9), (2, 2)], strict=True):
        low, high = times
        variant.repeats = [Repeat([], 0, end) for end in (low, low, high)]
    rows = [row.plain[:26] for row in results(variants, 24.0)]
    assert rows == [
        "a                   6.00 s",
        "b                 ≈ 2.10 s",
        "c                   2.00 s",
    ]


def test_it_is_said_what_was_not_run() -> None:
    variant = Variant("sync", "sync", print, 1, [2_000.0], skipped=True)
    (row,) = results([variant], 1.0)
    assert row.plain.split(maxsplit=1) == [
        *("sync", "not run: too long, 2,000 s at best")
    ]
