from collections import Counter
from functools import partial

import pytest
from invoke.exceptions import Exit

from demos.support.rounds import Rounds


def test_every_call_is_made_to_warm_up_and_then_as_often_as_asked() -> None:
    calls: list[str] = []
    shown: list[str] = []
    rows = {
        "one": {"a": partial(calls.append, "one, a")},
        "two": {
            "a": partial(calls.append, "two, a"),
            "b": partial(calls.append, "two, b"),
        },
    }
    rounds = Rounds(rows)
    assert rounds.medians("two") == {}
    rounds.measure(repeat=2, show=lambda: shown.append(rounds.doing))
    assert Counter(calls) == {"one, a": 3, "two, a": 3, "two, b": 3}
    assert shown == [
        *(f"▶ to warm up: {call}" for call in calls[:3]),
        *(f"▶ 1 of 2: {call}" for call in calls[3:6]),
        *(f"▶ 2 of 2: {call}" for call in calls[6:]),
        "",
    ]
    assert {len(seconds) for seconds in rounds.times.values()} == {2}
    assert rounds.medians("two").keys() == {"a", "b"}


def test_other_results_are_an_error() -> None:
    rounds = Rounds({"one": {"a": lambda: 1, "b": lambda: 2}})
    with pytest.raises(Exit, match=r"one: . gave another result"):
        rounds.measure(repeat=1, show=lambda: None)


def test_the_median_is_that_of_a_row_and_a_column() -> None:
    rounds = Rounds({})
    rounds.times["one", "a"] = [1, 9, 2]
    rounds.times["two", "a"] = [4]
    assert rounds.medians("one") == {"a": 2}
