"""Tracks of a video cut to an event, and where things are at a moment of it.

tracks = during(found, fps=12, start=2.0, end=3.5)
things_at(tracks, 2.0), things_at(tracks, 3.5)      # what the event changed
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from midspan.models.action.boxes.frame_boxes import Category
from midspan.models.action.boxes.tracker import BoxTrack
from midspan.records.kinds.event import EventTrack


@dataclass(frozen=True)
class ThingAt:
    """A thing at a moment, in the frame of ``SceneObject``: centre and extent, 0..1 of the canvas, y down."""

    category: Category
    noun: str
    x: float
    y: float
    width: float
    height: float
    score: float


def during(tracks: Sequence[BoxTrack], *, fps: float, start: float, end: float) -> tuple[EventTrack, ...]:
    """The parts of the tracks from ``start`` to ``end`` (seconds, half-open); frame n is at second n / fps.

    A track that is not there in that time, or only between two boxes and in none, is left out.
    """
    first, last = math.ceil(start * fps), math.ceil(end * fps)
    cut = (
        _cut(track, fps, range(max(first, track.start), min(last, track.start + len(track.boxes))))
        for track in tracks
    )
    return tuple(track for track in cut if any(track.seen))


def _cut(track: BoxTrack, fps: float, frames: range) -> EventTrack:
    inside = [frame - track.start for frame in frames]
    return EventTrack(
        track.category,
        noun=track.noun(frames.start, frames.stop),
        score=round(track.score, 4),
        times=tuple(round(frame / fps, 4) for frame in frames),
        boxes=tuple(_rounded(*track.boxes[i].tolist()) for i in inside),
        seen=tuple(bool(track.seen[i]) for i in inside),
    )


def _rounded(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    return round(left, 4), round(top, 4), round(right, 4), round(bottom, 4)


def things_at(tracks: Sequence[EventTrack], moment: float) -> tuple[ThingAt, ...]:
    """Where each is at ``moment`` (seconds), between two times interpolated.

    What begins later or has ended before is not there, but for a step between frames: the end of an
    event lies after its last frame.
    """
    return tuple(_at(track, moment) for track in tracks if _is_there(track, moment))


def _is_there(track: EventTrack, moment: float) -> bool:
    step = track.times[1] - track.times[0] if len(track.times) > 1 else 0.0
    return track.times[0] - step <= moment <= track.times[-1] + step


def _at(track: EventTrack, moment: float) -> ThingAt:
    sides = zip(*track.boxes, strict=True)
    left, top, right, bottom = (float(np.interp(moment, track.times, side)) for side in sides)
    return ThingAt(
        track.category,
        track.noun,
        x=(left + right) / 2,
        y=(top + bottom) / 2,
        width=right - left,
        height=bottom - top,
        score=track.score,
    )
