"""How a camera looks at a scene: from a tripod before a table, or from a head close above it.

The egocentric camera is near, shakes, pans and turns, so that things are large and cut off by the border.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from midspan.models.action.data.arrays import Style
from midspan.models.action.data.path import Path
from midspan.models.action.data.scene import Floats, Scene

_MOST_FILLED = 0.55
"""The egocentric camera keeps so far off that a thing's radius is at most this share of the height."""
_PANNING = 0.15
"""The share of egocentric clips in which the camera is moved far, as by somebody who walks off."""


@dataclass(frozen=True)
class Poses:
    """Where a camera looks over time."""

    where: Floats
    """(times, 2): what the picture's middle shows."""
    zoom: Floats
    """(times,)"""
    turn: Floats
    """(times,): radians."""

    def views(self, aspect: float) -> Floats:
        """(times, 2, 3): maps (x, y, 1) of the world to shares of the picture's width and height."""
        cos, sin = self.zoom * np.cos(self.turn), self.zoom * np.sin(self.turn)
        linear = np.stack([np.stack([cos, -sin], -1) / aspect, np.stack([sin, cos], -1)], 1)
        shift = 0.5 - np.einsum("tij,tj->ti", linear, self.where)
        return np.concatenate([linear, shift[:, :, None]], -1)


@dataclass
class Camera:
    aspect: float
    """Width of a picture by its height."""
    zoom: Floats
    """At the beginning and at the end: the height of the picture is 1 / zoom in the world."""
    roll: float
    """Radians."""
    centre: Path
    """What the picture's middle shows."""
    shake: Floats
    """(waves, 4): size in world units, radians a clip, and the phases in x and y."""

    def poses(self, times: Floats) -> Poses:
        where = self.centre.at(times)
        for size, speed, phase_x, phase_y in self.shake:
            waves = [np.sin(speed * times + phase_x), np.sin(speed * times + phase_y)]
            where = where + size * np.stack(waves, -1)
        turn = self.roll * (1 + 0.3 * np.sin(4 * times))
        return Poses(where, np.interp(times, [0, 1], self.zoom), turn)


def make_camera(style: Style, scene: Scene, random: np.random.Generator) -> Camera:
    if style == "table":
        return _tripod(random)
    return _head(scene, random)


def _tripod(random: np.random.Generator) -> Camera:
    zoom = random.uniform(1.05, 1.25)
    return Camera(
        aspect=4 / 3,
        zoom=np.array([zoom, zoom * random.uniform(0.98, 1.02)]),
        roll=random.uniform(-0.02, 0.02),
        centre=Path((0.5 + random.uniform(-0.04, 0.04), 0.54 + random.uniform(-0.04, 0.04))),
        shake=_waves(random, 0.006),
    )


def _head(scene: Scene, random: np.random.Generator) -> Camera:
    """Looks to where it happens, a little beside it."""
    moments = np.array([scene.start, scene.end])
    middles = [thing.place.at(moments).mean(0) for thing in scene.things if thing.main]
    middle = 0.5 * scene.first.place.at(moments).mean(0) + 0.5 * np.mean(middles, 0)
    middle = middle.clip([0.0, 0.35], [1.0, 0.85]) + random.uniform(-0.06, 0.06, 2)
    far = 0.45 if random.random() < _PANNING else 0.08
    pan = random.uniform(-far, far, 2)
    zoom = min(1.55 * np.exp(0.18 * random.standard_normal()), _MOST_FILLED / scene.first.radius)
    centre = Path((float(middle[0] - pan[0] / 2), float(middle[1] - pan[1] / 2)))
    centre.move(1.0, (float(middle[0] + pan[0] / 2), float(middle[1] + pan[1] / 2)))
    return Camera(
        aspect=16 / 9 if random.random() < 0.75 else 4 / 3,
        zoom=zoom * np.exp(random.uniform(-0.1, 0.1, 2)),
        roll=random.uniform(-0.12, 0.12),
        centre=centre,
        shake=_waves(random, 0.014),
    )


def _waves(random: np.random.Generator, size: float) -> Floats:
    sizes, speeds = size * random.uniform(0.3, 1.2, 3), random.uniform([3, 8, 18], [8, 18, 40])
    return np.concatenate([sizes[:, None], speeds[:, None], random.uniform(0, 2 * np.pi, (3, 2))], 1)
