"""Solids given by an inequality, in centimetres, and the few shapes that the phantom is made of.

Frame: LPS; +x the body's left, +y posterior, +z up; the origin is the centre of the trunk's base.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Condition = Callable[[Floats, Floats, Floats], Bools]
"""x, y and z in cm, arrays that broadcast together, to an array of that shape."""
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Solid:
    """The points of the box [low, high] for which ``condition`` holds."""

    low: Triple
    high: Triple
    condition: Condition

    def inside(self, points: Floats) -> Bools:
        """Which of the points (n, 3), in cm, lie inside: (n,)."""
        return self.contains(*np.asarray(points, dtype=np.float64).T)

    def contains(self, x: Floats, y: Floats, z: Floats) -> Bools:
        """The same for points by their coordinates, as a condition is asked: a grid's axes will do."""
        within = self.condition(x, y, z)
        for values, low, high in zip((x, y, z), self.low, self.high, strict=True):
            within = within & (values >= low) & (values <= high)
        return np.asarray(within, dtype=np.bool_)

    def where(self, condition: Condition) -> Solid:
        """The part of it for which the condition holds as well."""
        return Solid(self.low, self.high, lambda x, y, z: self.condition(x, y, z) & condition(x, y, z))

    def within(self, low: Triple, high: Triple) -> Solid:
        """The part of it in a box; keep boxes tight, they are what is sampled."""
        return Solid(_triple(np.maximum(self.low, low)), _triple(np.minimum(self.high, high)), self.condition)

    def minus(self, other: Solid) -> Solid:
        return self.where(lambda x, y, z: ~other.contains(x, y, z))

    def mirrored(self) -> Solid:
        """The same on the body's other side."""
        low = (-self.high[0], self.low[1], self.low[2])
        high = (-self.low[0], self.high[1], self.high[2])
        return Solid(low, high, lambda x, y, z: self.condition(-x, y, z))


def union(*solids: Solid) -> Solid:
    low = np.min([solid.low for solid in solids], axis=0)
    high = np.max([solid.high for solid in solids], axis=0)

    def condition(x: Floats, y: Floats, z: Floats) -> Bools:
        return reduce(np.logical_or, [solid.contains(x, y, z) for solid in solids])

    return Solid(_triple(low), _triple(high), condition)


def box(low: Triple, high: Triple) -> Solid:
    return Solid(low, high, lambda x, y, z: np.ones_like(x, dtype=np.bool_))


def ellipsoid(centre: Triple, axes: Triple) -> Solid:
    (x0, y0, z0), (a, b, c) = centre, axes
    return Solid(
        (x0 - a, y0 - b, z0 - c),
        (x0 + a, y0 + b, z0 + c),
        lambda x, y, z: ((x - x0) / a) ** 2 + ((y - y0) / b) ** 2 + ((z - z0) / c) ** 2 <= 1,
    )


def column(centre: tuple[float, float], axes: tuple[float, float], z: tuple[float, float]) -> Solid:
    """An upright elliptic cylinder."""
    (x0, y0), (a, b) = centre, axes
    return Solid(
        (x0 - a, y0 - b, z[0]),
        (x0 + a, y0 + b, z[1]),
        lambda x, y, z: ((x - x0) / a) ** 2 + ((y - y0) / b) ** 2 <= 1,
    )


def shell(outer: tuple[float, float], inner: tuple[float, float], z: tuple[float, float]) -> Solid:
    """What lies between two upright elliptic cylinders about the body's axis."""
    return column((0, 0), outer, z).where(lambda x, y, z: (x / inner[0]) ** 2 + (y / inner[1]) ** 2 >= 1)


def _triple(values: npt.NDArray[np.float64]) -> Triple:
    return (float(values[0]), float(values[1]), float(values[2]))
