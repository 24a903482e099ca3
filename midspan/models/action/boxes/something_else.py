"""Boxes in the formats of Something-Else: the published annotations, and the prepared data set of layouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from midspan.models.action.boxes.frame_boxes import (
    Box,
    BoxedFrame,
    Category,
    FrameBox,
    Size,
    VideoBoxes,
    clean_box,
)
from midspan.models.action.boxes.reading import of, read_json, size_of


def read_annotations(path: Path, sizes: Mapping[str, Size]) -> Iterator[VideoBoxes]:
    """``{video: [{name: "video/0001.jpg", labels: [{category, standard_category, box2d}]}]}``.

    Frames are numbered from 1 in the file. Raises ``CorruptSource``, and ``WrongUse`` for a video
    without size.
    """
    for video, frames in _members(path):
        size = size_of(video, sizes)
        with of(path, f"video {video}"):
            boxed = sorted((_frame(frame, size) for frame in frames), key=lambda frame: frame.number)
        yield VideoBoxes(video, tuple(boxed))


def read_detections(path: Path, sizes: Mapping[str, Size]) -> Iterator[VideoBoxes]:
    """``[{id, frames: [{frame_objects: [{category, x1, y1, x2, y2, score}]}]}]``, with every frame."""
    rows = read_json(path)
    with of(path, "the list of videos"):
        rows = [(row["id"], row["frames"]) for row in rows]
    for video, frames in rows:
        size = size_of(video, sizes)
        with of(path, f"video {video}"):
            boxed = [
                BoxedFrame(number, tuple(_detected(box, size) for box in frame["frame_objects"]))
                for number, frame in enumerate(frames)
            ]
        yield VideoBoxes(video, tuple(boxed))


def _members(path: Path) -> list[tuple[str, Any]]:
    told = read_json(path)
    with of(path, "the object of videos"):
        return list(told.items())


def _frame(frame: dict[str, Any], size: Size) -> BoxedFrame:
    number = int(Path(frame["name"]).stem) - 1
    if number < 0:
        raise ValueError(f"frames are numbered from 1, got {frame['name']}")
    return BoxedFrame(number, tuple(_annotated(label, size) for label in frame["labels"]))


def _annotated(label: dict[str, Any], size: Size) -> FrameBox:
    category: Category = "hand" if "hand" in label["standard_category"] else "object"
    return FrameBox(category, _corners(label["box2d"], size), 1.0, label["category"])


def _detected(box: dict[str, Any], size: Size) -> FrameBox:
    category: Category = "hand" if "hand" in box["category"] else "object"
    return FrameBox(category, _corners(box, size), float(box.get("score", 1.0)))


def _corners(box: dict[str, Any], size: Size) -> Box:
    return clean_box((float(box[side]) for side in ("x1", "y1", "x2", "y2")), size)
