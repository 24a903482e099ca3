"""What the detector's network says of a picture, as boxes.

Of each cell of a grid and each category it says how sure it is that the middle of such a box lies there, and
how far the box's four sides are away (CenterNet's heat map with FCOS's distances). A box is cut to the
picture before its middle is taken: of what the border cuts off, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.frame_boxes import Category, FrameBox, FrameBoxes, box_of
from midspan.models.action.boxes.suppression import suppressed

Floats = npt.NDArray[np.float32]
CATEGORIES: tuple[Category, ...] = ("hand", "object")
CHANNELS = 5 * len(CATEGORIES)
"""A logit for each category, and then the logarithms of four distances in cells for each: to the left, top,
right and bottom from the cell's middle."""
SIDE, STRIDE = 96, 4
"""Pixels of the square that a picture is squeezed into, and of a cell."""
CELLS = SIDE // STRIDE
MOST_BOXES = 12
"""Of a category in a frame."""
_OVERLAP = 0.5
"""Of two boxes of a category that overlap by more, the less sure one goes."""
_LEAST_SIDE = 0.02


def squeezed(frames: Sequence[npt.NDArray[np.uint8]] | npt.NDArray[np.uint8]) -> Floats:
    """(n, 3, side, side), -1 to 1, of RGB frames (n, height, width, 3) of any size."""
    if not len(frames):
        return np.zeros((0, 3, SIDE, SIDE), np.float32)
    small = [cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for frame in frames]
    shown = np.stack(small).transpose(0, 3, 1, 2).astype(np.float32)
    return np.ascontiguousarray(shown / 127.5 - 1)


def boxes_of(said: Floats, least_scores: Mapping[str, float]) -> list[FrameBoxes]:
    """Boxes of each picture, the surest of a category first; ``said`` is (n, channels, cells, cells)."""
    return [
        tuple(
            box
            for place, category in enumerate(CATEGORIES)
            for box in _of(one, place, category, least_scores[category])
        )
        for one in said
    ]


def _of(said: Floats, place: int, category: Category, least: float) -> list[FrameBox]:
    heat = 1 / (1 + np.exp(-said[place].astype(np.float32)))
    peaks = (heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8))) & (heat >= least)
    rows, columns = np.nonzero(peaks)
    first = len(CATEGORIES) + 4 * place
    away = np.exp(said[first : first + 4, rows, columns].clip(-5, 5)).T
    middles = np.stack([columns, rows], -1) + 0.5
    corners = np.concatenate([middles - away[:, :2], middles + away[:, 2:]], -1) / CELLS
    boxes, scores = corners.clip(0, 1), heat[rows, columns]
    kept = [
        index
        for index in suppressed(boxes, scores, _OVERLAP)
        if (boxes[index, 2:] - boxes[index, :2]).min() >= _LEAST_SIDE
    ]
    return [FrameBox(category, box_of(boxes[index]), float(scores[index])) for index in kept[:MOST_BOXES]]
