"""What the palm model says of a picture, as boxes of hands.

The format is public (MediaPipe's graph ``palm_detection_cpu``): the picture is squared with black borders and
scaled to 192 pixels; on grids of 24 and 12 cells a side there are 2 and 6 anchors a cell, all of the same
size. Of each anchor the network gives a logit, and in pixels the palm's middle from the anchor's, the palm's
width and height, and seven points from the anchor's middle, of which the first is the wrist and the third the
root of the middle finger.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.frame_boxes import FrameBox, FrameBoxes, box_of
from midspan.models.action.boxes.suppression import suppressed

Floats = npt.NDArray[np.float64]
SIDE = 192
GRIDS = ((24, 2), (12, 6))
"""Cells a side, and anchors a cell."""
ANCHORS = sum(cells * cells * each for cells, each in GRIDS)
NUMBERS = 18
"""Of each anchor, beside the logit."""
LEAST_SCORE = 0.5
_OVERLAP = 0.3
_POINTS, _WRIST, _KNUCKLE = 7, 0, 2
_HAND, _SHIFT = 2.0, 0.5
"""A hand is so many palms long and wide, and its middle so many palms further towards the fingers."""


@cache
def anchors() -> Floats:
    """(ANCHORS, 2): middles, shares of the square, in the order of the network's output."""
    parts = []
    for cells, each in GRIDS:
        y, x = np.mgrid[:cells, :cells]
        parts.append(np.repeat((np.stack([x, y], -1).reshape(-1, 2) + 0.5) / cells, each, axis=0))
    return np.concatenate(parts)


def squared(frame: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(1, 192, 192, 3), 0 to 1, of an RGB frame (height, width, 3)."""
    height, width = frame.shape[:2]
    side = max(height, width)
    above, before = (side - height) // 2, (side - width) // 2
    rest = (above, side - height - above, before, side - width - before)
    bordered = cv2.copyMakeBorder(frame, *rest, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    scaled = cv2.resize(bordered, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(scaled[None] / 255, np.float32)


def hands_of(
    numbers: npt.NDArray[np.floating], logits: npt.NDArray[np.floating], size: tuple[int, int]
) -> FrameBoxes:
    """Boxes of hands, the surest first, of the frame of ``size`` (width, height) that was ``squared``.

    ``numbers`` are (ANCHORS, 18), ``logits`` (ANCHORS,).
    """
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
    sure = scores >= LEAST_SCORE
    boxes = _in_frame(_hands(numbers[sure].astype(np.float64) / SIDE, anchors()[sure]), size)
    scores = scores[sure]
    sides = boxes[:, 2:] - boxes[:, :2]
    kept = [index for index in suppressed(boxes, scores, _OVERLAP) if sides[index].min() > 0]
    return tuple(FrameBox("hand", box_of(boxes[index]), float(scores[index])) for index in kept)


def _hands(numbers: Floats, middles: Floats) -> Floats:
    """(n, 4): boxes as shares of the square, grown from the palm to the hand."""
    points = numbers[:, 4:].reshape(len(numbers), _POINTS, 2)
    way = points[:, _KNUCKLE] - points[:, _WRIST]
    towards = way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    palm = numbers[:, 2:4].max(1, keepdims=True)
    middle = middles + numbers[:, :2] + _SHIFT * palm * towards
    return np.concatenate([middle - _HAND * palm / 2, middle + _HAND * palm / 2], -1)


def _in_frame(boxes: Floats, size: tuple[int, int]) -> Floats:
    """From shares of the square to shares of the frame, cut to it."""
    width, height = size
    side = max(size)
    corner = np.array([(side - width) // 2, (side - height) // 2] * 2)
    cut: Floats = ((boxes * side - corner) / [width, height, width, height]).clip(0, 1)
    return cut
