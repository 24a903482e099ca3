"""What a detector would make of the true boxes: misses, loose boxes, strays.

``old`` has independent errors of a few per cent, as in the first experiments. ``realistic`` has what public
detectors of hands and things did on real clips of Something-Something: nearly every second box is missed, in
long runs; boxes drift; and there are two or three boxes a frame that belong to nothing. Its runs are set in
seconds (8 to 16 frames at 12 a second), so that they do not depend on the rate of the frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.arrays import HAND, MOST_BOXES, NOTHING, OBJECT, Layout, Style
from midspan.models.action.data.tracks import LEAST_SIDE, TrueTrack

Noise = Literal["old", "realistic"]
NOISES: tuple[Noise, ...] = get_args(Noise)
Noises = Literal["old", "realistic", "matched"]
"""Of a set of clips: all alike, or ``matched`` to the camera."""
_DROPPED, _JITTER, _FALSE = 0.05, 0.008, 0.04
"""``old``: misses a box, standard deviation of a coordinate, strays a frame."""
_MISSED = {HAND: 0.42, OBJECT: 0.48}
_MISS_SECONDS = (8 / 12, 16 / 12)
"""``realistic``: means of the runs of misses, from which a track draws its own."""
_LOOSE = {HAND: 0.12, OBJECT: 0.05}
"""Standard deviation of a coordinate, as a share of the box's side."""
_VERY_LOOSE, _VERY_LOOSE_BY = 0.25, 6.0
"""How many tracks of things are far worse than that, and by what factor."""
_DRIFT_SECONDS = 1.0
_STRAYS, _STRAY_SECONDS = 2.45, 1.0
"""Strays a frame, and for how long one stays, or stays away, in the mean."""


@dataclass(frozen=True)
class Detections:
    """Boxes row by row; a row is what is detected of one thing, or one stray."""

    boxes: npt.NDArray[np.float32]
    """(rows, frames, 4), shares of the picture; NaN where nothing is detected."""
    categories: npt.NDArray[np.int8]
    """(rows,): ``OBJECT`` or ``HAND``."""
    scores: npt.NDArray[np.float32]
    """(rows, frames)"""
    tracks: tuple[int, ...]
    """Index of the true track of each row; -1 for strays."""


def noise_of(noises: Noises, style: Style) -> Noise:
    """``matched`` is realistic close up, where it was measured, and old at the table."""
    if noises == "matched":
        return "realistic" if style == "egocentric" else "old"
    return noises


def oracle(tracks: list[TrueTrack]) -> Detections:
    """The truth as detections, with score 1."""
    boxes = np.stack([track.boxes for track in tracks])
    categories = np.array([HAND if track.category == "hand" else OBJECT for track in tracks], np.int8)
    return Detections(boxes, categories, np.ones(boxes.shape[:2], np.float32), tuple(range(len(tracks))))


def detect(tracks: list[TrueTrack], noise: Noise, fps: float, random: np.random.Generator) -> Detections:
    return (_old if noise == "old" else _realistic)(oracle(tracks), fps, random)


def layout(detections: Detections) -> Layout:
    """The six of highest score in every frame, in that order; equal scores in the order of rows."""
    frames = detections.boxes.shape[1]
    there = ~np.isnan(detections.boxes[..., 0])
    order = np.argsort(np.where(there, -detections.scores, np.inf), axis=0, kind="stable")[:MOST_BOXES]
    boxes = np.zeros((frames, MOST_BOXES, 4), np.float32)
    categories = np.full((frames, MOST_BOXES), NOTHING, np.int8)
    scores = np.zeros((frames, MOST_BOXES), np.float32)
    kept = np.take_along_axis(there, order, 0).T
    slots = slice(0, len(order))
    boxes[:, slots][kept] = np.take_along_axis(detections.boxes, order[..., None], 0).swapaxes(0, 1)[kept]
    categories[:, slots][kept] = detections.categories[order].T[kept]
    scores[:, slots][kept] = np.take_along_axis(detections.scores, order, 0).T[kept]
    return Layout(boxes, categories, scores)


