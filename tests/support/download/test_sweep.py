import pytest

from demos.downloader import download_async
from demos.support.console import console
from demos.support.download.downloads import Download
from demos.support.download.sweep import Sweep, ratio, seconds
from demos.support.download.variants import Repeat, Variant


def variant(*times: float) -> Variant:
    """A variant whose bound is 2 s and whose runs took so long."""
    made = Variant("asyncio", "asyncio", download_async, 5, [2.0])
    made.repeats = [Repeat([Download("a")], 1.0, 1.0 + each) for each in times]
    return made


def test_a_time_is_told_as_a_multiple_of_the_bound() -> None:
    assert ratio(variant()) == 0
    assert seconds(variant(3.0)) == pytest.approx(3.0)
    assert ratio(variant(9.0, 2.0, 3.0)) == pytest.approx(1.5)


def test_a_bar_is_there_for_each_variant_that_has_run() -> None:
    sweep = Sweep("Ever more", [[variant(3.0), variant()]])
    with console.capture() as shown:
        console.print(sweep)
    title, bound, step, run, waits = shown.get().splitlines()
    assert title == "Ever more"
    assert "▼ the bound" in bound
    assert step == "5 at once"
    assert bound.index("▼") == pytest.approx(run.index("▒"), abs=1)
    assert "1.50 ×   3.00 s" in run
    assert waits.strip() == "asyncio"
