import re
from time import perf_counter

import pytest

from demos import downloader
from demos.support.console import console
from demos.support.download.downloads import Download
from demos.support.download.variants import Repeat
from demos.support.download.waterfall import Waterfall, pick


def test_lanes_with_failures_are_always_drawn() -> None:
    batch = [Download(str(number)) for number in range(40)]
    batch[1].failures = batch[38].failures = ["timed out"]
    picked = pick(batch, 10)
    assert [*picked] == sorted(picked, key=batch.index)
    assert {batch[1], batch[38]} < {*picked}
    assert len(picked) == 10
    assert pick(batch, 40) == batch


@pytest.mark.parametrize("files", [3, 40, 500])
@pytest.mark.parametrize(("width", "height"), [(96, 26), (80, 24)])
def test_the_picture_fits(
    monkeypatch: pytest.MonkeyPatch, files: int, width: int, height: int
) -> None:
    monkeypatch.setattr(console, "size", (width, height))
    ways = downloader.variants(10, [0.05] * files)
    picture = Waterfall("title", ways, 3)
    for variant in ways:
        repeat = Repeat([Download("") for _ in range(files)])
        for download in repeat.downloads:
            for state in ("waiting", "receiving", "failed", "waiting", "receiving"):
                download.enter(state)
            download.failures.append("truncated")
        variant.repeats.append(repeat)
    for finished in (False, True):
        picture.finished = finished
        for variant in ways:
            variant.repeats[0].ended = perf_counter() if finished else None
        with console.capture() as capture:
            console.print(picture)
        lines = re.sub(r"\x1b\[[\d;]*m", "", capture.get()).splitlines()
        assert len(lines) + 2 * finished < height
        assert max(map(len, lines)) <= width
