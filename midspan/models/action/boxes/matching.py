"""Which of the boxes that were found are right: recall and false boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from midspan.models.action.boxes.tracker import overlap

LEAST_OVERLAP = 0.5


@dataclass(frozen=True)
class Found:
    """Counts over frames, of one category."""

    true: int = 0
    """Boxes that there are."""
    right: int = 0
    false: int = 0
    """Boxes that were found and are none."""
    frames: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(
            self.true + other.true,
            self.right + other.right,
            self.false + other.false,
            self.frames + other.frames,
        )

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else float("nan")

    @property
    def false_a_frame(self) -> float:
        return self.false / self.frames if self.frames else float("nan")

    @property
    def f1(self) -> float:
        """0 where there is nothing, and nothing was found."""
        return 2 * self.right / max(self.true + self.right + self.false, 1)


def matched(
    found: npt.NDArray[np.floating], true: npt.NDArray[np.floating], least: float = LEAST_OVERLAP
) -> Found:
    """Of one frame: boxes (n, 4) that were found against those (m, 4) that there are, one to one."""
    hits = 0
    if len(found) and len(true):
        shared = overlap(found.astype(np.float64), true.astype(np.float64))
        rows, columns = linear_sum_assignment(-(shared * (shared >= least)))
        hits = int((shared[rows, columns] >= least).sum())
    return Found(len(true), hits, len(found) - hits, 1)


def total(parts: Sequence[Found]) -> Found:
    return sum(parts, Found())
