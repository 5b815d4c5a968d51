from collections import Counter
from functools import partial
from itertools import islice

import pytest
from invoke.exceptions import Exit

from demos.support.rounds import Rounds, in_rounds
from demos.support.samples import TooBusy

AGES = 1e9  # seconds that are never spent


def test_each_key_comes_once_a_round_and_a_round_to_warm_up_comes_first() -> None:
    calls = list(in_rounds(["a", "b"], lambda: False, AGES, repeat=2))
    assert [number for number, _ in calls] == [0, 0, 1, 1, 2, 2]
    assert Counter(key for _, key in calls) == {"a": 3, "b": 3}


def test_the_order_is_another_in_each_round() -> None:
    keys = range(100)
    calls = [key for _, key in in_rounds(keys, lambda: False, AGES, repeat=1)]
    assert calls[:100] != calls[100:]
    assert sorted(calls[:100]) == sorted(calls[100:]) == [*keys]


def test_rounds_end_when_all_is_settled_but_not_before_the_third() -> None:
    asked: list[int] = []
    for number, _ in in_rounds(["a"], lambda: len(asked) == 3, AGES):
        if number >= 3:
            asked.append(number)
    assert asked == [3, 4, 5]


def test_rounds_go_on_until_the_time_is_spent() -> None:
    endless = in_rounds(["a"], lambda: False, AGES)
    assert [number for number, _ in islice(endless, 50)] == [*range(50)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still unless its one value, in seconds, is changed."""
    now = [0.0]
    monkeypatch.setattr("demos.support.rounds.perf_counter", lambda: now[0])
    return now


def timed(clock: list[float], keys: list[str], took: list[float]) -> list[int]:
    """Return the rounds of all calls, of which each takes so many seconds in turn."""
    numbers = []
    for number, _ in in_rounds(keys, lambda: False, seconds=10.0):
        numbers.append(number)
        clock[0] += took[min(len(numbers), len(took)) - 1]
    return numbers


def test_no_round_begins_that_would_end_too_late(clock: list[float]) -> None:
    assert timed(clock, ["a"], [1.0]) == [*range(10)]


def test_three_rounds_may_take_twice_the_time(clock: list[float]) -> None:
    assert timed(clock, ["a"], [6.0]) == [0, 1, 2, 3]


def test_where_three_rounds_take_longer_the_machine_is_too_busy(
    clock: list[float],
) -> None:
    with pytest.raises(TooBusy, match="3 rounds were not over in 21 s"):
        timed(clock, ["a"], [7.0])


def test_a_further_round_that_takes_too_long_ends_half_way(clock: list[float]) -> None:
    rounds = timed(clock, ["a", "b"], [1.0] * 8 + [30.0])
    assert rounds == [0, 0, 1, 1, 2, 2, 3, 3, 4]


def test_the_share_of_the_cores_is_asked_for_once_a_round() -> None:
    shares: list[float] = []
    for _ in in_rounds(["a", "b"], lambda: False, AGES, 2, shares):
        pass
    assert len(shares) == 2


def test_a_count_is_kept_however_long_it_takes() -> None:
    calls = list(in_rounds(["a"], lambda: True, seconds=0.0, repeat=4))
    assert [number for number, _ in calls] == [0, 1, 2, 3, 4]


def test_every_call_is_made_and_shown_before() -> None:
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
    assert rounds.of("two") == {}
    rounds.measure(AGES, 2, show=lambda: shown.append(rounds.doing))
    assert Counter(calls) == {"one, a": 3, "two, a": 3, "two, b": 3}
    assert shown == [
        *(f"▶ to warm up: {call}" for call in calls[:3]),
        *(f"▶ round 1: {call}" for call in calls[3:6]),
        *(f"▶ round 2: {call}" for call in calls[6:]),
        "",
    ]
    assert {len(seconds) for seconds in rounds.times.values()} == {2}
    assert rounds.of("two").keys() == {"a", "b"}
    assert len(rounds.shares) == 2  # of the cores, once a round


def test_other_results_are_an_error() -> None:
    rounds = Rounds({"one": {"a": lambda: 1, "b": lambda: 2}})
    with pytest.raises(Exit, match=r"one: . gave another result"):
        rounds.measure(AGES, 1, show=lambda: None)


def test_times_are_settled_when_those_of_all_calls_are() -> None:
    rounds = Rounds({})
    rounds.times["one", "a"] = [1.0, 1.0, 1.0]
    assert rounds.settled()
    rounds.times["two", "a"] = [1.0, 2.0, 3.0]
    assert not rounds.settled()
    assert rounds.of("two")["a"].median == 2.0
