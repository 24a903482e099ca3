"""The outline of a hand that points up, in units of half its width, and of the arm behind it."""

from __future__ import annotations

import numpy as np

from midspan.models.action.data.nouns import Polygon
from midspan.models.action.data.scene import Floats

WRIST = 1.45
"""How far behind the palm's middle what counts as the hand ends."""
OPEN: Polygon = np.array(
    [
        *([-0.68, WRIST], [-0.62, 1.2], [-0.95, 0.35], [-1.7, -0.4], [-1.62, -0.72], [-1.35, -0.72]),
        *([-0.85, -0.2], [-0.92, -0.8], [-0.97, -1.75], [-0.78, -1.92], [-0.56, -1.78], [-0.47, -0.98]),
        *([-0.44, -1.95], [-0.22, -2.12], [-0.02, -1.98], [0.02, -0.98], [0.07, -1.85], [0.28, -2.0]),
        *([0.46, -1.8], [0.48, -0.92], [0.56, -1.35], [0.75, -1.5], [0.92, -1.3], [0.98, -0.5]),
        *([0.62, 1.2], [0.68, WRIST]),
    ]
)
VALLEYS = (11, 15, 19)
"""Corners between two fingers."""


def _closed() -> Polygon:
    polygon: Polygon = OPEN.copy()
    fingers = polygon[:, 1] < -0.9
    polygon[fingers, 1] = -0.9 + 0.22 * (polygon[fingers, 1] + 0.9)
    polygon[3:6] = [[-1.05, -0.35], [-0.85, -0.75], [-0.6, -0.7]]
    return polygon


CLOSED: Polygon = _closed()
ARM: Polygon = np.array([[-0.6, 1.0], [0.6, 1.0], [1.1, 24.0], [-1.1, 24.0]])


def sleeve(begin: float) -> Polygon:
    """The part of the arm from ``begin`` on, a little wider than the arm."""
    return np.array([[-0.85, begin], [0.85, begin], [1.35, 24.0], [-1.35, 24.0]])


def posed(grip: Floats, mirrored: bool) -> Floats:
    """(times, corners, 2), from open (``grip`` 0) to closed (1); ``grip`` is (times,)."""
    side = np.array([-1.0 if mirrored else 1.0, 1.0])
    polygons: Floats = (OPEN + grip[:, None, None] * (CLOSED - OPEN)) * side
    return polygons
