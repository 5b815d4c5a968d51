import sys

import pytest

from demos.support.measure import gil_enabled


def test_the_gil_is_on_unless_python_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert not gil_enabled()
    monkeypatch.delattr(sys, "_is_gil_enabled")
    assert gil_enabled()
