import pytest

from demos.event_loop_trace import blocking, traced
from demos.support.trace.timeline import Timeline


@pytest.fixture(scope="session")
def blocked() -> Timeline:
    """The demo's scenario, in which a step blocks the loop."""
    return traced("blocked", blocking)[0]
