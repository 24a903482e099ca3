"""Which clip-arts a text speaks of: a logistic regression on its words and pairs of words, one a class.

With a model that places things it draws a scene from the text alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse
from scipy.special import expit

from midspan.models.scene.data.abstract_scenes import POSES
from midspan.models.scene.data.examples import Example
from midspan.models.scene.lexicon import CATEGORIES

Bools = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]

PEOPLE = ("boy", "girl")
OBJECTS = tuple(name for name in CATEGORIES if name not in PEOPLE)
CLASSES = (*OBJECTS, *PEOPLE, *(f"{pose} {who}" for who in PEOPLE for pose in POSES))
FEWEST = 5
"""Texts that a word or a pair of words must stand in."""
STEPS = 60
PENALTY = 1.0
"""Of half the square of the weights, beside the sum of the losses."""
THRESHOLD = 0.25


@dataclass(frozen=True)
class ClipArts:
    places: dict[str, int]
    """Of words and pairs of words, from 0."""
    weights: Doubles
    """(words and pairs, CLASSES)."""
    bias: Doubles

    def probabilities(self, texts: Sequence[str]) -> Doubles:
        """(texts, CLASSES)."""
        return np.asarray(expit(_features(texts, self.places) @ self.weights + self.bias))


def train_clip_arts(examples: Sequence[Example]) -> ClipArts:
    """All classes at once, by L-BFGS."""
    counts = Counter(gram for one in examples for gram in _grams(one.text))
    places = {gram: k for k, gram in enumerate(sorted(gram for gram, n in counts.items() if n >= FEWEST))}
    features = _features([one.text for one in examples], places)
    truth = truth_of(examples).astype(np.float64)
    shape = len(places) + 1, len(CLASSES)

    def cost(flat: Doubles) -> tuple[float, Doubles]:
        weights = flat.reshape(shape)
        logits = features @ weights[:-1] + weights[-1]
        off = expit(logits) - truth
        gradient = np.vstack([features.T @ off + PENALTY * weights[:-1], off.sum(axis=0)])
        losses = np.logaddexp(0, logits) - truth * logits
        penalty = 0.5 * PENALTY * float((weights[:-1] ** 2).sum())
        return float(losses.sum()) + penalty, gradient.ravel()

    options = {"maxiter": STEPS}
    found = optimize.minimize(cost, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options=options)
    weights = found.x.reshape(shape)
    return ClipArts(places, weights[:-1], weights[-1])


def figures_of(model: ClipArts, examples: Sequence[Example]) -> dict[str, float]:
    """Micro precision, recall and F1 of the objects, share of the people that are found, and of those that
    are there the share whose pose is right; in %."""
    shares, truth = model.probabilities([one.text for one in examples]), truth_of(examples)
    said, true = shares[:, : len(OBJECTS)] >= THRESHOLD, truth[:, : len(OBJECTS)]
    precision, recall = (100.0 * (said & true).sum() / one.sum() for one in (said, true))
    found = {
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(2 * precision * recall / (precision + recall)),
    }
    for k, who in enumerate(PEOPLE):
        there = truth[:, len(OBJECTS) + k]
        first = len(OBJECTS) + len(PEOPLE) + k * len(POSES)
        poses = slice(first, first + len(POSES))
        hits = shares[there, poses].argmax(axis=1) == truth[there, poses].argmax(axis=1)
        found[f"pose_{who}"] = 100.0 * float(hits.mean())
        said_there = shares[:, len(OBJECTS) + k] >= 0.5
        found[f"presence_{who}"] = 100.0 * float((said_there == there).mean())
    return found


def truth_of(examples: Sequence[Example]) -> Bools:
    """(examples, CLASSES)."""
    columns = {name: k for k, name in enumerate(CLASSES)}
    truth = np.zeros((len(examples), len(CLASSES)), dtype=np.bool_)
    for row, example in enumerate(examples):
        for thing in example.things:
            truth[row, columns[thing.category]] = True
            truth[row, columns.get(thing.label, columns[thing.category])] = True
    return truth


def _grams(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {*words, *(" ".join(pair) for pair in pairwise(words))}


def _features(texts: Sequence[str], places: dict[str, int]) -> sparse.csr_matrix:
    """(texts, words and pairs), 1 where a text has it."""
    columns = [sorted(places[gram] for gram in _grams(text) if gram in places) for text in texts]
    ends = np.cumsum([0, *map(len, columns)])
    flat = np.array([place for some in columns for place in some], dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(texts), len(places)))
