"""The memory and the time that something takes in this process."""

import math
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """Seconds, and bytes of resident memory (NaN where they cannot be measured)."""

    seconds: float
    memory: float

    @classmethod
    def now(cls) -> "Usage":
        """Return the clock and the memory of this moment, to call `since` on later."""
        return cls(time.perf_counter(), resident_memory())

    def until_now(self) -> "Usage":
        """Return what has been used since."""
        seconds, memory = Usage.now()
        return Usage(seconds - self.seconds, memory - self.memory)


def resident_memory() -> float:
    """Return the bytes of memory that this process has resident, else NaN.

    Linux says it as it is (proc(5), statm); macOS its peak only (getrusage(2), in
    bytes there), which is the same thing for a process that only grows.
    """
    if sys.platform == "linux":
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return math.nan
