import pytest

from demos.support.samples import (
    Sample,
    TooBusy,
    aligned,
    fastest,
    refuse_unsteady,
    ties,
)


def test_a_sample_has_a_median_a_middle_half_and_a_range() -> None:
    sample = Sample([5.0, 1.0, 4.0, 2.0, 9.0])
    assert sample.median == 4.0
    assert sample.middle_half == (2.0, 5.0)
    assert sample.range == (1.0, 9.0)
    assert Sample([7.0]).middle_half == (7.0, 7.0)


@pytest.mark.parametrize(
    ("values", "settled"),
    [
        ([10.0, 10.4, 10.1], True),
        ([10.0, 10.0, 10.0, 10.9, 30.0], True),  # one that is far off
        ([9.0, 10.0, 11.0], False),
        ([10.0, 10.0], False),  # too few
    ],
)
def test_settled_is_a_middle_half_of_less_than_a_tenth_of_the_median(
    values: list[float], settled: bool
) -> None:
    assert Sample(values).settled is settled


def test_what_was_counted_is_settled_and_told_apart_at_once() -> None:
    eight, nine = Sample([8], counted=True), Sample([9], counted=True)
    assert eight.settled
    assert eight.compare(nine) == "less"
    assert nine.compare(eight) == "more"
    assert eight.compare(eight) == "≈"


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ([1.0, 1.1, 1.2], [1.3, 1.4, 1.5], "less"),
        ([1.3, 1.4, 1.5], [1.0, 1.1, 1.2], "more"),
        ([1.0, 1.1, 1.7], [1.6, 1.7, 1.8], "less"),  # only the ranges overlap
        ([1.0, 1.2, 1.6], [1.3, 1.4, 1.9], "≈"),  # the middle halves do
        ([12, 14, 25], [9, 12, 13], "≈"),  # 25 is more than twice 12
        ([1.0, 1.0], [2.0, 2.0], "≈"),  # too few
        ([1.0, 1.0, 1.0], [2.0, 2.0, 4.1], "≈"),  # the other is unsteady
    ],
)
def test_samples_are_compared_by_their_middle_halves(
    one: list[float], other: list[float], order: str
) -> None:
    assert Sample(one).compare(Sample(other)) == order


def test_they_must_be_apart_by_more_than_the_margin() -> None:
    assert Sample([10.0] * 3).compare(Sample([10.9] * 3)) == "≈"
    assert Sample([10.0] * 3).compare(Sample([11.1] * 3)) == "less"
    ten, twelve = Sample([10.0] * 3), Sample([12.5] * 3)
    assert ten.compare(twelve, margin=0.2) == "less"
    assert twelve.compare(ten, margin=0.2) == "more"
    assert ten.compare(twelve, margin=0.3) == "≈"
    assert twelve.compare(ten, margin=0.3) == "≈"


def test_the_fastest_are_those_that_are_not_told_apart_from_the_shortest_time() -> None:
    a, b, c = Sample([1.1, 1.2, 1.3]), Sample([1.0, 1.1, 1.3]), Sample([1.7, 1.8, 1.9])
    assert fastest({"a": a, "b": b, "c": c}) == {"a", "b"}
    assert fastest({"a": c, "b": b}) == {"b"}
    assert fastest({"a": a, "b": b}) == set()
    assert fastest({"b": b, "c": c}, margin=0.2) == {"b"}
    assert fastest({"a": a, "b": b, "c": c}, margin=0.6) == set()


def test_tied_is_what_is_not_told_apart_from_the_best() -> None:
    a, b, c = Sample([1.1, 1.2, 1.3]), Sample([1.0, 1.1, 1.3]), Sample([1.7, 1.8, 1.9])
    assert ties({"a": a, "b": b, "c": c}) == {"a"}
    assert ties({"a": a, "b": b, "c": c}, max) == set()
    assert ties({"a": a, "b": Sample([1.2, 1.2])}) == set(), "measured too seldom"
    assert ties({"a": Sample([1], counted=True), "b": Sample([1], counted=True)}) == (
        set()
    )
    assert ties({}) == set()


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ([0.1, 0.12, 0.48], "the same work took 100–480 ms"),
        ([11.0, 12.0, 30.0], "the same work took 11.0–30.0 s"),
    ],
)
def test_long_work_that_took_twice_as_long_at_one_time_is_refused(
    values: list[float], seen: str
) -> None:
    with pytest.raises(TooBusy) as refused:
        refuse_unsteady([Sample([1.0, 1.1, 1.2]), Sample(values)])
    assert refused.value.message == (
        f"this machine was too busy to compare: {seen}; "
        "run it again, or see the recording"
    )
    assert refused.value.code == 1


def test_steady_work_and_short_work_are_not_refused() -> None:
    refuse_unsteady([Sample([0.1, 0.12, 0.2]), Sample([0.01, 0.02, 0.09])])


@pytest.mark.parametrize(
    ("seconds", "figures"),
    [
        ([0.0012, 0.0034, 0.0023], " 2.3 ms [1.2–3.4]   "),
        ([0.118, 0.115, 0.121], " 118 ms [115–121]   "),
        ([9.999, 9.99, 12.4], "9999 ms [9990–12400]"),
        ([12.0], " 12.0 s [12.0–12.0] "),
    ],
)
def test_the_figures_of_a_column_align(seconds: list[float], figures: str) -> None:
    assert aligned(Sample(seconds)) == figures
