import pytest

from demos.support.speedup.scale import Scale


def test_a_bar_leaves_its_marks_to_be_seen_and_covers_those_it_passes() -> None:
    scale = Scale(full=2, width=8)
    assert scale.bar(0.5, "", limit=2).plain == "██  │  ┃"
    assert scale.bar(1.5, "", limit=2).plain == "██████ ┃"
    assert scale.bar(0.5, "").plain == "██  │   "


def test_a_limit_at_1_is_drawn_as_the_limit() -> None:
    assert Scale(full=2, width=8).bar(0.5, "", limit=1).plain == "██  ┃   "


@pytest.mark.parametrize("speedup", [0.0, 0.5, 1.0, 2.0, 70.0])
def test_what_is_off_the_scale_ends_at_its_edge(speedup: float) -> None:
    scale = Scale(full=2, width=8)
    assert 0 <= scale.cell(speedup) < 8
    assert scale.bar(speedup, "", limit=speedup).cell_len == 8
