"""What a short stretch of video looks like and how it moves, measured, not learned.

This recognises motion and colour, not actions: it can say "moving to the right", never "pushing". The
vector makes near-duplicate moments near (the same shot encoded, scaled or lit a little differently) and
other shots far. Directions are those on the screen; motion of the whole picture is told from motion in it.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.motion import STILL, Direction, Floats, Motion, Signature

_WIDTH, _HEIGHT = 64, 48
_LIGHT, _COLOUR, _MOTION, _CHANGE = 1.0, 0.8, 0.5, 0.3
"""Weights of the vector's blocks."""
_CUT = 0.22
"""Mean change of light (0..1) between two frames that means another shot."""


def describe(rgb: npt.NDArray[np.uint8], times: npt.NDArray[np.float64]) -> Signature:
    """The signature of frames (n, h, w, 3) at ``times`` (n,), in seconds, ascending; n is at least 1."""
    small = [cv2.resize(frame, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA) for frame in rgb]
    grey = np.stack([cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in small])
    flow = _flow(grey, times, rgb.shape[1] / rgb.shape[2])
    colours = _colours(small[:: max(1, len(small) // 4)])
    blocks = (
        _LIGHT * _unit(_layout(grey)),
        _COLOUR * np.sqrt(colours),
        _MOTION * _directions(flow),
        _CHANGE * _change(grey),
    )
    return Signature(
        vector=_unit(np.concatenate(blocks).astype(np.float32)),
        motion=_motion(flow),
        colours=colours,
        brightness=float(grey.mean() / 255),
    )


def _flow(grey: npt.NDArray[np.uint8], times: npt.NDArray[np.float64], aspect: float) -> Floats:
    """Optical flow (pairs, 48, 64, 2) in frame widths a second; pairs across a cut are left out."""
    unit = np.array([1 / _WIDTH, aspect / _HEIGHT], dtype=np.float32)
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    fields = []
    for k in range(len(grey) - 1):
        change = np.abs(grey[k + 1].astype(np.float32) - grey[k]).mean() / 255
        seconds = max(float(times[k + 1] - times[k]), 1e-3)
        if change > _CUT:
            continue
        field = estimator.calc(grey[k], grey[k + 1], None)  # type: ignore[call-overload]
        fields.append(field * unit / seconds)
    if not fields:
        return np.zeros((0, _HEIGHT, _WIDTH, 2), dtype=np.float32)
    return np.stack(fields).astype(np.float32)


def _split(flow: Floats) -> tuple[Floats, Floats]:
    """Motion of the whole picture (pairs, 2), and what is left of the flow without it."""
    whole = np.median(flow.reshape(len(flow), -1, 2), axis=1)
    return whole, flow - whole[:, None, None]


def _motion(flow: Floats) -> Motion:
    if not len(flow):
        return Motion(0.0, "", False)
    whole, local = _split(flow)
    mean = whole.mean(axis=0)
    camera = float(np.hypot(*mean))
    if camera >= STILL:
        return Motion(camera, _direction(mean[None]), True)
    speed = np.hypot(local[..., 0], local[..., 1])
    fastest = speed >= np.quantile(speed, 0.95)
    return Motion(float(speed[fastest].mean()), _direction(local[fastest]), False)


def _direction(vectors: Floats) -> Direction:
    """Where vectors (n, 2) point to together; empty when they disagree."""
    x, y = vectors.sum(axis=0)
    together, apart = float(np.hypot(x, y)), float(np.hypot(vectors[:, 0], vectors[:, 1]).sum())
    if together < 0.5 * max(apart, 1e-9):
        return ""
    if abs(x) >= abs(y):
        return "right" if x > 0 else "left"
    return "down" if y > 0 else "up"


def _directions(flow: Floats) -> Floats:
    """(16,): eight directions of the whole picture's motion and eight of the motion in it."""
    if not len(flow):
        return np.zeros(16, dtype=np.float32)
    whole, local = _split(flow)
    parts = []
    for vectors in (whole, local.reshape(-1, 2)):
        speed = np.hypot(vectors[:, 0], vectors[:, 1])
        weight = np.where(speed >= STILL / 2, speed, 0)
        place = np.arctan2(vectors[:, 1], vectors[:, 0]) / (2 * np.pi) * 8
        histogram = _soft_histogram(place, weight, 8)
        parts.append(_unit(histogram) * np.tanh(weight.mean() / STILL))
    return np.concatenate(parts).astype(np.float32)


def _layout(grey: npt.NDArray[np.uint8]) -> Floats:
    """(48,): mean light on a grid of 8 x 6 about its own mean, so that exposure does not matter."""
    cells = cv2.resize(grey.mean(axis=0).astype(np.float32), (8, 6), interpolation=cv2.INTER_AREA)
    return np.asarray((cells - cells.mean()).ravel(), dtype=np.float32)


def _change(grey: npt.NDArray[np.uint8]) -> Floats:
    """(16,): where light changes over time, on a grid of 4 x 4; at most of length 1."""
    spread = grey.astype(np.float32).std(axis=0) / 255
    cells = cv2.resize(spread, (4, 4), interpolation=cv2.INTER_AREA).ravel()
    return np.asarray(_unit(cells) * np.tanh(10 * cells.mean()), dtype=np.float32)


def _colours(frames: list[npt.NDArray[np.uint8]]) -> Floats:
    pixels = np.stack(frames).reshape(-1, 1, 3).astype(np.float32) / 255
    hue, saturation, value = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV).reshape(-1, 3).T
    coloured = np.clip((saturation * value - 0.08) / 0.12, 0, 1)
    hues = _soft_histogram(hue / 30, coloured, 12)
    place = np.clip(value * 3, 0, 3)
    lower = np.minimum(np.floor(place).astype(int), 2)
    rest = 1 - coloured
    lights = np.bincount(lower, rest * (1 - (place - lower)), 4) + np.bincount(
        lower + 1, rest * (place - lower), 4
    )
    both = np.concatenate([hues, lights])
    return np.asarray(both / both.sum(), dtype=np.float32)


def _soft_histogram(place: npt.NDArray[Any], weight: npt.NDArray[Any], bins: int) -> Floats:
    """Counts in a circle of bins; each value is shared by the two bins it lies between."""
    lower = np.floor(place).astype(int)
    share = place - lower
    first = np.bincount(lower % bins, weight * (1 - share), bins)
    return np.asarray(first + np.bincount((lower + 1) % bins, weight * share, bins), dtype=np.float32)


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length > 1e-6 else vector, dtype=np.float32)
