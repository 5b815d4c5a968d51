import pytest

from demos.support.console import console
from demos.support.heat_table import HeatTable, Row, Verdict, judge, said
from demos.support.samples import Sample, TooBusy

MODELS = ("threads", "processes", "asyncio")
CALLS = dict.fromkeys(MODELS, lambda: None)


@pytest.mark.parametrize(
    ("times", "mark", "words"),
    [
        ({"a": [1.0] * 3, "b": [2.0] * 3, "c": [3.0] * 3}, "✓", "right: 2.0 × as fast"),
        ({"a": [2.0] * 3, "b": [3.0] * 3, "c": [1.0] * 3}, "→", "c: 2.0 × as fast"),
        (
            {"a": [1, 1.5, 1.9], "b": [1.6, 2, 2], "c": [5] * 3},
            "≈",
            "no clear difference to b",
        ),
        (
            {"a": [1.0] * 3, "b": [1.05] * 3, "c": [5] * 3},
            "≈",
            "no clear difference to b",
        ),
        (
            {"a": [12, 14, 25], "b": [9, 12, 13], "c": [50] * 3},
            "≈",
            "no clear difference to b",
        ),
        (
            {"a": [1.0], "b": [2.0], "c": [3.0]},
            "≈",
            "no clear difference to b",
        ),  # too few
    ],
)
def test_the_rule_is_ticked_or_corrected_by_the_times(
    times: dict[str, list[float]], mark: str, words: str
) -> None:
    verdict = judge("a", {column: Sample(values) for column, values in times.items()})
    assert verdict.mark == mark
    assert verdict.words.startswith(words)


@pytest.mark.parametrize(("scale", "mark"), [(0.01, "≈"), (0.1, "✓")])
def test_short_times_must_be_further_apart(scale: float, mark: str) -> None:
    times = {"a": Sample([scale] * 3), "b": Sample([1.4 * scale] * 3)}
    assert judge("a", times).mark == mark


def test_the_rows_of_each_mark_are_said() -> None:
    verdicts = {
        "few slow waits": Verdict("≈", "", 1.0),
        "CPU-bound": Verdict("✓", "", 1.91),
        "few fast waits": Verdict("→", "", 0.5),
        "many slow waits": Verdict("✓", "", 1.26),
    }
    assert (
        said(verdicts) == "✓ CPU-bound 1.9 ×, many slow 1.3 ×; ≈ few slow; → few fast"
    )


def test_what_is_said_fits_a_line() -> None:
    right = Verdict("✓", "", 99.91)
    names = ("CPU-bound", "few fast waits", "few slow waits", "many slow waits")
    assert len(f"The rule: {said(dict.fromkeys(names, right))}") <= 80


def measured(*seconds: float, jobs: int = 8, wait: float = 0.005) -> HeatTable:
    """A table of a row of waits, for which the models took about so many seconds."""
    row = Row("few waits", jobs, wait, "threads", CALLS)
    table = HeatTable([row], at_once={"processes": 4})
    table.rounds.shares = [1.0]
    for model, value in zip(MODELS, seconds, strict=True):
        table.rounds.times["few waits", model] = [value * 0.98, value, value * 1.02]
    return table


def test_the_fastest_of_a_row_is_tinted_in_its_colour_and_nothing_else() -> None:
    text = measured(0.2, 0.4, 0.1).__rich__()
    tinted = [
        text.plain[span.start : span.end].strip()
        for span in text.spans
        if not isinstance(span.style, str) and span.style.reverse
    ]
    assert tinted == ["100 ms [98–102]", "best"]


def test_of_two_that_are_not_apart_both_are_tinted_as_alike() -> None:
    plain = measured(0.1, 0.4, 0.11).__rich__().plain
    assert plain.count("≈ best") == 2
    assert "threads ≈ no clear difference to asyncio" in plain


def test_what_the_rows_say_of_the_rule_is_told() -> None:
    (verdict,) = measured(0.1, 0.4, 0.2).verdicts().values()
    assert (verdict.mark, verdict.ratio) == ("✓", 2.0)
    (verdict,) = measured(0.2, 0.4, 0.1).verdicts().values()
    assert (verdict.mark, verdict.ratio) == ("→", 0.5)


def test_the_table_fits_the_screen_and_is_drawn_before_anything_is_measured() -> None:
    calls = dict.fromkeys(MODELS, lambda: 1)
    names = ("CPU-bound", "few fast waits", "few slow waits", "many slow waits")
    rows = [Row(name, 1000, 0.05, "processes", calls) for name in names]
    table = HeatTable(rows, at_once={"processes": 32})
    before = console.render_lines(table)
    table.measure(seconds=9.0, repeat=1)
    after = console.render_lines(table)
    assert len(before) == len(after) == 19


def test_what_is_possible_is_not_refused() -> None:
    measured(0.26, 0.51, 0.26, wait=0.25).refuse_impossible()
    measured(0.001, 0.02, 0.001).refuse_impossible()  # a coarse clock


@pytest.mark.parametrize(
    ("seconds", "seen"),
    [
        ((0.26, 0.51, 0.15), "asyncio waited 150 of 250 ms"),
        ((0.26, 0.26, 0.26), "processes waited 260 of 500 ms"),  # 4 at once
    ],
)
def test_a_wait_that_is_over_before_its_time_is_refused(
    seconds: tuple[float, ...], seen: str
) -> None:
    with pytest.raises(TooBusy, match=seen):
        measured(*seconds, wait=0.25).refuse_impossible()


def test_work_that_took_twice_as_long_at_one_time_is_refused() -> None:
    table = measured(0.1, 0.4, 0.2)
    table.rounds.times["few waits", "processes"].append(0.9)
    with pytest.raises(TooBusy, match="the same work took 392–900 ms"):
        table.refuse_impossible()


def test_a_machine_whose_cores_others_had_is_refused() -> None:
    table = measured(0.1, 0.4, 0.2)
    table.rounds.shares = [0.3, 0.2, 1.0]
    with pytest.raises(TooBusy, match=r"cores, there were \d\.\d to be had"):
        table.refuse_impossible()
