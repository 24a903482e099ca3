"""A figure to a probability: the logistic function with two parameters (Platt 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Logistic:
    """``1 / (1 + exp(-(slope x + offset)))``."""

    slope: float
    offset: float

    def __call__(self, values: npt.ArrayLike) -> Floats:
        return np.asarray(expit(self.slope * np.asarray(values, dtype=np.float64) + self.offset))


def fit_logistic(values: npt.ArrayLike, truth: npt.NDArray[np.bool_]) -> Logistic:
    """The likeliest for ``values`` (n,), with Platt's smoothed targets: it is finite where a threshold parts
    the true from the false."""
    x = np.asarray(values, dtype=np.float64)
    centre, width = x.mean(), x.std() + 1e-12
    standard = (x - centre) / width
    yes, no = int(truth.sum()), int((~truth).sum())
    targets = np.where(truth, (yes + 1) / (yes + 2), 1 / (no + 2))

    def cost(found: Floats) -> tuple[float, Floats]:
        logits = found[0] * standard + found[1]
        apart = expit(logits) - targets
        value = (np.logaddexp(0, logits) - targets * logits).mean()
        return float(value), np.array([(apart * standard).mean(), apart.mean()])

    slope, offset = minimize(cost, np.zeros(2), jac=True).x
    return Logistic(float(slope / width), float(offset - slope * centre / width))
