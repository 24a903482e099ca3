"""Which clip-arts a text speaks of: a logistic regression on its words and pairs of words, one a class.

With a model that places things it draws a scene from the text alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from midspan.models.kit.descent import descend, exhaust
from midspan.models.scene.data.abstract_scenes import POSES
from midspan.models.scene.data.examples import Example
from midspan.models.scene.lexicon import CATEGORIES

Bools = npt.NDArray[np.bool_]

PEOPLE = ("boy", "girl")
OBJECTS = tuple(name for name in CATEGORIES if name not in PEOPLE)
CLASSES = (*OBJECTS, *PEOPLE, *(f"{pose} {who}" for who in PEOPLE for pose in POSES))
FEWEST = 5
"""Texts that a word or a pair of words must stand in."""
EPOCHS, BATCH, RATE = 12, 128, 0.02
THRESHOLD = 0.25


@dataclass(frozen=True)
class ClipArts:
    places: dict[str, int]
    """Of words and pairs of words, from 0."""
    network: nn.EmbeddingBag
    bias: torch.Tensor

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(texts, CLASSES)."""
        bags = [_bag(text, self.places) for text in texts]
        with torch.inference_mode():
            logits = _logits(self.network, self.bias, bags)
            return np.asarray(logits.sigmoid().numpy())


def train_clip_arts(examples: Sequence[Example], seed: int = 0) -> ClipArts:
    counts = Counter(gram for one in examples for gram in _grams(one.text))
    places = {gram: k for k, gram in enumerate(sorted(gram for gram, n in counts.items() if n >= FEWEST))}
    bags = [_bag(one.text, places) for one in examples]
    truth = torch.from_numpy(truth_of(examples).astype(np.float32))
    torch.manual_seed(seed)
    network = nn.EmbeddingBag(len(places), len(CLASSES), mode="sum")
    nn.init.zeros_(network.weight)
    rates = truth.mean(0).clamp(1e-3, 1 - 1e-3)
    bias = (rates / (1 - rates)).log().requires_grad_()
    optimiser = torch.optim.AdamW([network.weight, bias], lr=RATE, weight_decay=0.0)

    def loss(chosen: Sequence[int]) -> torch.Tensor:
        logits = _logits(network, bias, [bags[k] for k in chosen])
        return functional.binary_cross_entropy_with_logits(logits, truth[chosen]) * len(CLASSES)

    exhaust(descend(loss, _batches(len(examples), seed), optimiser))
    return ClipArts(places, network.eval(), bias.detach())


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


def _bag(text: str, places: dict[str, int]) -> list[int]:
    return sorted(places[gram] for gram in _grams(text) if gram in places)


def _logits(network: nn.EmbeddingBag, bias: torch.Tensor, bags: Sequence[Sequence[int]]) -> torch.Tensor:
    ids = torch.tensor([place for bag in bags for place in bag], dtype=torch.long)
    ends = np.cumsum([0, *(len(bag) for bag in bags)])[:-1]
    return network(ids, torch.from_numpy(ends)) + bias  # type: ignore[no-any-return]


def _batches(count: int, seed: int) -> Iterator[list[int]]:
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(count)
        for start in range(0, count, BATCH):
            yield order[start : start + BATCH].tolist()
