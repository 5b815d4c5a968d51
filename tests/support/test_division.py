import threading

import pytest

from demos.support import division
from demos.support.division import divide_async, slow_division


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "SECONDS", 0.001)
    monkeypatch.setattr(division, "FAILING", 0.001)


@pytest.mark.usefixtures("quick")
def test_a_division_in_a_thread() -> None:
    with slow_division() as divide:
        assert divide(42, 6) == 7
        with pytest.raises(ZeroDivisionError):
            divide(42, 0)


@pytest.mark.usefixtures("quick")
async def test_a_division_in_the_loop() -> None:
    assert await divide_async(42, 6) == 7
    with pytest.raises(ZeroDivisionError):
        await divide_async(42, 0)


def test_in_the_end_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "SECONDS", 600)
    with slow_division() as divide:
        thread = threading.Thread(target=divide, args=(42, 6))
        thread.start()
        assert thread.is_alive()
    thread.join(60)
    assert not thread.is_alive()
