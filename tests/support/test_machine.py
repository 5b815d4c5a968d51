import sys

import pytest

from demos.support.machine import gil_enabled, interpreter


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
