"""Do probabilities mean what they say? Temperature scaling, how far off they are, and where to draw lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BINS = 10
TEMPERATURES = np.geomspace(0.25, 4.0, 161)


def softmax(logits: npt.ArrayLike, temperature: float = 1.0) -> Floats:
    """Along the last axis."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def fit_temperature(logits: npt.ArrayLike, targets: Bools) -> float:
    """The temperature under which the right classes get most of the probability.

    logits (n, classes); targets (n, classes), of which any is right. Minimises the mean negative logarithm
    of the probability of being right, on sentences that the model was not trained on.
    """

    def cost(temperature: float) -> float:
        right = (softmax(logits, temperature) * targets).sum(axis=1)
        return float(-np.log(np.maximum(right, 1e-12)).mean())

    return float(min(TEMPERATURES, key=cost))


@dataclass(frozen=True)
class ReliabilityBin:
    """The answers whose confidence lies in (low, high]."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean confidence."""
    accuracy: float
    """Share of the answers that are right."""


def reliability(confidence: Floats, right: Bools, bins: int = BINS) -> list[ReliabilityBin]:
    """Bins of equal width over (0, 1], empty ones left out: a reliability diagram."""
    edges = np.linspace(0, 1, bins + 1)
    places = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    found = []
    for index in range(bins):
        chosen = places == index
        if chosen.any():
            low, high = float(edges[index]), float(edges[index + 1])
            means = float(confidence[chosen].mean()), float(right[chosen].mean())
            found.append(ReliabilityBin(low, high, int(chosen.sum()), *means))
    return found


def expected_calibration_error(confidence: Floats, right: Bools, bins: int = BINS) -> float:
    """Mean gap between confidence and accuracy over the bins, by their counts."""
    rows = reliability(confidence, right, bins)
    return sum(row.count * abs(row.confidence - row.accuracy) for row in rows) / len(confidence)


def calibration_error_by_chance(confidence: Floats, draws: int = 200, seed: int = 0) -> float:
    """The expected calibration error that as many answers have which are right exactly as often as they say:
    few answers have a large one."""
    random = np.random.default_rng(seed)
    drawn = random.random((draws, len(confidence))) < confidence
    return float(np.mean([expected_calibration_error(confidence, right) for right in drawn]))


def threshold_of_precision(confidence: Floats, right: Bools, precision: float) -> float:
    """The least confidence so that of the answers at or above it this share is right; 1 where none is."""
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(reached >= precision)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


def threshold_of_balance(probability: Floats, truth: Bools) -> float:
    """The threshold at which as many are called positive as are: precision equals recall."""
    return float(np.sort(probability)[::-1][max(int(truth.sum()) - 1, 0)])


def balanced_accuracy(said: Bools, truth: Bools) -> float:
    """Mean of the shares of what is true and said, and of what is false and not said."""
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2)


def threshold_of_balanced_accuracy(scores: npt.ArrayLike, truth: Bools) -> float:
    """The score from which on to call it true, so that ``balanced_accuracy`` is greatest. Some are true and
    some are false."""
    values = np.asarray(scores)
    order = np.argsort(-values, kind="stable")
    ordered = truth[order]
    gained = np.cumsum(ordered) / ordered.sum() - np.cumsum(~ordered) / (~ordered).sum()
    last_of_its_score = np.append(np.diff(values[order]) != 0, True)
    return float(values[order[np.where(last_of_its_score, gained, -np.inf).argmax()]])
