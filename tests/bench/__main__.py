"""Speed, as ratios in one run: `invoke bench`. Nothing here passes or fails."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import sample
from statistics import median
from time import perf_counter

from rich.table import Table

from demos import downloader
from demos.support.console import console
from demos.support.download import room
from demos.support.download.file_server import file_server, plan_files
from demos.support.machine import python
from slides.stage import node, packages
from slides.stage.deck.build import build
from slides.stage.deck.sections import sections
from tests.bench.step_cost import step_cost
from tests.talks import PATHS


def ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> str:
    """Return how many times longer ours takes: median [min–max] of shuffled pairs."""
    ratios = []
    for _ in range(3):
        seconds = {}
        for way in sample([ours, theirs], 2):
            start = perf_counter()
            way()
            seconds[way] = perf_counter() - start
        ratios.append(seconds[ours] / seconds[theirs])
    return f"{median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}]"


def downloads(files: int, limit: int, latency: float) -> list[tuple[str, str]]:
    """Return how many times the latency bound each way to download takes."""
    plan = plan_files(files, latency, 0, 7)
    lesson = (
        downloader.download_one_by_one,
        downloader.download_in_threads,
        downloader.download_in_tasks,
    )
    ways = [
        way
        for way in room.variants(lesson, limit, [file.latency for file in plan])
        if not way.skipped
    ]
    with file_server(limit) as server:
        room.warm_up(ways, server)
        for way in sample(ways * 3, 3 * len(ways)):
            way.run(room.from_server(server, plan, limit), perf_counter)
    what = f"{files:,} downloads, {limit:,} at once, to the latency bound"
    rows = []
    for way in ways:
        ratios = [seconds / way.bound for seconds in way.times]
        spread = f"[{min(ratios):.2f}–{max(ratios):.2f}]"
        rows.append((f"{what}: {way.name}", f"{median(ratios):.2f} {spread}"))
    return rows


def builds() -> str:
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

        return ratio(ours, plain)


def main() -> None:
    """Measure everything and print one table."""
    packages.install(PATHS)
    table = Table("what", "times as long: median [min–max]", title=python())
    with console.status("measuring …"):
        rows = downloads(40, 10, 0.045) + downloads(2000, 1000, 1.0)
        rows.append(("a traced step, to a plain one", f"{step_cost()[2]:.2f}"))
        rows.append(("our build of the deck, to plain marp", builds()))
    for row in rows:
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
