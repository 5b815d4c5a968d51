from demos.support.console import console
from demos.support.download.downloads import Download
from demos.support.download.sweep import Sweep
from demos.support.download.variants import Repeat, Variant


def variant(name: str, *times: float) -> Variant:
    """A variant whose bound is 2 s and whose runs took so long."""
    made = Variant(name, "asyncio", print, 1_000, [2.0])
    for each in times:
        downloads = [Download("a"), Download("b")]
        for download in downloads:
            download.enter("waiting")
        made.repeats.append(Repeat(downloads, 1.0, 1.0 + each))
    return made


def test_the_bars_stand_under_that_of_the_bound() -> None:
    step = [variant("threads", 4.0), variant("asyncio", 3.0), variant("to come")]
    with console.capture() as shown:
        console.print(Sweep("Ever more", [step]))
    title, empty, bound, *ways, _, same = shown.get().splitlines()
    assert title.startswith("Ever more · ")
    assert not empty
    assert bound.startswith("limit 1,000 ")
    assert "2.00 s at best" in bound
    assert [line.split()[0] for line in ways] == ["threads", "asyncio", "to"]
    assert [line.count("█") for line in (bound, *ways)] == [12, 24, 18, 0]
    starts = {line.index("█") for line in (bound, *ways[:2])}
    assert len(starts) == 1
    assert [line[66:].strip() for line in ways] == ["2 at once", "2 at once", ""]
    assert same.startswith("the same client (httpcore) in both")


def test_it_fits_and_leaves_two_rows() -> None:
    step = [variant("threads", *[59.99] * 3), variant("asyncio", *[99.99] * 3)]
    with console.capture() as shown:
        console.print(Sweep("Ever more", [step] * 4))
    lines = shown.get().splitlines()
    assert len(lines) == 1 + 4 * 4 + 2 <= 19, "none goes on in the next line"
    assert max(map(len, lines)) <= 80
