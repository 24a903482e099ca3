"""Video in which nobody handles anything, drawn: to learn silence from, and to measure claims on.

Streets, films, talk, slides, screens, weather, games, broken signals. The kinds to learn from, those by which
is chosen when to keep silent, and those to measure on are drawn by other code, so that what is measured is
neither what was learned nor what was chosen on. ``KINDS`` are those to learn from.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.data.arrays import FRAMES, LAYOUT_FRAMES, SECONDS, SIDE
from midspan.models.action.data.other.choosing import CHOSEN_ON
from midspan.models.action.data.other.held_out import HELD_OUT
from midspan.models.action.data.other.learned import LEARNED
from midspan.models.action.data.other.moving import Floats
from midspan.models.action.data.other.pictures import Picture, Size

Image = npt.NDArray[np.uint8]
KINDS = tuple(LEARNED)
CHOOSING_KINDS = tuple(CHOSEN_ON)
MEASURED_KINDS = tuple(HELD_OUT)
_DRAWN = LEARNED | CHOSEN_ON | HELD_OUT
FILM_RATE = LAYOUT_FRAMES / SECONDS
"""Pictures a second of a film."""
_SIZES = ((112, 84), (128, 72), (96, 96), (72, 128))
"""Width and height of the frames of which windows are made: as television has them, wide, square, upright."""


def other_windows(count: int, random: np.random.Generator, kinds: Sequence[str] = KINDS) -> Image:
    """(count, 8, 64, 64, 3) RGB: two seconds each, the whole frame squeezed; the kinds in turn."""
    windows = np.empty((count, FRAMES, SIDE, SIDE, 3), dtype=np.uint8)
    for number in range(count):
        start = random.uniform(0, 20)
        times = start + np.arange(FRAMES, dtype=np.float64) * (SECONDS / FRAMES)
        frames = _filmed(kinds[number % len(kinds)], times, random, _SIZES[random.integers(len(_SIZES))])
        for place, frame in enumerate(frames):
            windows[number, place] = cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return windows


def other_film(kind: str, seconds: float, random: np.random.Generator, size: Size = (128, 96)) -> Image:
    """(frames, height, width, 3) RGB at 8 a second; ``size`` is (width, height)."""
    return _filmed(kind, np.arange(max(1, round(seconds * FILM_RATE))) / FILM_RATE, random, size)


def _filmed(kind: str, times: Floats, random: np.random.Generator, size: Size) -> Image:
    """As a camera and an encoder leave it: light, lens, grain and blocks, the same through the film."""
    shown = _DRAWN[kind](random, times, size)
    light = (random.uniform(0.7, 1.15) * random.uniform(0.92, 1.08, 3)).astype(np.float32)
    shown = shown * light * _vignette(size, random.uniform(0, 0.5)) + np.float32(random.uniform(-0.05, 0.08))
    blur, grain = max(0.0, random.uniform(-0.6, 1.2)), max(0.0, random.uniform(-0.01, 0.04))
    quality = int(random.integers(15, 96)) if random.random() < 0.6 else None
    return np.stack([_kept(frame, blur, grain, quality, random) for frame in shown])


def _kept(
    frame: Picture, blur: float, grain: float, quality: int | None, random: np.random.Generator
) -> Image:
    if blur:
        frame = cv2.GaussianBlur(frame, (0, 0), blur)  # type: ignore[assignment]
    if grain:
        frame = frame + np.float32(grain) * random.standard_normal(frame.shape, dtype=np.float32)
    image = np.clip(255 * frame, 0, 255).astype(np.uint8)
    if quality is None:
        return image
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)


def _vignette(size: Size, deep: float) -> Picture:
    """(h, w, 1): darker towards the corners."""
    across, down = np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1])[:, None]
    return (1 - deep * (across**2 + down**2) / 2)[..., None].astype(np.float32)
