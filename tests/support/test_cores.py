import pytest

from demos.support.cores import refuse_shared, share_of_cores
from demos.support.samples import TooBusy


def test_busy_threads_get_a_part_of_the_cores() -> None:
    assert 0 < share_of_cores() < 1.1  # two clocks


def test_cores_of_which_others_had_a_good_part_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("demos.support.cores.usable_cores", lambda: 4)
    refuse_shared([0.99, 0.85, 0.3])
    with pytest.raises(TooBusy, match=r"of 4 cores, there were 1\.2 to be had"):
        refuse_shared([0.99, 0.3, 0.2])
