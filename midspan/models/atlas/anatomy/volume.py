"""A body as voxels: which structure is where, on one grid that stands upright in the body's frame.

Frame: DICOM LPS (+x the body's left, +y posterior, +z up), millimetres.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.uint16]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class LabelVolume:
    """Labels on a grid of cubes."""

    labels: Labels
    """(nx, ny, nz), 0 is no structure; read-only."""
    origin_mm: Vector
    """Centre of voxel (0, 0, 0)."""
    pitch_mm: float

    def __post_init__(self) -> None:
        self.labels.setflags(write=False)

    @property
    def affine(self) -> Floats:
        """(4, 4), from voxel index to LPS mm."""
        matrix = np.diag([self.pitch_mm, self.pitch_mm, self.pitch_mm, 1.0])
        matrix[:3, 3] = self.origin_mm
        return matrix

    def at(self, points: npt.ArrayLike) -> Labels:
        """Labels (n,) of the voxels that hold the points (n, 3); 0 outside the grid."""
        cells = np.rint((as_points(points) - self.origin_mm) / self.pitch_mm).astype(np.int64)
        within = np.all((cells >= 0) & (cells < self.labels.shape), axis=1)
        found = np.zeros(len(cells), dtype=np.uint16)
        found[within] = self.labels[tuple(cells[within].T)]
        return found

    def counts(self) -> dict[int, int]:
        """Voxels by label, of those that occur."""
        counted = np.bincount(self.labels.reshape(-1))
        return {label: int(count) for label, count in enumerate(counted) if label and count}

    def window(self, labels: Iterable[int]) -> tuple[npt.NDArray[np.int64], Bools]:
        """The grid index of the corner, and the voxels of these labels as bits (mx, my, mz), within the
        smallest box that has an empty rim of one voxel around them."""
        wanted = list(labels)
        boxes = [box for label in wanted if (box := self._boxes[label - 1]) is not None]
        if not boxes:
            raise ValueError(f"no voxel has one of the labels {wanted}")
        first = np.min([[side.start for side in box] for box in boxes], axis=0)
        last = np.max([[side.stop for side in box] for box in boxes], axis=0)
        inner = tuple(slice(low, high) for low, high in zip(first, last, strict=True))
        return first - 1, np.pad(np.isin(self.labels[inner], wanted), 1)

    def positions(self, cells: npt.NDArray[Any]) -> Floats:
        """Centres (n, 3) in mm of the voxels with these indices (n, 3)."""
        return np.asarray(self.origin_mm + cells * self.pitch_mm, dtype=np.float64)

    def deepest(self, labels: Iterable[int]) -> Vector:
        """Centre of the voxel that lies furthest from what has none of these labels; of several as deep
        the one nearest to their middle, and to the plane x = 0, so that mirrored organs have mirrored
        centres."""
        from scipy import ndimage  # takes half a second, here and below

        corner, filled = self.window(labels)
        depth = ndimage.distance_transform_edt(filled)
        best = self.positions(corner + np.argwhere(depth >= depth.max() - 1e-6))
        apart = ((best - best.mean(axis=0)) ** 2).sum(axis=1)
        return vector(best[np.argmin(apart + 1e-6 * abs(best[:, 0]))])

    @cached_property
    def _boxes(self) -> list[tuple[slice, ...] | None]:
        from scipy import ndimage

        return list(ndimage.find_objects(self.labels))


def as_points(points: npt.ArrayLike) -> Floats:
    """(n, 3) float64; a single point becomes one row."""
    return np.asarray(points, dtype=np.float64).reshape(-1, 3)


def vector(values: npt.NDArray[Any]) -> Vector:
    """Three plain numbers, to the micrometre."""
    x, y, z = (round(float(value), 3) for value in values)
    return x, y, z


def surface_cells(filled: Bools) -> npt.NDArray[np.int64]:
    """Indices (n, 3) of the filled cells that touch an empty one by a face; the rim must be empty."""
    from scipy import ndimage

    return np.argwhere(filled & ~ndimage.binary_erosion(filled))
