"""Of boxes of one thing the surest one (non-maximum suppression)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.tracker import overlap


def suppressed(boxes: npt.NDArray[np.floating], scores: npt.NDArray[np.floating], most: float) -> list[int]:
    """Indices of the boxes (n, 4) that stay, the surest first: no two overlap by more than ``most``."""
    shared = overlap(boxes.astype(np.float64), boxes.astype(np.float64))
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        if all(shared[index, other] <= most for other in kept):
            kept.append(index)
    return kept
