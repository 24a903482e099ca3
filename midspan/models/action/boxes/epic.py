"""Boxes of the hand-object detector on EPIC-KITCHENS, as JSON: ``{video: {frame: [box, ...]}}``.

A frame's list may also be the text of a Python literal, as the HDF5 files hold it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from midspan.models.action.boxes.frame_boxes import BoxedFrame, Category, FrameBox, VideoBoxes, clean_box
from midspan.models.action.boxes.reading import of, read_json

_GRID = (4096, 4096)
"""Boxes are shares of the picture already; they are made clean on a grid as fine as that."""


def read_boxes(path: Path) -> Iterator[VideoBoxes]:
    """Each box is ``{box: (x1, y1, x2, y2) in shares, category: "hand" or "object", score}``, and may say
    the hand's side and state, which are left out. Raises ``CorruptSource``.
    """
    told = read_json(path)
    with of(path, "the object of videos"):
        videos = list(told.items())
    for video, frames in videos:
        with of(path, f"video {video}"):
            boxed = [BoxedFrame(int(number), _boxes(items)) for number, items in frames.items()]
        yield VideoBoxes(video, tuple(sorted(boxed, key=lambda frame: frame.number)))


def _boxes(items: Any) -> tuple[FrameBox, ...]:
    listed = ast.literal_eval(items) if isinstance(items, str) else items
    return tuple(_box(item) for item in listed)


def _box(item: dict[str, Any]) -> FrameBox:
    category: Category = "hand" if "hand" in str(item["category"]).lower() else "object"
    x1, y1, x2, y2 = (float(edge) for edge in item["box"])
    if max(x1, y1, x2, y2) > 1.5:
        raise ValueError(f"expected shares of the picture, got {item['box']}")
    corners = (edge * _GRID[0] for edge in (x1, y1, x2, y2))
    return FrameBox(category, clean_box(corners, _GRID), float(item["score"]))
