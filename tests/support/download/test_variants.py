import pytest

from demos.support.download.downloads import Download
from demos.support.download.variants import Repeat, Variant, result


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
    assert result(variant, 24.0).plain == line


def test_it_is_said_what_was_not_run() -> None:
    variant = Variant("sync", "sync", print, 1, [2_000.0], skipped=True)
    assert result(variant, 1.0).plain.split(maxsplit=1) == [
        *("sync", "not run: too long, 2,000 s at best")
    ]
