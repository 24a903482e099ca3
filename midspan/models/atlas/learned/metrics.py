"""Figures of chapter 4.

NVD is the distance from a point to the nearest organ that the sentence names (0 inside it), NVD-O its mean
over the points that lie outside, IOR the share of points inside; IOR at 10 mm counts a halo of 10 mm too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.kit.measuring import Figures, clustered, share_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
HALO_MM = 10.0


def nearest_named_mm(atlas: Atlas, points_mm: npt.ArrayLike, named: Bools) -> Floats:
    """NVD of each point (n, 3) in mm: (n,); named (n, len(atlas.organs)), at least one true in a row."""
    return np.asarray(np.where(named, atlas.distances(points_mm), np.inf).min(axis=1))


def place_figures(distances_mm: Floats, docs: Sequence[str]) -> Figures:
    """Of :func:`nearest_named_mm`: ``ior`` and ``ior_10mm`` in %, ``nvd_cm``, ``nvd_o_cm``."""
    outside = distances_mm > 0
    far = [doc for doc, out in zip(docs, outside, strict=True) if out]
    return {
        "ior": clustered(100.0 * ~outside, docs),
        "ior_10mm": clustered(100.0 * (distances_mm < HALO_MM), docs),
        "nvd_cm": clustered(distances_mm / 10, docs),
        "nvd_o_cm": clustered(distances_mm[outside] / 10, far),
    }


def abstention_figures(said: Bools, truth: Bools, docs: Sequence[str]) -> Figures:
    """Precision and recall in % of "no anatomy": said and truth (n,)."""
    return {"none_precision": share_of(truth, said, docs), "none_recall": share_of(said, truth, docs)}
