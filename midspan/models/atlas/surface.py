"""The phantom's organs as triangle meshes for drawing: one coarse method for every solid.

Each solid is sampled on cells; the faces between inside and outside become triangles, smoothed, and
then every vertex is pulled onto the true surface, which the inside test finds by bisection.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.phantom import BODY, ORGANS, parts_of, sample
from midspan.models.atlas.solids import Bools, Floats, Solid, Triple

_PITCH: dict[str, Triple] = {
    # cell sizes in cm, so that each organ keeps its shape with few triangles
    "body": (2.0, 1.6, 2.4),
    "brain": (1.1, 1.1, 1.1),
    "spine": (0.8, 0.8, 2.0),
    "lung": (1.3, 1.3, 1.3),
    "heart": (0.9, 0.9, 0.9),
    "rib cage": (0.6, 0.6, 1.4),  # a rib, and the gap below it, is 1.4 high
    "liver": (1.3, 1.3, 1.3),
    "small intestine": (1.3, 1.3, 1.3),
    "pelvis": (0.8, 0.8, 0.9),
    "colon": (0.8, 0.8, 0.8),
    "stomach": (0.8, 0.8, 0.8),
    "spleen": (0.7, 0.7, 0.7),
    "kidney": (0.6, 0.6, 0.6),
    "urinary bladder": (0.8, 0.8, 0.8),
    "pancreas": (0.6, 0.6, 0.6),
    "uterus": (0.5, 0.5, 0.5),
    "gallbladder": (0.5, 0.5, 0.5),
    "testis": (0.5, 0.5, 0.5),
    "esophagus": (0.3, 0.3, 1.0),
}
_FINE: Triple = (0.3, 0.3, 0.4)
"""For the small organs, which are not in the table."""


class Surface(NamedTuple):
    """A closed surface. Frame: LPS, millimetres."""

    organ: str
    vertices: npt.NDArray[np.float32]
    """(n, 3)."""
    triangles: npt.NDArray[np.int32]
    """(m, 3) rows of ``vertices``, counter-clockwise seen from outside."""


@cache
def meshes() -> tuple[Surface, ...]:
    """The body's outline, called ``body``, and then every organ; arrays are read-only."""
    solids = [("body", [BODY])]
    solids += [(organ, [part.solid for part in parts_of(organ)]) for organ in ORGANS]
    return tuple(_joined(organ, parts) for organ, parts in solids)


def mesh(solid: Solid, pitch: Triple) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Vertices (n, 3) in cm and triangles (m, 3) of one solid."""
    axes, filled = sample(solid, pitch)
    corners, quads = _faces(filled)
    origin = np.array([axis[0] for axis in axes]) - np.array(pitch) / 2
    vertices = origin + corners * np.array(pitch)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
    smooth = _smooth(vertices, quads)
    return _onto(solid, smooth, _normals(smooth, triangles), max(pitch)), triangles


def _joined(organ: str, solids: list[Solid]) -> Surface:
    vertices: list[Floats] = []
    triangles: list[npt.NDArray[np.int32]] = []
    count = 0
    for solid in solids:
        points, faces = mesh(solid, _PITCH.get(organ, _FINE))
        vertices.append(points)
        triangles.append(faces + np.int32(count))
        count += len(points)
    surface = Surface(
        organ, (np.concatenate(vertices) * 10).astype(np.float32), np.concatenate(triangles).astype(np.int32)
    )
    surface.vertices.setflags(write=False)
    surface.triangles.setflags(write=False)
    return surface


def _faces(filled: Bools) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Corners (n, 3) in cells and quads (m, 4) between inside and outside cells, seen from outside."""
    shape = np.array(filled.shape) + 1
    quads = []
    for axis in range(3):
        after = np.roll(filled, -1, axis)  # the rim is empty, so nothing wraps
        u, v = np.eye(3, dtype=np.int64)[[(axis + 1) % 3, (axis + 2) % 3]]
        for border, outward in ((filled & ~after, True), (~filled & after, False)):
            first = np.argwhere(border) + np.eye(3, dtype=np.int64)[axis]
            ring = np.stack([first, first + u, first + u + v, first + v], axis=1)
            quads.append(ring if outward else ring[:, ::-1])
    flat = np.ravel_multi_index(np.concatenate(quads).reshape(-1, 3).T, tuple(shape))
    used, rows = np.unique(flat, return_inverse=True)
    corners = np.column_stack(np.unravel_index(used, tuple(shape))).astype(np.float64)
    return corners, rows.reshape(-1, 4)


def _smooth(vertices: Floats, quads: npt.NDArray[np.int64], rounds: int = 6) -> Floats:
    """Move each vertex towards the mean of its neighbours and a little back (Taubin's two steps)."""
    edges = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    edges = np.concatenate([edges, edges[:, ::-1]])
    degree = np.bincount(edges[:, 0], minlength=len(vertices))[:, None]
    for step in (0.5, -0.52) * rounds:
        sums = np.column_stack(
            [
                np.bincount(edges[:, 0], weights=vertices[edges[:, 1], k], minlength=len(vertices))
                for k in range(3)
            ]
        )
        vertices = vertices + step * (sums / degree - vertices)
    return vertices


def _normals(vertices: Floats, triangles: npt.NDArray[np.int32]) -> Floats:
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    sums = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(sums, triangles[:, k], flat)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(length, 1e-12))


def _onto(solid: Solid, vertices: Floats, normals: Floats, reach: float) -> Floats:
    """Vertices moved along their normals to where inside turns to outside, if that is within reach."""
    inner = np.zeros(len(vertices))
    outer = np.zeros(len(vertices))
    at_start = solid.inside(vertices)
    found = np.zeros(len(vertices), dtype=np.bool_)
    for distance in np.linspace(0.1, 1.0, 10) * reach:
        step = np.where(at_start, distance, -distance)
        crossed = ~found & (solid.inside(vertices + step[:, None] * normals) != at_start)
        before = np.where(at_start, distance - 0.1 * reach, -(distance - 0.1 * reach))
        inner = np.where(crossed, np.where(at_start, before, step), inner)
        outer = np.where(crossed, np.where(at_start, step, before), outer)
        found |= crossed
    for _ in range(10):
        middle = (inner + outer) / 2
        within = solid.inside(vertices + middle[:, None] * normals)
        inner, outer = np.where(within, middle, inner), np.where(within, outer, middle)
    return vertices + np.where(found, inner, 0.0)[:, None] * normals
