"""The memory of this process."""

import math
import os
import sys
from pathlib import Path


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
