import pytest

from demos.support.trace import step_cost


def test_the_cost_is_the_median_of_pairs_and_the_first_pair_is_for_warming_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain, traced = iter([99.0, 1.0, 2.0, 4.0]), iter([1.0, 3.0, 6.0, 4.0])
    monkeypatch.setattr(step_cost, "REPEATS", 3)
    monkeypatch.setattr(step_cost, "plain", lambda: next(plain))
    monkeypatch.setattr(step_cost, "traced", lambda: next(traced))
    assert step_cost.step_cost() == (2.0, 4.0, 3.0)


def test_a_step_takes_time_with_the_tracer_and_without() -> None:
    assert step_cost.plain() > 0
    assert step_cost.traced() > 0
