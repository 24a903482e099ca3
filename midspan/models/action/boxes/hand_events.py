"""What tracks of hands and things show of themselves: that a hand is there, and that a thing moves with one.

Said as such: whoever pushes, lifts or throws, the answer is where the thing moves on the screen. Nothing is
said of a time in which the whole picture moves, since things do not then move on the table because they
move on the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.timeline import RATE
from midspan.models.action.boxes.tracker import BoxTrack
from midspan.models.action.motion import TOWARDS, Direction

Floats = npt.NDArray[np.float64]
_GAP, _LEAST = 0.75, 0.5
"""Seconds: what lies between two times with a hand at most, and how long one lasts at least."""
_LONGEST = 60.0
"""Seconds that one event lasts at most: a hand that stays longer is there again in the next."""
_STEP = 4
"""Frames over which a motion is looked at."""
_MOVING = 0.03
"""Shares of the picture that a side moves in so many frames, for a thing to be moving."""
_FAR = 0.08
"""Shares of the picture that it moves in all."""
_MAINLY = 1.5
"""How much further it moves in one direction than across it."""
_BORDER = 0.015
"""A side nearer than this to the picture's border is not known to be the thing's."""
_NEAR = 0.15
"""By this share of its sides a thing's box grows before it is asked whether the hand is at it."""
_TOGETHER, _ALONG = 0.6, 0.5
"""In what share of the time the hand is at the thing, and what share of the thing's way it goes as well."""
_SEEN = 0.5
"""In what share of the frames both were detected."""


@dataclass(frozen=True)
class HandEvent:
    start: float
    """Seconds, half-open."""
    end: float
    direction: Direction | None
    """Where the thing moves on the screen; None where all that is said is that a hand is there."""
    noun: str
    """The thing's, where that is known."""
    score: float
    """How sure the detector was of the hand, and of the thing, in the mean."""

    @property
    def verb(self) -> str:
        return f"moving {self.direction} with a hand" if self.direction else "hand there"

    @property
    def lasting(self) -> bool:
        """A hand that is there is there at any moment of it; a motion is one as a whole."""
        return self.direction is None

    @property
    def text(self) -> str:
        if self.direction is None:
            return "a hand is there"
        return f"{self.noun or 'a thing'} moves {TOWARDS[self.direction]} with a hand"


def hand_events(
    tracks: Sequence[BoxTrack], shaken: Sequence[tuple[float, float]] = (), *, rate: float = RATE
) -> list[HandEvent]:
    """In order of time; ``tracks`` have ``rate`` frames a second, ``shaken`` are the times (seconds,
    half-open) in which the whole picture moves."""
    hands = [track for track in tracks if track.category == "hand"]
    things = [track for track in tracks if track.category == "object"]
    moved = [event for thing in things for event in _moves(thing, hands, shaken, rate)]
    return sorted([*_there(hands, rate), *moved], key=lambda event: (event.start, event.end))


def _there(hands: Sequence[BoxTrack], rate: float) -> list[HandEvent]:
    spans: list[tuple[float, float, list[float]]] = []
    for hand in sorted(hands, key=lambda track: track.start):
        start, end = hand.start / rate, (hand.start + len(hand.boxes)) / rate
        if spans and start <= spans[-1][1] + _GAP:
            first, last, scores = spans[-1]
            spans[-1] = (first, max(last, end), [*scores, hand.score])
        else:
            spans.append((start, end, [hand.score]))
    return [
        HandEvent(begin, min(begin + _LONGEST, end), None, "", float(np.mean(scores)))
        for start, end, scores in spans
        for begin in np.arange(start, end, _LONGEST).tolist()
        if min(begin + _LONGEST, end) - begin >= _LEAST
    ]


