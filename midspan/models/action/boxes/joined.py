"""Several detectors as one: each frame has the boxes of all, of a category and place the surest one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.detector import Detector
from midspan.models.action.boxes.frame_boxes import FrameBox, FrameBoxes
from midspan.models.action.boxes.suppression import suppressed

_OVERLAP = 0.5


class JoinedDetectors:
    """See :class:`midspan.models.action.boxes.detector.Detector`."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = detectors

    def __call__(
        self, frames: npt.NDArray[np.uint8], check: Callable[[], None] = lambda: None
    ) -> list[FrameBoxes]:
        found = [detector(frames, check) for detector in self._detectors]
        return [
            _joined([box for boxes in of_frame for box in boxes]) for of_frame in zip(*found, strict=True)
        ]


def _joined(boxes: Sequence[FrameBox]) -> FrameBoxes:
    kept: list[FrameBox] = []
    for category in ("hand", "object"):
        mine = [box for box in boxes if box.category == category]
        corners = np.array([box.box for box in mine]).reshape(-1, 4)
        kept += [
            mine[index] for index in suppressed(corners, np.array([box.score for box in mine]), _OVERLAP)
        ]
    return tuple(kept)
