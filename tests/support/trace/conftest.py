from functools import partial

import pytest

from demos.event_loop_trace import scenario, sleep_in_loop
from demos.support.trace.seen import traced
from demos.support.trace.timeline import Timeline


@pytest.fixture(scope="session")
def blocked() -> Timeline:
    """The demo's scenario, in which a step blocks the loop."""
    return traced("blocked", partial(scenario, sleep_in_loop))
