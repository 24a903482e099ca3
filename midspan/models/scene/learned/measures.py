"""How near a layout comes to the true one: corrected and unmirrored first, and as SR-BERT's authors measure.

Theirs take the better of a layout and its mirror image, turn the facing with it, and divide the sum over
n(n - 1) pairs by (n - 1)^2, so that a perfect layout of n things has n / (n - 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.scene.learned.grid import SPREAD

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BESIDE = 0.04
"""Two things are left and right, or above and below, of each other from this distance on."""


@dataclass(frozen=True)
class Places:
    """Of a scene's things: points (things, 2), clipped to the canvas, depths and facings (things,)."""

    points: Doubles
    depths: Ints
    facings: Ints


def similarity(distance: Doubles) -> Doubles:
    return np.asarray(np.exp(-distance / (2 * SPREAD)))


def absolute(said: Doubles, true: Doubles) -> float:
    """Mean over the things; points (things, 2)."""
    return float(similarity(np.linalg.norm(said - true, axis=1)).mean())


def relative(said: Doubles, true: Doubles) -> float:
    """Mean over the pairs of how alike their distances are; not a number for one thing."""
    rows, columns = np.triu_indices(len(said), 1)
    if not len(rows):
        return float("nan")
    off = np.linalg.norm(said[rows] - said[columns], axis=1) - np.linalg.norm(
        true[rows] - true[columns], axis=1
    )
    return float(similarity(np.abs(off)).mean())


def as_published(said: Places, true: Places) -> tuple[float, float, float]:
    """Absolute and relative similarity, and the share of facings that are right."""
    mirror = np.column_stack([1 - true.points[:, 0], true.points[:, 1]])
    plain, turned = absolute(said.points, true.points), absolute(said.points, mirror)
    facings = said.facings if plain > turned else 1 - said.facings
    count = len(said.points)
    factor = count / (count - 1) if count > 1 else float("nan")
    return (
        max(plain, turned),
        factor * relative(said.points, true.points),
        float((facings == true.facings).mean()),
    )


def ordered(said: Doubles, true: Doubles) -> list[bool]:
    """For each pair that lies apart across or down, whether it is in the true order."""
    rows, columns = np.triu_indices(len(said), 1)
    found: list[bool] = []
    for axis in (0, 1):
        apart = true[rows, axis] - true[columns, axis]
        guess = said[rows, axis] - said[columns, axis]
        clear = np.abs(apart) >= BESIDE
        found += (np.sign(apart[clear]) == np.sign(guess[clear])).tolist()
    return found
