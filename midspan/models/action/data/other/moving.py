"""Numbers that change with time as cameras and things do: drifts, shakes, walks, jumps.

Times are (n,) seconds, ascending; what comes back has a value a time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Random = np.random.Generator


def wander(random: Random, times: Floats, by: float, period: float = 3.0) -> Floats:
    """Smooth and without aim: three waves of random phase, about ``by`` at most."""
    total = np.zeros(len(times))
    for share in (1.0, 0.6, 0.35):
        wave = 2 * np.pi * times / (period * share * random.uniform(0.7, 1.4))
        total += share * np.sin(wave + random.uniform(0, 2 * np.pi))
    return by * total / 1.6


def shake(random: Random, times: Floats, by: float) -> Floats:
    """A hand-held camera: wandering, with a tremble."""
    return wander(random, times, by, 1.5) + random.normal(0, by / 6, len(times))


def going(random: Random, times: Floats, speed: float, length: float) -> Floats:
    """Straight on at ``speed`` a second from anywhere, coming in again after ``length``."""
    return np.asarray((random.uniform(0, length) + speed * times) % length)


def jumps(random: Random, times: Floats, every: float) -> npt.NDArray[np.int64]:
    """(n,) numbers from 0 that rise by one about ``every`` seconds, at once."""
    moments, now = [], float(times[0])
    while now < times[-1]:
        now += max(0.2, random.exponential(every))
        moments.append(now)
    return np.asarray(np.searchsorted(np.array(moments), times, side="right"), dtype=np.int64)


def since(steps: npt.NDArray[np.int64], times: Floats) -> Floats:
    """Seconds since the last of the :func:`jumps`, or the first time."""
    begins = {int(step): float(times[np.argmax(steps == step)]) for step in np.unique(steps)}
    return np.asarray(times - [begins[int(step)] for step in steps], dtype=np.float64)
