"""How well rows are found by their neighbours: recall and gain at the first few, over other documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from midspan.models.kit.measuring import Figures, clustered

DEEPEST = 10


def retrieval_figures(
    points: npt.ArrayLike, labels: npt.NDArray[np.bool_], docs: Sequence[str], ks: Sequence[int] = (1, 5, 10)
) -> Figures:
    """Other documents' rows ranked by the distance of their points (n, d); labels (n, classes).

    ``recall@k`` (%): one of the first k has exactly the same labels. ``ndcg@10``: gain is the overlap
    (Jaccard) of the labels. Ties are broken by place in the list.
    """
    vectors = np.asarray(points, dtype=np.float64)
    names = np.array(docs)
    sizes = labels.sum(axis=1)
    shared = labels.astype(np.float64) @ labels.T
    overlap = shared / (sizes[:, None] + sizes[None] - shared)
    discounts = 1 / np.log2(np.arange(2, DEEPEST + 2))
    hits: dict[int, list[float]] = {k: [] for k in ks}
    gains = []
    for index, vector in enumerate(vectors):
        apart = ((vectors - vector) ** 2).sum(axis=1)
        apart[names == names[index]] = np.inf
        order = np.argsort(apart, kind="stable")[: max(*ks, DEEPEST)]
        first = order[np.isfinite(apart[order])]
        for k in ks:
            hits[k].append(100.0 * bool((overlap[index, first[:k]] == 1).any()))
        others = np.sort(overlap[index][names != names[index]])[::-1][:DEEPEST]
        best = float((others * discounts[: len(others)]).sum())
        gained = overlap[index, first[:DEEPEST]]
        gains.append(float((gained * discounts[: len(gained)]).sum()) / best if best else 0.0)
    rows = {f"recall@{k}": clustered(hits[k], docs) for k in ks}
    return {**rows, "ndcg@10": clustered(gains, docs)}
