"""What an action is done with: of the tracks in its time, the one that moves or that the hand touches, and
the one that this goes to or comes from.

    roles("put_into", during(tracks, fps=8, start=2.0, end=3.5))      # (striped star, dotted disc)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from midspan.models.action.wording import things_named
from midspan.records.kinds.event import EventTrack

Floats = npt.NDArray[np.float64]
MOVED = 0.07
"""Shares of the picture by which a thing has moved, apart from the camera, if any has."""
_GRID = 16
"""Moments at which tracks are compared."""
SECOND_MOVES = ("cover",)
"""What is named first rests: it is what the second is brought to."""
UNNAMED_MOVES = ("uncover",)
"""What is named is what the moving thing leaves."""


@dataclass(frozen=True)
class _Path:
    track: EventTrack
    middles: Floats
    """(moments, 2); NaN where it is not there."""
    sizes: Floats
    """(moments,): the longer side."""


def roles(verb: str, tracks: Sequence[EventTrack]) -> tuple[EventTrack, ...]:
    """The things that the verb's sentence names, in its order, as far as they are found."""
    things = [track for track in _joined(tracks) if track.category == "object" and len(track.times) > 1]
    if not things:
        return ()
    first, last = min(t.times[0] for t in tracks), max(t.times[-1] for t in tracks)
    moments = np.linspace(first, last, _GRID)
    paths = [_path(track, moments) for track in things]
    hands = [_path(track, moments) for track in tracks if track.category == "hand"]
    mover = _mover(paths, hands)
    if verb in UNNAMED_MOVES:
        left = _nearest(mover, paths)
        return (left.track if left else mover.track,)
    if things_named(verb) < 2:
        return (mover.track,)
    other = _nearest(mover, paths)
    if other is None:
        return () if verb in SECOND_MOVES else (mover.track,)
    pair = (mover.track, other.track)
    return pair[::-1] if verb in SECOND_MOVES else pair


def _joined(tracks: Sequence[EventTrack]) -> list[EventTrack]:
    """What has one name and is seen again after it was lost is one thing."""
    joined: list[EventTrack] = []
    for track in sorted(tracks, key=lambda one: one.times[0]):
        alike = [one for one in joined if track.noun and _kind(one) == _kind(track)]
        lost = [one for one in alike if one.times[-1] < track.times[0]]
        if lost:
            joined[joined.index(lost[-1])] = _and_then(lost[-1], track)
        else:
            joined.append(track)
    return joined


def _kind(track: EventTrack) -> tuple[str, str]:
    return track.category, track.noun


def _and_then(first: EventTrack, then: EventTrack) -> EventTrack:
    return replace(
        first,
        score=min(first.score, then.score),
        times=first.times + then.times,
        boxes=first.boxes + then.boxes,
        seen=first.seen + then.seen,
    )


def _path(track: EventTrack, moments: Floats) -> _Path:
    boxes = np.array(track.boxes)
    times = np.array(track.times)
    at = np.stack([np.interp(moments, times, side) for side in boxes.T], 1)
    away = (moments < times[0] - 0.2) | (moments > times[-1] + 0.2)
    at[away] = np.nan
    return _Path(track, (at[:, :2] + at[:, 2:]) / 2, (at[:, 2:] - at[:, :2]).max(1))


def _mover(paths: Sequence[_Path], hands: Sequence[_Path]) -> _Path:
    """What moves most, apart from the camera; where nothing does, what a hand is nearest to."""
    camera = _camera(paths)
    moved = [_way(path.middles - camera) for path in paths]
    near = np.array([_nearness(path, hands) for path in paths])
    score = np.array(moved) / MOVED + near
    return paths[int(score.argmax())] if max(moved) >= MOVED else paths[int(near.argmax())]


def _camera(paths: Sequence[_Path]) -> Floats:
    """(moments, 2): by how much things move together, at the moments when three or more are there to tell."""
    steps = np.stack([np.diff(path.middles, axis=0) for path in paths])
    known = (~np.isnan(steps[..., 0])).sum(0) >= 3
    median = np.zeros(steps.shape[1:])
    median[known] = np.nanmedian(steps[:, known], axis=0)
    return np.concatenate([np.zeros((1, 2)), median.cumsum(0)])


def _way(middles: Floats) -> float:
    """How far from where it begins a thing gets."""
    there = middles[~np.isnan(middles[:, 0])]
    return float(np.hypot(*(there - there[0]).T).max()) if len(there) else 0.0


def _nearness(path: _Path, hands: Sequence[_Path]) -> float:
    """0 to 1: how near a hand comes, against the sizes of both."""
    found = 0.0
    for hand in hands:
        apart = np.hypot(*(path.middles - hand.middles).T) / (path.sizes + hand.sizes)
        if not np.isnan(apart).all():
            found = max(found, float(np.exp(-2 * np.sort(apart[~np.isnan(apart)])[:4].mean())))
    return found


def _nearest(mover: _Path, paths: Sequence[_Path]) -> _Path | None:
    """Among the others, what comes nearest to it."""
    others = [path for path in paths if path is not mover]
    apart = [_closest(path, mover) for path in others]
    return others[int(np.argmin(apart))] if others else None


def _closest(path: _Path, mover: _Path) -> float:
    """Where one is hidden by the other it is where it was seen last."""
    one, other = (_filled(each.middles) for each in (path, mover))
    return float(np.hypot(*(one - other).T).min())


def _filled(middles: Floats) -> Floats:
    out: Floats = middles.copy()
    there = np.flatnonzero(~np.isnan(out[:, 0]))
    if len(there):
        out[: there[0]] = out[there[0]]
        for gap in range(there[0] + 1, len(out)):
            if np.isnan(out[gap, 0]):
                out[gap] = out[gap - 1]
    return out
