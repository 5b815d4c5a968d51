import math
import time

import pytest

from demos.support.history import ROWS, Scene, Step, chart

LONG_AGO = 1_000_000.0  # seconds: whatever runs since then fills its lane


@pytest.fixture
def scene() -> Scene:
    return Scene("a title", "asyncio", "waits")


def test_steps_are_kept_in_order_and_begin_with_that_of_the_caller(
    scene: Scene,
) -> None:
    scene.tell("A", "runs")
    scene.tell("caller", "done")
    scene.tell("A", "OSError")
    assert {row: [step.what for step in scene.steps[row]] for row in ROWS} == {
        "A": ["runs", "OSError"],
        "B": [],
        "C": [],
        "caller": ["waits", "done"],
    }
    moments = [*scene.steps["A"], *scene.steps["caller"]]
    waits, runs, done, error = sorted(moments, key=lambda step: step.at)
    assert waits.at == runs.at <= done.at <= error.at


def test_a_step_lasts_until_the_next(scene: Scene) -> None:
    scene.steps["caller"] = [Step("works", 1.0), Step("asks", 3.0), Step("x", 3.5)]
    assert scene.seconds("caller", "works") == 2.0
    assert scene.seconds("caller", "asks") == 0.5


def test_steps_are_counted_in_all_rows(scene: Scene) -> None:
    for row in ("A", "C"):
        scene.tell(row, "CancelledError")
    assert scene.count("CancelledError") == 2
    assert scene.count("done") == 0


def test_a_row_s_steps_and_when_one_first_began(scene: Scene) -> None:
    scene.steps["A"] = [Step("runs", 6.0), Step("done", 8.0), Step("runs", 9.0)]
    assert scene.whats("A") == ["runs", "done", "runs"]
    assert scene.at("A", "runs") == 6.0
    assert scene.at("B", "runs") == math.inf


def test_a_step_may_last_and_be_a_word_as_well(scene: Scene) -> None:
    scene.steps["caller"] = [Step("works", 0.0)]
    scene.steps["A"] = [Step("not done", 0.0), Step("cancelled", 4.0), Step("x", 8.0)]
    scene.steps["B"] = [Step("not done", 0.0), Step("cancel(): False", 4.0)]
    assert scene.lane("A", 8, 8).plain == "▄▄▄▄▒▒▒▒ cancelled, x"
    assert scene.lane("B", 8, 8).plain == "▄▄▄▄▄▄▄▄ cancel(): False"
    assert chart([scene], 8).plain.split("\n")[0].split() == [
        *("▄▄", "not", "done", "▒▒", "its", "job", "runs", "on", "▆▆", "works")
    ]


def test_a_lane_shows_the_steps_that_last_and_then_the_others(scene: Scene) -> None:
    scene.steps["caller"] = [Step("waits", 5.0)]
    scene.steps["A"] = [Step("runs", 6.0), Step("cleans up", 8.0), Step("done", 9.0)]
    lane = scene.lane("A", 6, 12)
    assert lane.plain == "  ▆▆▆▆▃▃ done"
    styles = [(span.start, span.end, span.style) for span in lane.spans if span.style]
    assert styles == [(2, 6, "asyncio"), (6, 8, "asyncio")]


def test_the_last_step_lasts_until_now(scene: Scene) -> None:
    scene.steps["caller"] = [Step("waits", time.monotonic() - LONG_AGO)]
    assert scene.lane("caller", 1, 8).plain.rstrip() == "▁▁▁▁▁▁▁▁"


def test_a_row_without_steps_has_an_empty_lane(scene: Scene) -> None:
    scene.tell("A", "runs")
    assert scene.lane("B", 4, 8).plain.strip() == ""


def test_a_chart_has_a_legend_of_what_there_was(scene: Scene) -> None:
    assert chart([scene], 1).plain.splitlines()[0] == ""
    scene.tell("A", "runs")
    assert chart([scene], 1).plain.split("\n")[0].split() == [
        *("▆▆", "runs", "▁▁", "waits")
    ]


@pytest.mark.parametrize("scenes", [2, 3])
def test_a_chart_leaves_two_of_21_lines_and_fits_in_80_columns(scenes: int) -> None:
    all_scenes = [Scene("a title", "asyncio", "waits") for _ in range(scenes)]
    for each in all_scenes:
        each.steps["caller"] = [Step("waits", 0.0), Step("goes on", 1e9)]
        returned = Step("its job returned 6", 1e9)
        each.steps["A"] = [Step("not done", 0.0), Step("cancelled", 1e8), returned]
    lines = chart(all_scenes, 1).plain.split("\n")
    assert len(lines) == 19
    assert max(map(len, lines)) == 80
