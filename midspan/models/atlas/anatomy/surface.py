"""Surfaces of voxels as triangle meshes for drawing, by marching cubes.

The field is the smoothed signed distance to the voxels' border, cut where it encloses as much as the
voxels do, so that smoothing does not shrink what is thin.
"""

from __future__ import annotations

from collections.abc import Iterable

import fast_simplification
import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage.measure import marching_cubes

from midspan.models.atlas.anatomy.mesh import Surface
from midspan.models.atlas.anatomy.volume import Bools, Floats, LabelVolume

TRIANGLES = 2500
KEPT = 0.04
"""An organ is drawn with this many triangles, or with this share of all that marching cubes gives where
that is more: a rib cage has more shape than a liver."""
SMOOTH = 0.8
"""Width of the smoothing, in voxels."""
_RIM = 3
"""Empty cells around the organ, so that its surface closes."""


def surface(volume: LabelVolume, organ: str, labels: Iterable[int]) -> Surface:
    """The surface around all voxels of these labels; arrays are read-only."""
    corner, filled = volume.window(labels)
    return enclosing(organ, filled, volume.positions(corner), volume.pitch_mm)


def enclosing(name: str, filled: Bools, origin_mm: Floats, pitch_mm: float) -> Surface:
    """The surface around the filled cells (nx, ny, nz); ``origin_mm`` is the centre of cell (0, 0, 0)."""
    filled = np.pad(filled, _RIM)
    inwards = ndimage.distance_transform_edt(filled) - ndimage.distance_transform_edt(~filled)
    field = ndimage.gaussian_filter(inwards.astype(np.float32), SMOOTH)
    level = np.partition(field, -filled.sum(), axis=None)[-filled.sum()]
    found, faces, _, _ = marching_cubes(  # type: ignore[no-untyped-call]
        field, float(level), gradient_direction="ascent"
    )
    vertices, triangles = _fewer(found.astype(np.float64), faces.astype(np.int32))
    placed = (origin_mm + (vertices - _RIM) * pitch_mm).astype(np.float32)
    placed.setflags(write=False)
    triangles.setflags(write=False)
    return Surface(name, placed, triangles)


def _fewer(vertices: Floats, triangles: npt.NDArray[np.int32]) -> tuple[Floats, npt.NDArray[np.int32]]:
    wanted = max(TRIANGLES, int(len(triangles) * KEPT))
    if wanted >= len(triangles):
        return vertices, triangles
    fewer, faces = fast_simplification.simplify(vertices, triangles, target_count=wanted)
    return fewer, np.asarray(faces, dtype=np.int32)
