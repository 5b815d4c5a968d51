import math
import sys

import pytest

from demos.support.memory import resident_memory

measured = pytest.mark.skipif(
    sys.platform not in ("linux", "darwin"), reason="no resident memory here"
)


@measured
def test_more_memory_is_more_memory() -> None:
    before = resident_memory()
    block = b"x" * 2**25
    used = resident_memory() - before
    assert 0.9 * len(block) < used < 1.5 * len(block)


def test_memory_is_a_number_of_bytes_or_nan() -> None:
    memory = resident_memory()
    assert math.isnan(memory) or memory > 2**20