def _old(true: Detections, fps: float, random: np.random.Generator) -> Detections:
    rows, frames = true.scores.shape
    boxes = true.boxes + _JITTER * random.standard_normal(true.boxes.shape, dtype=np.float32)
    missed = random.random((rows, frames)) < _DROPPED
    middles, halves = random.random((frames, 2)), random.uniform(0.05, 0.1, (frames, 2))
    stray = np.concatenate([middles - halves, middles + halves], -1)
    missing = np.concatenate([missed, random.random((1, frames)) >= _FALSE])
    scores = np.concatenate([random.uniform(0.6, 1, (rows, frames)), random.uniform(0.5, 0.8, (1, frames))])
    return _assembled(true, np.concatenate([boxes, stray[None]]), missing, scores)


def _realistic(true: Detections, fps: float, random: np.random.Generator) -> Detections:
    rows, frames = true.scores.shape
    seconds = np.asarray(random.uniform(*_MISS_SECONDS, rows), float)
    share = np.array([_MISSED[int(category)] for category in true.categories])
    missed = _runs(seconds * fps, seconds * fps * (1 - share) / share, frames, random)
    loose = np.array([_LOOSE[int(category)] for category in true.categories])
    worse = (true.categories == OBJECT) & (random.random(rows) < _VERY_LOOSE)
    loose = np.where(worse, _VERY_LOOSE_BY * loose, loose)
    sides = np.tile(true.boxes[..., 2:] - true.boxes[..., :2], 2)
    boxes = true.boxes + loose[:, None, None] * sides * _drift((rows, frames, 4), fps, random)
    strays = _strays(int(random.poisson(2 * _STRAYS)), frames, fps, random)
    on = np.full(len(strays), _STRAY_SECONDS * fps)
    missing = np.concatenate([missed, _runs(on, on, frames, random)])
    certain = np.concatenate([random.uniform(0.45, 0.95, rows), random.uniform(0.25, 0.75, len(strays))])
    scores = certain[:, None] + 0.05 * random.standard_normal((len(certain), frames))
    return _assembled(true, np.concatenate([boxes, strays]), missing, scores)


def _strays(count: int, frames: int, fps: float, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """(count, frames, 4): of all sizes, slowly drifting."""
    sides = np.exp(random.uniform(np.log(0.08), np.log(0.9), (count, 1, 2)))
    middles = random.random((count, 1, 2))
    boxes = np.concatenate([middles - sides / 2, middles + sides / 2], -1)
    return boxes + 0.1 * np.tile(sides, 2) * _drift((count, frames, 4), fps, random)


def _drift(shape: tuple[int, int, int], fps: float, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Standard normal at any moment, and slow: a process of first order with a memory of a second."""
    keep = np.exp(-1 / (fps * _DRIFT_SECONDS))
    drift = random.standard_normal(shape)
    for frame in range(1, shape[1]):
        drift[:, frame] = keep * drift[:, frame - 1] + np.sqrt(1 - keep**2) * drift[:, frame]
    return drift


def _runs(
    on: npt.NDArray[np.float64], off: npt.NDArray[np.float64], frames: int, random: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """(rows, frames): true in runs of ``on`` frames in the mean, with runs of ``off`` between them."""
    dice = random.random((frames, len(on)))
    state = np.empty((frames, len(on)), np.bool_)
    state[0] = dice[0] < on / (on + off)
    for frame in range(1, frames):
        before = state[frame - 1]
        changes = dice[frame] < np.where(before, 1 / on, 1 / np.maximum(off, 1))
        state[frame] = before ^ changes
    runs: npt.NDArray[np.bool_] = state.T
    return runs


def _assembled(
    true: Detections,
    boxes: npt.NDArray[np.floating],
    missing: npt.NDArray[np.bool_],
    scores: npt.NDArray[np.float64],
) -> Detections:
    """The rows of ``true`` and, after them, strays; boxes cut to the picture."""
    strays = len(boxes) - len(true.boxes)
    cut = np.clip(boxes, 0, 1)
    gone = missing | ~((cut[..., 2:] - cut[..., :2]).min(-1) >= LEAST_SIDE)
    return Detections(
        np.where(gone[..., None], np.nan, cut).astype(np.float32),
        np.concatenate([true.categories, np.full(strays, OBJECT, np.int8)]),
        np.clip(scores, 0.01, 0.99).astype(np.float32),
        (*true.tracks, *[-1] * strays),
    )
