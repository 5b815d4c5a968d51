"""Figures, and the machine and the Python that they hold for."""

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from statistics import median


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


def aligned(seconds: Sequence[float]) -> str:
    """Return the median and the range of times in 20 cells: " 118 ms [115–121]   ".

    Below one another, the medians align.
    """
    middle = median(seconds)
    unit, scale = ("s", 1) if middle >= 10 else ("ms", 1000)
    digits = 1 if middle * scale < 10 or unit == "s" else 0
    least, mid, most = (
        f"{value * scale:.{digits}f}" for value in (min(seconds), middle, max(seconds))
    )
    return f"{f'{mid} {unit}':>7} {f'[{least}–{most}]':12}"


def apart(one: Sequence[float], other: Sequence[float]) -> bool:
    """Return whether the ranges of two rows of values do not touch."""
    return max(one) < min(other) or max(other) < min(one)


def fastest(times: Mapping[str, Sequence[float]]) -> set[str]:
    """Return the names of the shortest times, and of those not apart from them.

    `times` are in seconds, by name. Where none is apart, none is the fastest.
    """
    first = min(times, key=lambda name: median(times[name]))
    ahead = {name for name in times if not apart(times[first], times[name])}
    return ahead if ahead < times.keys() else set()
