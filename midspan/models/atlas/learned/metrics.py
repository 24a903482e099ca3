"""Figures of chapter 4, each with a standard error that counts documents, not sentences.

NVD is the distance from a point to the nearest organ that the sentence names (0 inside it), NVD-O its mean
over the points that lie outside, IOR the share of points inside; IOR at 10 mm counts a halo of 10 mm too.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.anatomy.atlas import Atlas

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
HALO_MM = 10.0


@dataclass(frozen=True)
class Figure:
    mean: float
    se: float
    """Standard error, clustered by document; not a number for fewer than two documents."""


def clustered(values: npt.ArrayLike, docs: Sequence[Hashable]) -> Figure:
    """Mean of the values (n,) and its standard error with each document as one draw."""
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers):
        return Figure(float("nan"), float("nan"))
    mean = float(numbers.mean())
    _, place = np.unique(np.array([str(doc) for doc in docs]), return_inverse=True)
    sums = np.bincount(place, weights=numbers - mean)
    count = len(sums)
    if count < 2:
        return Figure(mean, float("nan"))
    return Figure(mean, float(np.sqrt((sums**2).sum() * count / (count - 1)) / len(numbers)))


def nearest_named_mm(atlas: Atlas, points_mm: npt.ArrayLike, named: Bools) -> Floats:
    """NVD of each point (n, 3) in mm: (n,); named (n, len(atlas.organs)), at least one true in a row."""
    return np.asarray(np.where(named, atlas.distances(points_mm), np.inf).min(axis=1))


def place_figures(distances_mm: Floats, docs: Sequence[str]) -> dict[str, Figure]:
    """Of :func:`nearest_named_mm`: ``ior`` and ``ior_10mm`` in %, ``nvd_cm``, ``nvd_o_cm``."""
    outside = distances_mm > 0
    far = [doc for doc, out in zip(docs, outside, strict=True) if out]
    return {
        "ior": clustered(100.0 * ~outside, docs),
        "ior_10mm": clustered(100.0 * (distances_mm < HALO_MM), docs),
        "nvd_cm": clustered(distances_mm / 10, docs),
        "nvd_o_cm": clustered(distances_mm[outside] / 10, far),
    }


def abstention_figures(said: Bools, truth: Bools, docs: Sequence[str]) -> dict[str, Figure]:
    """Precision and recall in % of "no anatomy": said and truth (n,)."""
    of_said = [doc for doc, chosen in zip(docs, said, strict=True) if chosen]
    of_truth = [doc for doc, chosen in zip(docs, truth, strict=True) if chosen]
    return {
        "none_precision": clustered(100.0 * truth[said], of_said),
        "none_recall": clustered(100.0 * said[truth], of_truth),
    }


def retrieval_figures(
    points: npt.ArrayLike, named: Bools, docs: Sequence[str], ks: Sequence[int] = (1, 5, 10)
) -> dict[str, Figure]:
    """Other documents' sentences ranked by the distance of their points (n, d).

    ``recall@k`` (%): one of the first k names exactly the same organs. ``ndcg@10``: gain is the overlap
    (Jaccard) of the organs. Ties are broken by place in the list.
    """
    vectors = np.asarray(points, dtype=np.float64)
    names = np.array(docs)
    sizes = named.sum(axis=1)
    shared = named.astype(np.float64) @ named.T
    overlap = shared / (sizes[:, None] + sizes[None] - shared)
    deepest = max(*ks, 10)
    discounts = 1 / np.log2(np.arange(2, 12))
    hits: dict[int, list[float]] = {k: [] for k in ks}
    gains = []
    for index, vector in enumerate(vectors):
        apart = ((vectors - vector) ** 2).sum(axis=1)
        apart[names == names[index]] = np.inf
        order = np.argsort(apart, kind="stable")[:deepest]
        first = order[np.isfinite(apart[order])]
        for k in ks:
            hits[k].append(100.0 * bool((overlap[index, first[:k]] == 1).any()))
        others = np.sort(overlap[index][names != names[index]])[::-1][:10]
        best = float((others * discounts[: len(others)]).sum())
        gained = float((overlap[index, first[:10]] * discounts[: len(first[:10])]).sum())
        gains.append(gained / best if best else 0.0)
    rows = {f"recall@{k}": clustered(hits[k], docs) for k in ks}
    return {**rows, "ndcg@10": clustered(gains, docs)}
