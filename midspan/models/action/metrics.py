"""Figures of chapters 6 and 7 over clips: top-1 and top-5, mean average precision, calibration."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from midspan.models.action.clips import NONE
from midspan.models.kit.calibration import expected_calibration_error

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
ECE_BINS = 15
"""As published for chapter 7."""


def among_first(scores: npt.NDArray[np.floating], labels: Ints, k: int) -> Bools:
    """(n,): whether the label is among the k classes with the highest scores (n, classes)."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.asarray((best == labels[:, None]).any(axis=1))


def average_precision(scores: npt.NDArray[np.floating], truth: Bools) -> float:
    """Of one class: mean, over the clips that are of it, of the precision among those that score as high."""
    order = np.argsort(-scores, kind="stable")
    found = truth[order]
    precision = np.cumsum(found) / np.arange(1, len(found) + 1)
    return float(precision[found].mean())


def mean_average_precision(scores: npt.NDArray[np.floating], truth: Bools) -> float:
    """Over the classes that any clip is of: scores and truth (n, classes); not a number where there are none.

    A class without a clip has no precision, and is left out; a clip without a class counts against all.
    """
    there = truth.any(axis=0)
    found = [average_precision(scores[:, one], truth[:, one]) for one in np.flatnonzero(there)]
    return float(np.mean(found)) if found else float("nan")


def one_hot(labels: Ints, classes: int) -> Bools:
    """(n, classes); a row without a true one where the label is ``NONE``."""
    return np.asarray((labels[:, None] == np.arange(classes)) & (labels[:, None] != NONE))


def ece(probabilities: npt.NDArray[np.float64], labels: Ints) -> float:
    """Expected calibration error in %, over 15 bins of equal width."""
    right = probabilities.argmax(axis=1) == labels
    return 100.0 * expected_calibration_error(probabilities.max(axis=1), right, ECE_BINS)
