import re

import pytest

from demos.support.console import console
from demos.support.download.downloads import Download
from demos.support.download.variants import Repeat, Variant
from demos.support.download.waterfall import LANE, WORDS, Waterfall, axis, lane

# The longest that fits, with the Python that is named after it.
TITLE = "1000 files, 1000 at once · simulated 45 ms each, loopback"


def download(*changes: tuple[float, str], failures: int = 0) -> Download:
    """A download that went through some states."""
    made = Download("")
    made.changes = [*changes]  # type: ignore[list-item]
    made.failures = ["connection reset"] * failures
    return made


def ways(files: int, known: bool) -> list[Variant]:
    latencies = [0.045] * files if known else []
    return [
        Variant("one after another", "sync", print, 1, latencies),
        Variant("threads", "threads", print, 1_000, latencies),
        Variant("asyncio", "asyncio", print, 1_000, latencies),
    ]


def run(files: int, ended: float | None) -> Repeat:
    """A run from 100 s on, all of whose downloads fail once and are tried again."""
    stages = ("waiting", "receiving", "failed", "waiting", "receiving")
    changes = [(100 + stage / 10, state) for stage, state in enumerate(stages)]
    downloads = [download(*changes, failures=1) for _ in range(files)]
    for each in downloads[1:] if ended else []:
        each.enter("done")
    return Repeat(downloads, 100.0, ended)


def drawn(picture: Waterfall) -> list[str]:
    with console.capture() as shown:
        console.print(picture)
    return [line.rstrip() for line in shown.get().splitlines()]


def test_waiting_is_low_receiving_is_high_and_a_failure_is_a_cross() -> None:
    one = download((0, "waiting"), (15.5, "receiving"), (30.5, "done"))
    two = download((30, "waiting"), (40, "receiving"), (50, "failed"), failures=1)
    repeat = Repeat([one, two], 0.0, 61.0)
    low, high = "▄", "█"
    assert lane(repeat, [one], 61) == f"{low * 15}▟{high * 14}▌".ljust(LANE)
    both = f"{low * 15}▟{high * 14}▙{low * 9}{high * 10}×"
    assert lane(repeat, [one, two], 61) == both.ljust(LANE)


def test_a_lane_of_very_many_keeps_its_failures() -> None:
    batch = [download((0, "waiting"), (1, "done")) for _ in range(1_000)]
    batch[333] = download((0, "waiting"), (30, "failed"), failures=1)
    assert lane(Repeat(batch, 0.0, 61.0), batch, 61).index("×") == 30


@pytest.mark.parametrize("end", [0.004, 0.13, 1.88, 60, 3_600])
def test_the_seconds_stand_whole_above_their_cell(end: float) -> None:
    row = axis(end).plain
    assert len(row) <= WORDS + LANE
    ticks = [*re.finditer(r"\S+ s", row)]
    assert len(ticks) > 2
    for tick in ticks:
        seconds = float(tick[0].removesuffix(" s"))
        assert tick.start() == WORDS + int(seconds / end * LANE)


def test_it_says_how_far_each_run_is() -> None:
    alone, threads, tasks = variants = ways(40, known=True)
    alone.repeats.append(Repeat([Download("") for _ in range(40)], 0.0, 1.85))
    threads.repeats.append(run(40, ended=101))
    tasks.repeats.append(run(40, ended=None))
    rows = drawn(Waterfall("title", variants))
    assert rows[0].startswith("title · ")
    words = [row[:WORDS].strip() for row in rows[2:]]
    assert words[:4] == [
        *("one after another", "0 of 40 done", "up to 0 at once", "at best 1.80 s")
    ]
    assert words[4:7] == ["threads", "39 of 40 done", "up to 40 at once"]
    assert words[8:11] == ["asyncio", "0 of 40 done", "40 in flight"]
    assert words[12:16] == ["run 3", "one after another", "threads", "asyncio"]
    assert rows[18:] == ["× 40 tries failed: connection reset; 0 lost"]


def test_it_says_what_failed_in_all_runs_that_have_ended() -> None:
    variants = ways(40, known=True)
    for variant in variants:
        variant.repeats = [run(40, ended=101.0), run(40, ended=103.0)]
    variants[2].repeats.append(run(40, ended=None))
    *_, alone, threads, tasks, failed = drawn(Waterfall("title", variants))
    for line in (alone, threads, tasks):
        assert "2.00 s [1.00–3.00]" in line
    assert failed == "× 240 tries failed: connection reset; 0 lost"


@pytest.mark.parametrize("files", [1, 3, 40, 10_000])
@pytest.mark.parametrize(
    ("known", "skipped", "height"),
    [(True, False, 18), (True, True, 18), (False, False, 15)],
)
def test_it_fits_at_each_moment(
    files: int, known: bool, skipped: bool, height: int
) -> None:
    variants = ways(files, known)
    variants[0].skipped = skipped
    raced = variants[skipped:]
    picture = Waterfall(TITLE, variants)
    heights = [len(drawn(picture))]
    for variant in raced:
        variant.repeats.append(run(files, ended=None))
        heights.append(len(drawn(picture)))
        variant.repeats[0].ended = 199.0
        heights.append(len(drawn(picture)))
    assert heights[:2] == [height] * 2, "no row goes on in the next"
    assert {*heights[2:]} == {height + 1}, "some have failed"
    assert max(map(len, drawn(picture))) <= 80
