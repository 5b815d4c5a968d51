import pytest

from demos.event_loop_trace import sleep_in_loop, traced
from demos.support.trace.timeline import Timeline


@pytest.fixture(scope="session")
def blocked() -> Timeline:
    """The demo's scenario, in which a step blocks the loop."""
    return traced("blocked", sleep_in_loop)[0]
