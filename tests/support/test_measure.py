import sys

import pytest

from demos.support.measure import aligned, fastest, gil_enabled, interpreter


def test_the_gil_is_on_unless_python_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert not gil_enabled()
    monkeypatch.delattr(sys, "_is_gil_enabled")
    assert gil_enabled()


def test_the_interpreter_is_named_in_few_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: True, raising=False)
    assert interpreter().endswith(f" {release}, GIL on")
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False)
    assert interpreter().endswith(f" {release}, no GIL")


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
    assert aligned(seconds) == figures


def test_the_fastest_are_those_that_are_not_apart_from_the_shortest_time() -> None:
    assert fastest({"a": [1.1, 1.3], "b": [1.0, 1.2], "c": [1.4]}) == {"a", "b"}
    assert fastest({"a": [3.0], "b": [1.0]}) == {"b"}


def test_where_none_is_apart_none_is_the_fastest() -> None:
    assert fastest({"a": [1.1, 1.3], "b": [1.0, 1.2]}) == set()
