"""The machine and the Python that figures hold for."""

import os
import platform
import sys


def gil_enabled() -> bool:
    """Return whether a GIL lets one thread at a time run Python (True before 3.13)."""
    return sys._is_gil_enabled() if hasattr(sys, "_is_gil_enabled") else True


def usable_cores() -> int:
    """Return how many cores this process may use: not more than the machine has."""
    if hasattr(os, "process_cpu_count"):  # from Python 3.13
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def interpreter() -> str:
    """Return which Python runs this, in few words: "CPython 3.13, GIL on"."""
    release = ".".join(platform.python_version_tuple()[:2])
    gil = "GIL on" if gil_enabled() else "no GIL"
    return f"{platform.python_implementation()} {release}, {gil}"


def python() -> str:
    """Return what runs this: "CPython 3.13.0, GIL on, 2 usable cores"."""
    name = f"{platform.python_implementation()} {platform.python_version()}"
    gil = "on" if gil_enabled() else "off"
    return f"{name}, GIL {gil}, {usable_cores()} usable cores"
