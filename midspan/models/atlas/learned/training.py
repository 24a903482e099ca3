"""What is trained on the labelled sentences: a network that names the organ (``atlas.small``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tokenizers
import torch
from torch import Tensor

from midspan.models.atlas.learned.examples import Example, capped
from midspan.models.atlas.learned.losses import organ_cross_entropy
from midspan.models.atlas.learned.network import AtlasNetwork
from midspan.models.encoder import pad
from midspan.models.kit.training import Recipe

SMALL_RECIPE = Recipe(epochs=5, encoder_rate=1.5e-4, head_rate=1e-3)
BATCH = 32
PER_ORGAN = 1000
"""Most sentences an epoch draws of an organ (and half of it of a kind of sentence without one), so that the
heart does not crowd out the thymus."""
VALIDATION_PER_ORGAN = 60
SMOOTHING = 0.05


@dataclass(frozen=True)
class SentenceBatch:
    texts: tuple[str, ...]
    targets: Tensor
    """(n, organs + 1) bool; the last class is "no anatomy"."""


class SentenceTask:
    """What the networks of this chapter share in training: which sentences are seen, and how."""

    def __init__(
        self,
        network: AtlasNetwork,
        tokenizer: tokenizers.Tokenizer,
        train: Sequence[Example],
        validation: Sequence[Example],
        *,
        seed: int,
        per_organ: int = PER_ORGAN,
        batch: int = BATCH,
    ) -> None:
        self.network = network
        self._tokenizer = tokenizer
        self._train, self._seed, self._per_organ, self._batch = train, seed, per_organ, batch
        self._validation = capped(validation, VALIDATION_PER_ORGAN, seed=0)

    def batches(self, epoch: int) -> Sequence[SentenceBatch]:
        """Half of the sentences are masked, a quarter lose their names and a quarter stay as they are; where
        there is no organ, words are masked or lost instead."""
        rng = np.random.default_rng((self._seed, epoch))
        anatomy = [row for row in self._train if row.organs]
        plain = [row for row in self._train if not row.organs]
        draw = int(rng.integers(2**31))
        rows = [*capped(anatomy, self._per_organ, draw), *capped(plain, self._per_organ // 2, draw)]
        rows = rows[: len(rows) // self._batch * self._batch]
        texts = [_shown(row, share) for row, share in zip(rows, rng.random(len(rows)), strict=True)]
        # batches of like length cost less; the jitter keeps their company changing
        lengths = np.array([len(text) for text in texts]) + rng.random(len(texts)) * 30
        order = np.argsort(lengths, kind="stable")
        groups = [order[start : start + self._batch] for start in range(0, len(order), self._batch)]
        organs = self.network.config.organs
        made = [
            SentenceBatch(tuple(texts[i] for i in group), class_targets([rows[i] for i in group], organs))
            for group in groups
        ]
        return [made[index] for index in rng.permutation(len(made))]

    def said(self, batch: SentenceBatch) -> Tensor:
        """The network's output for a batch, with its graph."""
        tokens, mask = pad([self._tokenizer.encode(text).ids for text in batch.texts])
        device = next(self.network.parameters()).device
        said: Tensor = self.network(tokens.to(device), mask.to(device))
        return said.float()


class OrganTask(SentenceTask):
    """Learns to name the organ, or that there is none."""

    def loss(self, batch: SentenceBatch) -> Tensor:
        logits = self.said(batch)
        return organ_cross_entropy(logits, batch.targets.to(logits.device), SMOOTHING)

    def validate(self) -> dict[str, float]:
        """Share of sentences whose most probable class is right; ``score`` is that of masked anatomy."""
        rows = self._validation
        anatomy = np.array([bool(row.organs) for row in rows])
        targets = class_targets(rows, self.network.config.organs).numpy()
        figures = {}
        views = {
            "masked": [row.masked for row in rows],
            "unnamed": [row.unnamed for row in rows],
            "plain": [row.text for row in rows],
        }
        for name, texts in views.items():
            best = answers(self.network, self._tokenizer, texts).argmax(1)
            right = targets[np.arange(len(rows)), best]
            figures[f"{name}_organ"] = float(right[anatomy].mean())
            figures[f"{name}_none"] = float(right[~anatomy].mean())
        return {"score": figures["masked_organ"], **figures}


def _shown(row: Example, share: float) -> str:
    """A sentence in the form that a random number from 0 to 1 says."""
    return row.masked if share < 0.5 else row.unnamed if share < 0.75 else row.text


def class_targets(rows: Sequence[Example], organs: Sequence[str]) -> Tensor:
    """(rows, organs + 1) bool: the organs of each row, or the last column where it has none."""
    targets = torch.zeros((len(rows), len(organs) + 1), dtype=torch.bool)
    for index, row in enumerate(rows):
        targets[index, [organs.index(organ) for organ in row.organs] or [len(organs)]] = True
    return targets


def answers(
    network: AtlasNetwork, tokenizer: tokenizers.Tokenizer, texts: Sequence[str], batch: int = 64
) -> npt.NDArray[np.float32]:
    """What the network says of each text, in their order: (n, organs + 1) logits or (n, 3) points."""
    rows = [tokenizer.encode(text).ids for text in texts]
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    device = next(network.parameters()).device
    said: list[Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            tokens, mask = pad([rows[index] for index in order[start : start + batch]])
            said.append(network(tokens.to(device), mask.to(device)).float().cpu())
    outputs = torch.cat(said)
    return np.asarray(outputs[torch.tensor(order).argsort()].numpy())
