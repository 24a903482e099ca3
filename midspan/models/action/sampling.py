"""Which frames of a clip are looked at, as explicit indices, so that all modalities can share them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def segments(length: int, count: int, rng: np.random.Generator | None = None) -> Ints:
    """``count`` indices in 0..length - 1, in order: one of each of as many equal parts of a clip.

    At random where there is an ``rng`` (training), else the middle of each part. A clip with fewer frames
    repeats some.
    """
    shares = np.full(count, 0.5) if rng is None else rng.random(count)
    places = np.floor((np.arange(count) + shares) * length / count).astype(np.int64)
    return np.minimum(places, length - 1)


def window(length: int, count: int, stride: int, rng: np.random.Generator | None = None) -> Ints:
    """``count`` indices ``stride`` apart: a stretch that starts at random, or the one in the middle.

    A clip too short for it is stretched over: indices spread evenly, or drawn and sorted.
    """
    spare = length - count * stride
    if spare >= 0:
        start = int(rng.integers(spare + 1)) if rng is not None else spare // 2
        return start + stride * np.arange(count)
    if rng is not None:
        return np.sort(rng.integers(0, length, count))
    return np.linspace(0, length - 1, count).astype(np.int64)


def pictures(layout_frames: Ints, step: int) -> Ints:
    """Of the frames whose boxes are read those whose picture is: every ``step``-th."""
    return layout_frames[::step]
