"""Fusion of scores: words and meaning mixed, then evened out between documents that are alike.

Bruch, Gai and Ingber ("An analysis of fusion functions for hybrid retrieval", TOIS 2023) found a convex mix
of scores ahead of reciprocal ranks, and it was here. The constants were chosen coarsely on half of the
queries of MED and CISI (`benchmarks/retrieval.py` measures the other half apart).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Scores = npt.NDArray[np.float32]
    """(n,): an entry a document."""

MEANING = 0.7
"""Share of meaning in a score; the rest is that of words."""
BEST_WORDS = 0.5
"""Share of a document's best place in the score of its words; the rest is that of the whole document."""
BEST_MEANING = 0.25
"""Likewise in the score of its meaning; the rest is that of a whole passage."""
UNLISTED = 0.5
"""Of the last score in a full list: what is assumed of a document that did not come into it."""
NEIGHBOURS = 5
ALIKE = 0.3
"""Share of the neighbours in the final score of a document."""


def mixed(words: Scores, meaning: Scores) -> Scores:
    """Of scores from 0 to 1."""
    return np.asarray((1 - MEANING) * words + MEANING * meaning, dtype=np.float32)


def of_best(scores: Scores) -> Scores:
    """Scores from 0 on as shares of the highest."""
    most = scores.max(initial=0.0)
    return np.asarray(scores / most, dtype=np.float32) if most > 0 else np.zeros_like(scores)


def stretched(cosines: Scores) -> Scores:
    """0 for the lowest, 1 for the highest; all 1 where they are equal."""
    low, high = cosines.min(), cosines.max()
    if high <= low:
        return np.ones_like(cosines)
    return np.asarray((cosines - low) / (high - low), dtype=np.float32)


def evened(scores: Scores, vectors: npt.NDArray[np.float32]) -> Scores:
    """Each score mixed with those of its nearest neighbours, weighted by cosine: s' = (1 - a) s + a W s.

    The rows of W sum to 1; it is one step of Diaz, "Regularizing ad hoc retrieval scores" (CIKM 2005).
    ``vectors`` (n, d) are normalised. What is asked for tends to lie together, so that a document between
    good ones is better than it looks.
    """
    count = len(scores)
    if count < 2:
        return scores
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    near = min(NEIGHBOURS, count - 1)
    columns = np.argpartition(-cosines, near - 1, axis=1)[:, :near]
    weights = np.maximum(np.take_along_axis(cosines, columns, axis=1), 0.0)
    total = weights.sum(axis=1)
    around = (weights * scores[columns]).sum(axis=1) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, (1 - ALIKE) * scores + ALIKE * around, scores), dtype=np.float32)
