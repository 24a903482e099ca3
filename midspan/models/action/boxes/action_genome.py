"""Boxes in the format of Action Genome, as JSON: its own files are pickles, which are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from midspan.models.action.boxes.frame_boxes import BoxedFrame, FrameBox, Size, VideoBoxes, clean_box
from midspan.models.action.boxes.reading import of, read_json, size_of

_KEY = re.compile(r"(?P<video>[^/]+)\.mp4/(?P<frame>\d+)\.(?:png|jpg)")


def read_boxes(objects: Path, persons: Path | None, sizes: Mapping[str, Size]) -> Iterator[VideoBoxes]:
    """``object_bbox_and_relationship`` and ``person_bbox``, both by "VIDEO.mp4/FRAME.png".

    An object is kept where it is visible, the person where there is exactly one (without ``persons`` there is
    none); a frame without objects is left out. Objects are (x, y, width, height) in pixels, persons
    (x1, y1, x2, y2). Raises ``CorruptSource``, ``UnsupportedSource`` for pickles, and ``WrongUse`` for a
    video without size.
    """
    seen, people = read_json(objects), {} if persons is None else read_json(persons)
    with of(objects, "a key of a frame"):
        keys = sorted((_place(key), key) for key in seen)
    for video, of_video in groupby(keys, key=lambda item: item[0][0]):
        size = size_of(video, sizes)
        frames = []
        for (_, number), key in of_video:
            with of(objects, key):
                boxes = [_object(item, size) for item in seen[key] if item["visible"]]
            with of(persons or objects, key):
                boxes += _person(people.get(key), size)
            if any(box.noun != "person" for box in boxes):
                frames.append(BoxedFrame(number, tuple(boxes)))
        yield VideoBoxes(video, tuple(frames))


def _place(key: str) -> tuple[str, int]:
    """Video and frame; frames are counted from 0 here, as in the file."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"expected VIDEO.mp4/FRAME.png, got {key!r}")
    return found["video"], int(found["frame"])


def _object(item: dict[str, Any], size: Size) -> FrameBox:
    x, y, width, height = item["bbox"]
    return FrameBox("object", clean_box((x, y, x + width, y + height), size), 1.0, item["class"])


def _person(found: dict[str, Any] | None, size: Size) -> list[FrameBox]:
    boxes = [] if found is None else found["bbox"]
    if len(boxes) != 1:
        return []
    scores = found.get("bbox_score") if found else None
    score = 1.0 if scores is None else float(scores[0])
    return [FrameBox("object", clean_box(boxes[0], size), score, "person")]
