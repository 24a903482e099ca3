"""Nearest neighbours among what a filter allows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from midspan.db.vector_index import VectorIndex

FILTER_MAX = 200_000
"""More allowed keys than this are filtered after the search instead of inside it."""


def nearest(
    index: VectorIndex,
    vector: npt.NDArray[np.float32],
    limit: int,
    allowed: npt.NDArray[np.int64] | None,
) -> list[tuple[int, float]]:
    """(key, cosine), best first; all are ``allowed`` where that is None."""
    if allowed is None or len(allowed) <= FILTER_MAX:
        return index.search(vector, limit, allowed) if allowed is None or len(allowed) else []
    near = index.search(vector, limit)
    kept = np.isin([key for key, _ in near], allowed)
    return [pair for pair, keep in zip(near, kept, strict=True) if keep]
