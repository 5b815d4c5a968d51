import pytest

from demos.support import division
from demos.support.division import divide, divide_async


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "DIVISION_SECONDS", 0.001)
    monkeypatch.setattr(division, "FAILING_SECONDS", 0.001)


def test_a_division_in_a_thread() -> None:
    assert divide(42, 6) == 7
    with pytest.raises(ZeroDivisionError):
        divide(42, 0)


async def test_a_division_in_the_loop() -> None:
    assert await divide_async(42, 6) == 7
    with pytest.raises(ZeroDivisionError):
        await divide_async(42, 0)
