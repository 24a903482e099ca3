"""Pictures of drawn films with the boxes of what is in them, and pictures of nothing of that kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.learned.heat_map import CATEGORIES, SIDE
from midspan.models.action.data.film import make_film
from midspan.models.action.data.splits import SPLITS, STYLES, Split
from midspan.models.action.data.tracks import TrueTrack

Image = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]
_RATE = 0.8
"""Pictures a second of a film."""
_LARGE = 112
"""Pixels that a film is painted in, before a picture is cut out and squeezed."""


@dataclass(frozen=True)
class Picture:
    rgb: Image
    """(n, n, 3)"""
    boxes: Boxes
    """(boxes, 4): left, top, right, bottom, shares of the picture."""
    categories: npt.NDArray[np.int8]
    """(boxes,): indices into ``CATEGORIES``."""
    things: bool = True
    """Whether what is no hand here is known to be a thing or none."""


def film_pictures(split: Split, films: int, seed: int, *, side: int = _LARGE) -> list[Picture]:
    """Of films of both camera styles in turn, without the bias of colour; a function of the seed."""
    found = []
    for index in range(films):
        own = (seed, SPLITS.index(split), index, 7)
        film = make_film(split, style=STYLES[index % len(STYLES)], q=0.0, seed=own)
        tracks = film.tracks(_RATE)
        frames = np.concatenate(list(film.frames(_RATE, (side, side))))
        found += [_picture(frame, tracks, time) for time, frame in enumerate(frames)]
    return found


def _picture(frame: Image, tracks: Sequence[TrueTrack], time: int) -> Picture:
    there = [track for track in tracks if not np.isnan(track.boxes[time, 0])]
    boxes = np.array([track.boxes[time] for track in there], np.float32).reshape(-1, 4)
    categories = np.array([CATEGORIES.index(track.category) for track in there], np.int8)
    return Picture(frame, boxes, categories)


def other_pictures(count: int, seed: int) -> list[Picture]:
    """Pages, panels, landscapes of blots and noise: no hand is in them."""
    random = np.random.default_rng((seed, 8))
    return [
        Picture(_other(random), np.zeros((0, 4), np.float32), np.zeros(0, np.int8), False)
        for _ in range(count)
    ]


def _other(random: np.random.Generator) -> Image:
    coarse = random.uniform(0, 255, (int(random.integers(1, 7)), int(random.integers(1, 7)), 3))
    image = np.array(cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)
    kinds = (_panels, _lines, _text, _blots, _noise)
    for kind in random.integers(len(kinds), size=int(random.integers(1, 4))).tolist():
        image = kinds[kind](image, random)
    return image


def _colour(random: np.random.Generator) -> tuple[float, float, float]:
    red, green, blue = random.uniform(0, 255, 3).tolist()
    return red, green, blue


def _panels(image: Image, random: np.random.Generator) -> Image:
    for _ in range(int(random.integers(1, 12))):
        (x, y), (width, height) = random.integers(-10, SIDE, 2).tolist(), random.integers(4, 70, 2).tolist()
        cv2.rectangle(image, (x, y), (x + width, y + height), _colour(random), -1)
    return image


def _lines(image: Image, random: np.random.Generator) -> Image:
    for _ in range(int(random.integers(2, 25))):
        ends = random.integers(-20, SIDE + 20, (2, 2)).tolist()
        cv2.line(image, ends[0], ends[1], _colour(random), int(random.integers(1, 9)), cv2.LINE_AA)
    return image


def _text(image: Image, random: np.random.Generator) -> Image:
    size, colour = random.uniform(0.25, 1.2), _colour(random)
    for row in range(int(random.integers(4, 20)), SIDE, max(6, round(22 * size))):
        letters = "".join(chr(one) for one in random.integers(33, 122, int(random.integers(3, 30))))
        start = (int(random.integers(-10, 30)), row)
        cv2.putText(image, letters, start, int(random.integers(0, 4)), size, colour, 1, cv2.LINE_AA)
    return image


def _blots(image: Image, random: np.random.Generator) -> Image:
    """Rounded and jagged outlines, some in the colours of skin."""
    for _ in range(int(random.integers(1, 14))):
        corners = int(random.integers(3, 12))
        angles = np.sort(random.uniform(0, 2 * np.pi, corners))
        reach = random.uniform(3, 34) * random.uniform(0.4, 1, (corners, 1))
        outline = random.uniform(0, SIDE, 2) + reach * np.stack([np.cos(angles), np.sin(angles)], -1)
        skin = np.array([224, 172, 138]) * random.uniform(0.4, 1.1)
        colour = tuple(skin.clip(0, 255).tolist()) if random.random() < 0.3 else _colour(random)
        cv2.fillPoly(image, [np.rint(outline).astype(np.int32)], colour, cv2.LINE_AA)
    return image


def _noise(image: Image, random: np.random.Generator) -> Image:
    noise = random.normal(0, random.uniform(5, 70), (SIDE, SIDE, int(random.choice([1, 3]))))
    return np.asarray((image + noise).clip(0, 255), np.uint8)
