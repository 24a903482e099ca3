"""What every vector index asks of the arrays it is given, before anything is changed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from midspan.errors import WrongUse


def checked(
    keys: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32], dim: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """(keys (n,), vectors (n, dim)), each key once, with the last of the vectors that came under it.

    Raises ``WrongUse``.
    """
    keys = np.asarray(keys, dtype=np.int64).reshape(-1)
    if not len(keys) and not np.size(vectors):
        return keys, np.empty((0, dim), dtype=np.float32)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    check_vectors(vectors, dim)
    if len(keys) != len(vectors):
        raise WrongUse(f"{len(keys)} keys came with {len(vectors)} vectors; one key a vector is expected")
    if (keys < 0).any():
        raise WrongUse(f"keys are whole numbers from 0; got {int(keys.min())}")
    last = len(keys) - 1 - np.unique(keys[::-1], return_index=True)[1]
    return keys[last], np.ascontiguousarray(vectors[last])


def checked_query(query: npt.NDArray[np.float32], dim: int) -> npt.NDArray[np.float32]:
    """A question as one row (1, dim). Raises ``WrongUse``."""
    row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
    check_vectors(row, dim)
    return row


def check_vectors(vectors: npt.NDArray[np.float32], dim: int) -> None:
    """Raises ``WrongUse`` for another shape than (n, dim) and for numbers that are not finite."""
    if vectors.ndim != 2 or vectors.shape[1] != dim:
        raise WrongUse(
            f"vectors of shape (n, {dim}) are expected, got {vectors.shape}; another encoder needs "
            "its own index: run `midspan reindex`"
        )
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise WrongUse(
            f"{len(bad)} of {len(vectors)} vectors hold NaN or infinity, the first is number {bad[0]}; "
            "encode those segments again"
        )
