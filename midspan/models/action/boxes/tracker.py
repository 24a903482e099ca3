"""Joins boxes to tracks, over the frames in which a detector misses a thing.

Frame by frame, each category on its own, the boxes are assigned to the tracks that are still open so that the
sum of what speaks for it is greatest: the overlap with where the track should be by now or, where nothing
overlaps, how near it is; less where the two have different names, so that a thing that a moving camera brings
to where another one was is not taken for it. A track stays open for ``most_missed`` seconds without a box and
is expected to slow down in that time. What lies between two boxes of a track is interpolated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from midspan.models.action.boxes.frame_boxes import Category, FrameBox

Boxes = npt.NDArray[np.float64]
"""(n, 4): left, top, right, bottom, shares of the picture."""


@dataclass(frozen=True)
class TrackerSettings:
    most_missed: float = 1.5
    """Seconds."""
    least_affinity: float = 0.2
    other_name: float = 0.4
    """What speaks for a box counts by as much if its name is another than that of most boxes of the track."""
    nearness: float = 0.5
    """What nearness counts at most, where a full overlap counts 1."""
    least_seen: int = 3
    """A track of fewer boxes is none."""
    slowing: float = 0.3
    """Seconds after which a thing that is missed is taken to have nearly stopped."""


@dataclass(frozen=True)
class BoxTrack:
    category: Category
    start: int
    """The first frame; it ends after ``len(boxes)`` frames."""
    boxes: Boxes
    """(frames, 4)"""
    seen: npt.NDArray[np.bool_]
    """(frames,): false where the box is interpolated."""
    score: float
    """Mean over the frames that were seen."""
    sources: tuple[tuple[int, int], ...]
    """Frame and index in that frame of each box that was joined."""
    nouns: tuple[str, ...] = ()
    """(frames,): what each box is called; empty where nobody said."""

    def noun(self, first: int, last: int) -> str:
        """What most of the boxes from frame ``first`` to before ``last`` say it is; where none of them says
        anything, what most of the whole track's say.

        Where a camera moves on, what comes to the place of a thing may be taken for it.
        """
        within = self.nouns[max(first - self.start, 0) : max(last - self.start, 0)]
        return _most_common(within) or _most_common(self.nouns)


class _Open:
    """A track in the making."""

    def __init__(self, category: Category, frame: int, index: int, box: FrameBox) -> None:
        self.category = category
        self.frames, self.sources, self.scores = [frame], [(frame, index)], [box.score]
        self.boxes: list[Boxes] = [np.array(box.box)]
        self.nouns = [box.noun]
        self.velocity: Boxes = np.zeros(4)
        """Shares of the picture a second."""

    def add(self, frame: int, index: int, box: FrameBox, fps: float) -> None:
        new = np.array(box.box)
        moved = (new - self.boxes[-1]) * fps / (frame - self.frames[-1])
        self.velocity = 0.5 * self.velocity + 0.5 * np.tile((moved[:2] + moved[2:]) / 2, 2)
        self.frames.append(frame)
        self.sources.append((frame, index))
        self.scores.append(box.score)
        self.boxes.append(new)
        self.nouns.append(box.noun)

    def expected(self, frame: int, fps: float, slowing: float) -> Boxes:
        missed = (frame - self.frames[-1]) / fps
        way: Boxes = self.boxes[-1] + self.velocity * slowing * (1 - np.exp(-missed / slowing))
        return way

    def closed(self) -> BoxTrack:
        frames = np.arange(self.frames[0], self.frames[-1] + 1)
        known, named = np.stack(self.boxes), dict(zip(self.frames, self.nouns, strict=True))
        boxes = np.stack([np.interp(frames, self.frames, known[:, side]) for side in range(4)], -1)
        return BoxTrack(
            self.category,
            self.frames[0],
            boxes,
            np.isin(frames, self.frames),
            float(np.mean(self.scores)),
            tuple(self.sources),
            tuple(named.get(frame, "") for frame in frames.tolist()),
        )

    @property
    def noun(self) -> str:
        return _most_common(self.nouns)


def track_boxes(
    frames: Sequence[Sequence[FrameBox]], *, fps: float, settings: TrackerSettings | None = None
) -> list[BoxTrack]:
    """Tracks in the order in which they begin; ``frames`` has the boxes of each frame, ``fps`` a second."""
    settings = settings or TrackerSettings()
    tracks: list[_Open] = []
    still_open: list[_Open] = []
    for number, boxes in enumerate(frames):
        longest = settings.most_missed * fps
        still_open = [track for track in still_open if number - track.frames[-1] <= 1 + longest]
        for category in ("hand", "object"):
            begun = _assign(category, number, boxes, still_open, fps, settings)
            tracks += begun
            still_open += begun
    return [track.closed() for track in tracks if len(track.frames) >= settings.least_seen]


def _most_common(nouns: Sequence[str]) -> str:
    known = Counter(filter(None, nouns))
    return known.most_common(1)[0][0] if known else ""


def _assign(
    category: Category,
    number: int,
    boxes: Sequence[FrameBox],
    still_open: list[_Open],
    fps: float,
    settings: TrackerSettings,
) -> list[_Open]:
    """Adds the frame's boxes of a category to their tracks; returns the tracks that they begin."""
    here = [(index, box) for index, box in enumerate(boxes) if box.category == category]
    tracks = [track for track in still_open if track.category == category]
    taken: set[int] = set()
    if here and tracks:
        expected = np.stack([track.expected(number, fps, settings.slowing) for track in tracks])
        for_it = affinity(expected, np.array([box.box for _, box in here]), settings.nearness)
        for_it[_unlike(tracks, [box for _, box in here])] *= settings.other_name
        for row, column in zip(*linear_sum_assignment(-for_it), strict=True):
            if for_it[row, column] >= settings.least_affinity:
                tracks[row].add(number, *here[column], fps)
                taken.add(column)
    return [
        _Open(category, number, index, box) for column, (index, box) in enumerate(here) if column not in taken
    ]


def _unlike(tracks: Sequence[_Open], boxes: Sequence[FrameBox]) -> npt.NDArray[np.bool_]:
    """(tracks, boxes): whether both have a name, and not the same."""
    named, other = (np.array([each.noun for each in some]) for some in (tracks, boxes))
    known = (named != "")[:, None] & (other != "")
    unlike: npt.NDArray[np.bool_] = known & (named[:, None] != other)
    return unlike


def affinity(first: Boxes, second: Boxes, nearness: float) -> Boxes:
    """(n, m): the overlap (intersection over union) or, where that is more, how near and alike in size."""
    middles = [(boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in (first, second)]
    sides = [np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-6) for boxes in (first, second)]
    scale = (sides[0][:, None] + sides[1][None]) / 2
    apart = (((middles[0][:, None] - middles[1][None]) / scale) ** 2).sum(-1)
    alike = np.minimum(sides[0][:, None], sides[1][None]) / np.maximum(sides[0][:, None], sides[1][None])
    near: Boxes = nearness * np.exp(-apart) * alike.prod(-1)
    either: Boxes = np.maximum(overlap(first, second), near)
    return either


def overlap(first: Boxes, second: Boxes) -> Boxes:
    """(n, m): intersection over union."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(-1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(-1) for boxes in (first, second)]
    union: Boxes = areas[0][:, None] + areas[1][None] - shared
    share: Boxes = shared / np.maximum(union, 1e-12)
    return share
