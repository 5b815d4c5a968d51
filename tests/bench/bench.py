"""Speed, as ratios in one run: `invoke bench`. Nothing here passes or fails."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from rich.table import Table

from demos import downloader
from demos.support.console import console
from demos.support.download import room
from demos.support.download.file_server import file_server, plan_files
from demos.support.flags import some_of
from demos.support.machine import python
from demos.support.rounds import in_rounds
from demos.support.samples import Sample
from slides.stage import node, packages
from slides.stage.deck.build import build
from slides.stage.deck.sections import sections
from tests.bench.noise import noise
from tests.bench.stage_cost import stage_cost
from tests.bench.step_cost import step_cost
from tests.talks import PATHS

Rows = list[tuple[str, str]]  # what was measured, and the figures
REPEAT = 3


def figures(sample: Sample) -> str:
    """Return a median and its range."""
    least, greatest = sample.range
    return f"{sample.median:.2f} [{least:.2f}–{greatest:.2f}]"


def downloads() -> Rows:
    """Return how many times the latency bound each way to download takes."""
    return race(40, 10, 0.045) + race(2000, 1000, 1.0)


def race(files: int, limit: int, latency: float) -> Rows:
    """Return the same for so many files, `limit` at once."""
    plan = plan_files(files, latency, 0, 7)
    lesson = (
        downloader.download_one_by_one,
        downloader.download_in_threads,
        downloader.download_in_tasks,
    )
    ways = room.variants(lesson, limit, [file.latency for file in plan])
    ways = [way for way in ways if not way.skipped]
    ratios: dict[str, list[float]] = {way.name: [] for way in ways}
    with file_server(limit) as server:
        for number, way in in_rounds(ways, bool, 0, REPEAT):
            if not number:
                way.download(room.few(server))
            else:
                way.run(room.from_server(server, plan, limit), perf_counter)
                ratios[way.name].append(way.repeats[-1].seconds / way.bound)
    what = f"{files:,} downloads, {limit:,} at once, to the latency bound"
    return [(f"{what}: {name}", figures(Sample(ratios[name]))) for name in ratios]


def steps() -> Rows:
    """Return what a step costs that is traced, beside one that is not."""
    return [("a traced step, to a plain one", f"{step_cost()[2]:.2f}")]


def builds() -> Rows:
    """Return our build of the deck beside plain marp on one file of all sections."""
    with tempfile.TemporaryDirectory() as folder:
        joined = Path(folder) / "deck.md"
        texts = [part.text.split("---\n", 2)[-1] for part in sections(PATHS)]
        joined.write_text("\n---\n".join(texts), encoding="utf-8")
        command = node.npx("marp", "--no-stdin", "--", str(joined))

        def ours() -> None:
            with tempfile.TemporaryDirectory() as home:
                build(PATHS, home=Path(home))

        def plain() -> None:
            subprocess.run(command, cwd=PATHS.slides, capture_output=True, check=True)

        return [("our build of the deck, to plain marp", ratio(ours, plain))]


def ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> str:
    """Return how many times as long ours takes, by rounds."""
    seconds: dict[Callable[[], object], list[float]] = {ours: [], theirs: []}
    for number, way in in_rounds([ours, theirs], bool, 0, REPEAT):
        began = perf_counter()
        way()
        if number:
            seconds[way].append(perf_counter() - began)
    pairs = zip(seconds[ours], seconds[theirs], strict=True)
    return figures(Sample([one / other for one, other in pairs]))


BENCHES: dict[str, Callable[[], Rows]] = {
    "downloads": downloads,
    "steps": steps,
    "builds": builds,
    "noise": noise,
    "stage": stage_cost,
}


def measure(only: str | None) -> None:
    """Measure what `only` names (default: all of BENCHES) and print one table."""
    wanted = some_of(BENCHES, only, "--only")
    packages.install(PATHS)
    table = Table("what", "figures: median [min–max]", title=python(), show_lines=True)
    for name in wanted:
        with console.status(f"measuring: {name} …"):
            for row in BENCHES[name]():
                table.add_row(*row)
    console.print(table)
