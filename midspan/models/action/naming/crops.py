"""What is cut out of a frame around a box, for the namer."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.frame_boxes import Box

SIDE = 32
"""Pixels of a crop, both ways."""
_AROUND = 0.1
"""By this share of its sides a box grows first."""


def crop(frame: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.uint8]:
    """(SIDE, SIDE, 3) of a frame (height, width, 3); the box is squeezed to a square.

    A box has at least a pixel, however it lies.
    """
    height, width = frame.shape[:2]
    across, down = _AROUND * (box[2] - box[0]), _AROUND * (box[3] - box[1])
    left, right = _span(box[0] - across, box[2] + across, width)
    top, bottom = _span(box[1] - down, box[3] + down, height)
    cut = frame[top:bottom, left:right]
    larger = cut.shape[0] > SIDE and cut.shape[1] > SIDE
    how = cv2.INTER_AREA if larger else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, (SIDE, SIDE), interpolation=how), dtype=np.uint8)


def as_input(crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(n, SIDE, SIDE, 3) to (n, 3, SIDE, SIDE) in -0.5..0.5."""
    planes = np.ascontiguousarray(crops.transpose(0, 3, 1, 2)).astype(np.float32)
    return np.asarray(planes / 255 - 0.5, dtype=np.float32)


def _span(low: float, high: float, length: int) -> tuple[int, int]:
    first = min(max(int(np.floor(low * length)), 0), length - 1)
    return first, min(max(int(np.ceil(high * length)), first + 1), length)
