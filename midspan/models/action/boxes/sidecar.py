"""Boxes that lie beside a video, in ``VIDEO.boxes.json``: who has them needs no detector.

The file is in one of the formats that ``something_else``, ``action_genome`` and ``epic`` read, and may hold
other videos as well; the video's boxes are those under its name without the ending, or the only ones there
are. Frame n is the video's frame n by its mean rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from midspan.errors import CorruptSource, WrongUse
from midspan.models.action.boxes import action_genome, epic, something_else
from midspan.models.action.boxes.frame_boxes import FrameBoxes, Size, VideoBoxes
from midspan.models.action.boxes.reading import read_json

ENDING = ".boxes.json"
MOST_BOXES = 32
"""In a frame, the surest."""
_HALF_A_STEP = 1 / 16
"""Seconds by which a frame with boxes may be away from the one that they are for."""


def beside(video: Path) -> Path | None:
    """The file beside a video, where there is one: ``clip.boxes.json`` or ``clip.mp4.boxes.json``."""
    named = (video.with_name(video.stem + ENDING), video.with_name(video.name + ENDING))
    return next((path for path in named if path.is_file()), None)


class Sidecar:
    """The boxes of one video over time."""

    def __init__(self, path: Path, video: str, size: Size, rate: float) -> None:
        """``video`` is its name without ending, ``size`` that of upright frames, ``rate`` theirs a second.

        Raises ``CorruptSource`` where the file is in none of the formats or knows no such video, and
        ``UnsupportedSource``.
        """
        found = _choose(path, video, size)
        self._boxes = [frame.boxes for frame in found.frames]
        self._times = np.array([frame.number for frame in found.frames], np.float64) / rate

    def at(self, time: float) -> FrameBoxes:
        """Those of the frame nearest to ``time`` (seconds); none where that is not of this moment."""
        after = int(np.searchsorted(self._times, time))
        near = [place for place in (after - 1, after) if 0 <= place < len(self._times)]
        nearest = min(near, key=lambda place: abs(self._times[place] - time), default=None)
        if nearest is None or abs(self._times[nearest] - time) > _HALF_A_STEP + 1e-6:
            return ()
        return tuple(sorted(self._boxes[nearest], key=lambda box: -box.score)[:MOST_BOXES])


def _choose(path: Path, video: str, size: Size) -> VideoBoxes:
    told = read_json(path)
    read = _reader(path, told)
    sizes: Mapping[str, Size] = _EverySize(size)
    try:
        videos = {one.video: one for one in read(path, sizes)}
    except WrongUse as error:
        raise CorruptSource(f"{path}: {error}") from error
    if video in videos:
        return videos[video]
    if len(videos) == 1:
        return next(iter(videos.values()))
    raise CorruptSource(
        f"{path} holds boxes of {len(videos)} videos, none of them called {video!r}; name one so, or leave "
        "one alone in it"
    )


Reader = Callable[[Path, Mapping[str, Size]], Iterator[VideoBoxes]]


def _reader(path: Path, told: Any) -> Reader:
    """Told by what the first video looks like."""
    if isinstance(told, list):
        return something_else.read_detections
    if isinstance(told, dict) and told:
        key, first = next(iter(told.items()))
        if "/" in key:
            return lambda objects, sizes: action_genome.read_boxes(objects, None, sizes)
        if isinstance(first, list):
            return something_else.read_annotations
        if isinstance(first, dict):
            return lambda boxes, _: epic.read_boxes(boxes)
    raise CorruptSource(
        f"{path}: expected boxes in the format of Something-Else, Action Genome or EPIC-KITCHENS; "
        "docs/action.md says how they look"
    )


class _EverySize(dict[str, Size]):
    """Of the videos in a file only one is asked for, and its size is known."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self._size = size

    def __contains__(self, video: object) -> bool:
        return True

    def __missing__(self, video: str) -> Size:
        return self._size
