"""What the network says of a thing, cut into its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.scene.learned.config import Heads
from midspan.models.scene.learned.grid import COLUMNS, DEPTHS, FACINGS, ROWS

Floats = npt.NDArray[np.float32]

PLACES = {"discrete": COLUMNS + ROWS, "continuous": 2}
"""Numbers that say where, by the heads."""
WIDTH_OF: dict[Heads, int] = {"discrete": COLUMNS + ROWS + 7, "continuous": 2 + 7}
"""Numbers that the network says of a thing: where, depth (3), facing (2), width and height (2)."""


@dataclass(frozen=True)
class Said:
    """Probabilities of (..., classes), and numbers from 0 to 1."""

    x: Floats
    """(..., 25); (..., 1), the place itself, where the heads are continuous."""
    y: Floats
    """(..., 20) or (..., 1)."""
    depth: Floats
    """(..., 3)."""
    facing: Floats
    """(..., 2): right, left."""
    size: Floats
    """(..., 2): width and height as shares of the canvas."""

    @classmethod
    def of(cls, answers: Floats, heads: Heads) -> Said:
        """Of (..., answers)."""
        if heads == "discrete":
            ends = np.cumsum([COLUMNS, ROWS, DEPTHS, FACINGS])
            x, y, depth, facing, size = np.split(answers, ends, axis=-1)
            places = _softmax(x), _softmax(y)
        else:
            x, y, depth, facing, size = np.split(answers, np.cumsum([1, 1, DEPTHS, FACINGS]), axis=-1)
            places = _sigmoid(x), _sigmoid(y)
        return cls(*places, _softmax(depth), _softmax(facing), _sigmoid(size))


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
