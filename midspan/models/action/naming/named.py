"""A detector whose things have names."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.detector import Detector
from midspan.models.action.boxes.frame_boxes import FrameBoxes
from midspan.models.action.naming.namer import Namer

EVERY = 4
"""Frames of which one is asked for names: a track has the name that most of its named boxes have."""


class NamingDetector:
    """See :class:`midspan.models.action.boxes.detector.Detector`."""

    def __init__(self, detector: Detector, namer: Namer) -> None:
        self._detector, self._namer = detector, namer

    def __call__(
        self, frames: npt.NDArray[np.uint8], check: Callable[[], None] = lambda: None
    ) -> list[FrameBoxes]:
        found = self._detector(frames, check)
        found[::EVERY] = self._namer(frames[::EVERY], found[::EVERY], check)
        return found
