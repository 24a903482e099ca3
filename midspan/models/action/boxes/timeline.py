"""The boxes of a video over time: small enough to remember while it is read, then tracks and layouts.

memory.append(packed(frames.times, detector(frames.rgb)))       # of each window as it comes
timeline = Timeline(memory)                                     # at the end
timeline.tracks(), timeline.layout(3.5)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.frame_boxes import FrameBox, FrameBoxes
from midspan.models.action.boxes.tracker import BoxTrack, track_boxes
from midspan.models.action.data.arrays import HAND, LAYOUT_FRAMES, MOST_BOXES, NOTHING, OBJECT, Layout

RATE = 8.0
"""Frames a second on the grid that boxes are put on; the reader samples so many."""
_WHOLE = 65535
"""Shares are kept as whole numbers up to this."""


@dataclass(frozen=True)
class PackedBoxes:
    """Of some frames; a box takes some twenty bytes."""

    times: npt.NDArray[np.float64]
    """(frames,): seconds."""
    frame: npt.NDArray[np.int32]
    """(boxes,): which frame."""
    corners: npt.NDArray[np.uint16]
    """(boxes, 4): left, top, right, bottom, of 65535."""
    scores: npt.NDArray[np.uint16]
    """(boxes,), of 65535."""
    hands: npt.NDArray[np.bool_]
    """(boxes,)"""
    nouns: tuple[str, ...]
    """Of each box."""


def packed(times: npt.NDArray[np.float64], frames: Sequence[FrameBoxes]) -> PackedBoxes:
    """``frames`` has the boxes at each of the ``times``, in seconds."""
    boxes = [box for frame in frames for box in frame]
    return PackedBoxes(
        np.asarray(times, np.float64),
        np.repeat(np.arange(len(frames), dtype=np.int32), [len(frame) for frame in frames]),
        np.rint(np.array([box.box for box in boxes]).reshape(-1, 4) * _WHOLE).astype(np.uint16),
        np.rint(np.array([box.score for box in boxes]) * _WHOLE).astype(np.uint16),
        np.array([box.category == "hand" for box in boxes], np.bool_),
        tuple(box.noun for box in boxes),
    )


class Timeline:
    """A whole video's boxes, on a grid of ``RATE`` frames a second from its beginning."""

    def __init__(self, parts: Iterable[PackedBoxes]) -> None:
        """``parts`` are windows in any order, of which none has to be there."""
        self._at: dict[int, FrameBoxes] = {}
        for part in parts:
            cells = np.rint(part.times * RATE).astype(int).tolist()
            self._at |= dict.fromkeys(cells, ())
            for place, frame in enumerate(part.frame.tolist()):
                self._at[cells[frame]] += (_box(part, place),)

    @cached_property
    def frames(self) -> list[FrameBoxes]:
        """Of each cell of the grid; empty where there was no frame."""
        return [self._at.get(cell, ()) for cell in range(max(self._at, default=-1) + 1)]

    @cached_property
    def tracks(self) -> list[BoxTrack]:
        """Frame n of them is at second n / ``RATE``."""
        return track_boxes(self.frames, fps=RATE)

    def layout(self, start: float) -> Layout:
        """Of the two seconds from ``start`` on, as the layout branch was taught: six boxes a frame.

        The surest come first; where there was no frame, the nearest one stands.
        """
        boxes = np.zeros((LAYOUT_FRAMES, MOST_BOXES, 4), np.float32)
        categories = np.full((LAYOUT_FRAMES, MOST_BOXES), NOTHING, np.int8)
        scores = np.zeros((LAYOUT_FRAMES, MOST_BOXES), np.float32)
        cells = np.array(sorted(self._at))
        for frame in range(LAYOUT_FRAMES if len(cells) else 0):
            nearest = int(cells[np.abs(cells - (start * RATE + frame)).argmin()])
            surest = sorted(self._at[nearest], key=lambda box: -box.score)[:MOST_BOXES]
            for slot, box in enumerate(surest):
                boxes[frame, slot], scores[frame, slot] = box.box, box.score
                categories[frame, slot] = HAND if box.category == "hand" else OBJECT
        return Layout(boxes, categories, scores)


def _box(part: PackedBoxes, place: int) -> FrameBox:
    left, top, right, bottom = (part.corners[place] / _WHOLE).tolist()
    category = "hand" if part.hands[place] else "object"
    score = float(part.scores[place]) / _WHOLE
    return FrameBox(category, (left, top, right, bottom), score, part.nouns[place])  # type: ignore[arg-type]
