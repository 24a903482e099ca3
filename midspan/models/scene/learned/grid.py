"""Places as bins of the canvas, 25 across and 20 down, and points read from probabilities over them.

Frame: canvas with the origin at top left, x to the right, y down, both 0..1; a bin is 1/25 by 1/20, 20 pixels
of the 500 by 400 of Abstract Scenes.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

COLUMNS, ROWS = 25, 20
DEPTHS, FACINGS = 3, 2
MASKED = (COLUMNS, ROWS, DEPTHS, FACINGS)
"""What stands for x, y, depth and facing of a thing that is not placed."""
SPREAD = 0.2
"""In the similarity of two points at distance d: exp(-d / (2 SPREAD))."""


def bins_of(places: npt.ArrayLike) -> Ints:
    """Bins (n, 2) of points (n, 2); points beyond the canvas fall into the bins at its edge."""
    scaled = np.floor(np.asarray(places, dtype=np.float64).reshape(-1, 2) * (COLUMNS, ROWS))
    return np.asarray(np.clip(scaled, 0, (COLUMNS - 1, ROWS - 1)).astype(np.int64))


def middles_of(bins: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The middles (n, 2) of bins (n, 2)."""
    return np.asarray((np.asarray(bins, dtype=np.float64) + 0.5) / (COLUMNS, ROWS))


def likeliest(p_x: Floats, p_y: Floats) -> npt.NDArray[np.float64]:
    """Middles (n, 2) of the most probable bins of p_x (n, 25) and p_y (n, 20)."""
    return middles_of(np.stack([p_x.argmax(axis=-1), p_y.argmax(axis=-1)], axis=-1))


def nearest_to_all(p_x: Floats, p_y: Floats) -> npt.NDArray[np.float64]:
    """The points (n, 2), middles of bins, whose mean similarity to where the thing may be is greatest.

    Where two places are about as probable, the likeliest may be far off; this is the guess that costs least.
    """
    joint = p_y[:, :, None] * p_x[:, None, :]  # (n, 20, 25)
    gain = joint.reshape(len(joint), -1) @ _similarities()
    best = gain.argmax(axis=-1)
    return middles_of(np.stack([best % COLUMNS, best // COLUMNS], axis=-1))


@cache
def _similarities() -> Floats:
    """(500, 500) between the bins, row by row."""
    rows, columns = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    points = middles_of(np.stack([columns, rows], axis=-1))
    distance = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return np.asarray(np.exp(-distance / (2 * SPREAD)), dtype=np.float32)
