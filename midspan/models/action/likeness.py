"""Whether a window looks like what a network learned at all, whatever it would say of it.

A network that is shown what it never learned is often sure of itself. How a window looks to it, mean and
spread of every channel of every layer, tells better than its answer: a line through that space parts windows
of the films that it learned actions from and windows of other video that it learned silence from (Fisher's
linear discriminant), and video of kinds that it never saw mostly lies on the side of the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.kit.folder import ModelFolder, Tensors

Floats = npt.NDArray[np.float32]
NAME = "likeness"
_WEIGHT = "weight"
_RIDGE = 1e-3
"""Of the variance of a channel, so that channels which say the same do not cancel out."""
_LEAST_SPREAD = 1e-3
"""A channel that varies by less says nothing."""


@dataclass(frozen=True)
class Likeness:
    weight: Floats
    """(looks,)."""
    least: float
    """What looks times weights must come to."""

    def of(self, looks: Floats) -> npt.NDArray[np.float64]:
        """(n, looks) to (n,)."""
        return np.asarray(looks.astype(np.float64) @ self.weight)

    def passes(self, looks: Floats) -> npt.NDArray[np.bool_]:
        return np.asarray(self.of(looks) >= self.least)

    @property
    def config(self) -> dict[str, Any]:
        """For a model folder, as the tensors."""
        return {NAME: {"least": self.least}}

    @property
    def tensors(self) -> Tensors:
        return {f"{NAME}.{_WEIGHT}": self.weight}


def likeness_of(model: ModelFolder) -> Likeness | None:
    """None where the folder has none: a network of one's own need not."""
    found = model.config.get(NAME)
    return None if found is None else Likeness(model.part(NAME)[_WEIGHT], float(found["least"]))


def fit_likeness(known: Floats, other: Floats, held_out: Floats, kept: float) -> Likeness:
    """From looks (n, looks) of windows with an action and of windows of other video; of ``held_out``, windows
    with an action that are not among the known, the share ``kept`` passes.

    The weights are those that a model folder keeps, in half precision.
    """
    both = np.concatenate([known, other]).astype(np.float64)
    scale = np.maximum(both.std(0), _LEAST_SPREAD)
    one, two = known / scale, other / scale
    within = (np.cov(one.T) + np.cov(two.T)) / 2 + _RIDGE * np.eye(both.shape[1])
    weight = np.linalg.solve(within, one.mean(0) - two.mean(0)) / scale
    found = Likeness(weight.astype(np.float16).astype(np.float32), 0.0)
    return Likeness(found.weight, float(np.quantile(found.of(held_out), 1 - kept)))
