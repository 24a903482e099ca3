"""Crops of drawn things with their names, and of what has none: ground, hands, and other videos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.frame_boxes import Box
from midspan.models.action.data.film import make_film
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.other_videos import KINDS, other_film
from midspan.models.action.data.splits import SPLITS, STYLES, Split
from midspan.models.action.naming.crops import crop

RATE = 1.5
"""Pictures a second of a film."""
LOOSE = 0.12
"""Standard deviation of a box's sides, in shares of its extent, as a detector has it."""
_NOTHINGS = 2
"""Crops of no thing a picture."""
_OVERLAP = 0.1
"""What overlaps a thing by more is not nothing."""


@dataclass(frozen=True)
class Crops:
    rgb: npt.NDArray[np.uint8]
    """(n, 32, 32, 3)"""
    names: npt.NDArray[np.int64]
    """(n,): index into the nouns; their number for what has none."""


def film_crops(split: Split, films: int, seed: int) -> Crops:
    """Of films of both camera styles in turn, without the bias of colour, as the reader scales them."""
    rgb: list[npt.NDArray[np.uint8]] = []
    names: list[int] = []
    for index in range(films):
        own = (seed, SPLITS.index(split), index, 9)
        random = np.random.default_rng(own)
        film = make_film(split, style=STYLES[index % len(STYLES)], q=0.0, seed=own)
        tracks, start = film.tracks(RATE), 0
        size = (round(96 * max(1.0, film.aspect)), 96)
        for frames in film.frames(RATE, size):
            for place, frame in enumerate(frames, start=start):
                there = [track for track in tracks if not np.isnan(track.boxes[place, 0])]
                true = [(track.category, track.noun, track.boxes[place]) for track in there]
                for category, noun, box in true:
                    rgb.append(crop(frame, _loose(box, random)))
                    names.append(NOUNS.index(noun) if category == "object" else len(NOUNS))
                for box in _elsewhere([box for _, _, box in true], random):
                    rgb.append(crop(frame, box))
                    names.append(len(NOUNS))
            start += len(frames)
    return Crops(np.stack(rgb), np.array(names, np.int64))


def other_crops(count: int, seed: int) -> Crops:
    """Of videos in which there are no such things."""
    random = np.random.default_rng((seed, 10))
    rgb: list[npt.NDArray[np.uint8]] = []
    while len(rgb) < count:
        film = other_film(KINDS[len(rgb) % len(KINDS)], 1.0, random)
        rgb += [crop(frame, box) for frame in film[::4] for box in _elsewhere([], random, 4)]
    return Crops(np.stack(rgb[:count]), np.full(count, len(NOUNS), np.int64))


def _loose(box: npt.NDArray[np.float32], random: np.random.Generator) -> Box:
    sides = np.tile(box[2:] - box[:2], 2)
    left, top, right, bottom = np.clip(box + LOOSE * sides * random.standard_normal(4).clip(-2, 2), 0, 1)
    return float(min(left, right)), float(min(top, bottom)), float(max(left, right)), float(max(top, bottom))


def _elsewhere(
    true: list[npt.NDArray[np.float32]], random: np.random.Generator, count: int = _NOTHINGS
) -> list[Box]:
    """Boxes that overlap none of those."""
    found: list[Box] = []
    for _ in range(8 * count):
        sides = np.exp(random.uniform(np.log(0.08), np.log(0.7), 2))
        corner = random.uniform(0, 1 - sides)
        box = np.concatenate([corner, corner + sides])
        if len(found) < count and all(_overlap(box, other) <= _OVERLAP for other in true):
            found.append((float(box[0]), float(box[1]), float(box[2]), float(box[3])))
    return found


def _overlap(one: npt.NDArray[np.floating], other: npt.NDArray[np.floating]) -> float:
    """Of the smaller of two boxes the share that lies in the other."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    areas = [float(np.prod(box[2:] - box[:2])) for box in (one, other)]
    return float(np.prod(sides.clip(0)) / max(min(areas), 1e-9))
