"""Boxes of a video as a file or a detector gives them, and how they are made clean.

Frame: shares of the picture's width and height, origin top left, x right, y down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, 0 to 1."""
Size = tuple[int, int]
"""Width and height in pixels."""
Category = Literal["hand", "object"]


@dataclass(frozen=True)
class FrameBox:
    category: Category
    """A person counts as an object, as in the layouts of Action Genome."""
    box: Box
    score: float = 1.0
    noun: str = ""
    """What it is, where that is known."""


def box_of(corners: npt.NDArray[np.floating]) -> Box:
    """Of an array (4,)."""
    left, top, right, bottom = (float(edge) for edge in corners)
    return left, top, right, bottom


FrameBoxes = tuple[FrameBox, ...]
"""What there is in one frame."""


@dataclass(frozen=True)
class BoxedFrame:
    number: int
    """Of the frame in the video, from 0 on."""
    boxes: FrameBoxes


@dataclass(frozen=True)
class VideoBoxes:
    video: str
    """Its id in the file."""
    frames: tuple[BoxedFrame, ...]
    """In order; frames of which nothing is said may be absent."""


def clean_box(corners: Iterable[float], size: Size) -> Box:
    """A box (x1, y1, x2, y2) in pixels as shares of the picture.

    Whole pixels; corners in order, within the picture; at least a pixel wide and high (as in the readers of
    the paper, where a box without extent would have no place in a layout).
    """
    x1, y1, x2, y2 = corners
    (left, right), (top, bottom) = _span(x1, x2, size[0]), _span(y1, y2, size[1])
    return (left / size[0], top / size[1], right / size[0], bottom / size[1])


def _span(first: float, second: float, length: int) -> tuple[int, int]:
    low, high = (min(max(int(edge), 0), length - 1) for edge in sorted((first, second)))
    if low == high:
        return (low, low + 1) if low + 1 < length else (low - 1, low)
    return low, high
