from collections import Counter

import pytest
from invoke.exceptions import Exit

from demos.support.console import console
from demos.support.heat_table import HeatTable, judge


@pytest.mark.parametrize(
    ("times", "mark", "words"),
    [
        ({"a": 1.0, "b": 2.0, "c": 3.0}, "✓", "2.0× as fast as b"),
        ({"a": 2.0, "b": 3.0, "c": 1.0}, "→", "c 2.0× as fast"),
        ({"a": 1.0, "b": 1.05, "c": 3.0}, "≈", "no faster than b"),
        ({"a": 1.05, "b": 1.0, "c": 3.0}, "≈", "no faster than b"),
    ],
)
def test_the_rule_is_ticked_or_corrected_by_the_times(
    times: dict[str, float], mark: str, words: str
) -> None:
    verdict = judge("a", times)
    assert (verdict.mark, verdict.words) == (mark, words)


def test_every_call_is_made_to_warm_up_and_then_as_often_as_asked() -> None:
    calls: Counter[str] = Counter()
    row = {
        "threads": lambda: calls.update(["threads"]),
        "asyncio": lambda: calls.update(["asyncio"]),
    }
    table = HeatTable({"one": ("asyncio", row), "two": ("threads", row)}, "")
    table.measure(repeat=2)
    assert calls == {"threads": 6, "asyncio": 6}
    assert list(table.verdicts()) == ["one", "two"]


def test_other_results_are_an_error() -> None:
    table = HeatTable({"one": ("a", {"a": lambda: 1, "b": lambda: 2})}, "")
    with pytest.raises(Exit, match=r"one: . gave another result"):
        table.measure(repeat=1)


@pytest.mark.parametrize("width", [80, 96])
def test_the_table_fits_the_stage(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", width)
    row = dict.fromkeys(("threads", "processes", "asyncio"), lambda: 1)
    names = ("CPU-bound\n8 × 50 ms", "few\n5 ms", "many slow waits\n1000 × 50 ms")
    table = HeatTable(dict.fromkeys(names, ("processes", row)), "note")
    table.measure(repeat=1)
    assert len(console.render_lines(table)) <= 20