def _moves(
    thing: BoxTrack, hands: Sequence[BoxTrack], shaken: Sequence[tuple[float, float]], rate: float
) -> list[HandEvent]:
    found = []
    for axis in (0, 1):
        for first, last in _runs(_velocity(thing, axis), _calm(thing, shaken, rate)):
            way = _way(thing.boxes[[first, last]])
            if abs(way[axis]) < _FAR or abs(way[axis]) < _MAINLY * abs(way[1 - axis]):
                continue
            hand = _hand_with(thing, first, last, axis, way[axis], hands)
            if hand is None or thing.seen[first : last + 1].mean() < _SEEN:
                continue
            direction: Direction = _DIRECTIONS[axis][int(way[axis] > 0)]
            start, end = (thing.start + first) / rate, (thing.start + last + 1) / rate
            score = (thing.score + hand.score) / 2
            noun = thing.noun(thing.start + first, thing.start + last + 1)
            found.append(HandEvent(start, end, direction, noun, score))
    return found


_DIRECTIONS: tuple[tuple[Direction, Direction], ...] = (("left", "right"), ("up", "down"))


def _velocity(track: BoxTrack, axis: int) -> Floats:
    """(frames,): how far it moves along the axis around each frame, within ``_STEP`` frames."""
    frames = np.arange(len(track.boxes))
    before, after = (frames - _STEP // 2).clip(0), (frames + _STEP // 2).clip(max=len(frames) - 1)
    return _ways(track.boxes[before], track.boxes[after])[:, axis]


def _way(boxes: Floats) -> Floats:
    """(2,): how far a box (2, 4) moves in x and in y."""
    return np.asarray(_ways(boxes[:1], boxes[1:])[0], dtype=np.float64)


def _ways(before: Floats, after: Floats) -> Floats:
    """(n, 2): how far boxes (n, 4) move in x and in y: what both of their sides do. A side at the border does
    not count; where only one is left, that one does."""
    low = np.minimum(before, after)[:, :2] > _BORDER
    high = np.maximum(before, after)[:, 2:] < 1 - _BORDER
    moved = after - before
    first, second = np.where(low, moved[:, :2], moved[:, 2:]), np.where(high, moved[:, 2:], moved[:, :2])
    nearer = np.where(np.abs(second) < np.abs(first), second, first)
    return np.where((first * second > 0) & (low | high), nearer, 0.0)


def _calm(track: BoxTrack, shaken: Sequence[tuple[float, float]], rate: float) -> npt.NDArray[np.bool_]:
    times = (track.start + np.arange(len(track.boxes))) / rate
    calm = np.ones(len(times), np.bool_)
    for start, end in shaken:
        calm &= (times < start) | (times >= end)
    return calm


def _runs(velocity: Floats, calm: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last frames of the stretches in which it moves one way."""
    signs = np.sign(velocity) * (np.abs(velocity) >= _MOVING) * calm
    edges = np.flatnonzero(np.diff(signs, prepend=0, append=0))
    bounds = zip([0, *edges.tolist()], [*edges.tolist(), len(signs)], strict=True)
    return [(first, last - 1) for first, last in bounds if last > first and signs[first]]


def _hand_with(
    thing: BoxTrack, first: int, last: int, axis: int, way: float, hands: Sequence[BoxTrack]
) -> BoxTrack | None:
    """The hand that is at the thing in the stretch and goes along with it."""
    for hand in hands:
        begin = max(thing.start + first, hand.start)
        end = min(thing.start + last, hand.start + len(hand.boxes) - 1)
        if end <= begin:
            continue
        near = hand.boxes[begin - hand.start : end - hand.start + 1]
        boxes = thing.boxes[begin - thing.start : end - thing.start + 1]
        together = _touch(near, boxes).sum() / (last - first + 1)
        gone = _way(near[[0, -1]])[axis]
        if together >= _TOGETHER and gone * np.sign(way) >= _ALONG * abs(way):
            return hand
    return None


def _touch(hands: Floats, things: Floats) -> npt.NDArray[np.bool_]:
    """(frames,): whether the hand's box is at the thing's, both (frames, 4)."""
    grown = _NEAR * (things[:, 2:] - things[:, :2])
    low = np.maximum(hands[:, :2], things[:, :2] - grown)
    high = np.minimum(hands[:, 2:], things[:, 2:] + grown)
    return np.asarray((high > low).all(1))
