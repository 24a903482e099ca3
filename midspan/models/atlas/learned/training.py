"""What is trained on the labelled sentences: a network that names the organ (``atlas.small``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from midspan.models.atlas.learned.examples import Example, capped
from midspan.models.atlas.learned.network import AtlasNetwork
from midspan.models.kit.batching import LazyBatches, jumbled_by_length
from midspan.models.kit.losses import shared_cross_entropy
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.text_network import Tokenizer, answers
from midspan.models.kit.token_batches import tokens_of

SMALL_RECIPE = Recipe(epochs=5, rates={"": 1.5e-4, "head.": 1e-3})
BATCH = 32
PER_ORGAN = 1000
"""Most sentences an epoch draws of an organ (and half of it of a kind of sentence without one), so that the
heart does not crowd out the thymus."""
VALIDATION_PER_ORGAN = 60
SMOOTHING = 0.05
FORMS: dict[str, Callable[[Example], str]] = {
    "masked": lambda row: row.masked,
    "unnamed": lambda row: row.unnamed,
    "plain": lambda row: row.text,
}
"""How a sentence can be shown."""


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
        tokenizer: Tokenizer,
        train: Sequence[Example],
        validation: Sequence[Example],
        *,
        seed: int,
        per_organ: int = PER_ORGAN,
        batch: int = BATCH,
    ) -> None:
        self.network, self.tokenizer = network, tokenizer
        self._train, self._seed, self._per_organ, self._batch = train, seed, per_organ, batch
        self._validation = capped(validation, VALIDATION_PER_ORGAN, seed=0)

    def batches(self, epoch: int) -> LazyBatches[list[int], SentenceBatch]:
        """Half of the sentences are masked, a quarter lose their names and a quarter stay as they are; where
        there is no organ, words are masked or lost instead."""
        rng = np.random.default_rng((self._seed, epoch))
        anatomy = [row for row in self._train if row.organs]
        plain = [row for row in self._train if not row.organs]
        draw = int(rng.integers(2**31))
        rows = [*capped(anatomy, self._per_organ, draw), *capped(plain, self._per_organ // 2, draw)]
        rows = rows[: len(rows) // self._batch * self._batch]
        texts = [_shown(row, share) for row, share in zip(rows, rng.random(len(rows)), strict=True)]
        organs = self.network.config.organs

        def made(group: list[int]) -> SentenceBatch:
            targets = class_targets([rows[place] for place in group], organs)
            return SentenceBatch(tuple(texts[place] for place in group), targets)

        return LazyBatches(jumbled_by_length(texts, self._batch, rng), made)

    def said(self, batch: SentenceBatch) -> Tensor:
        """The network's output for a batch, with its graph."""
        return self.network.of_tokens(tokens_of(self.tokenizer, batch.texts))

    def answered(self, form: str) -> npt.NDArray[np.float32]:
        """The network's output for the validation sentences in one of ``FORMS``."""
        return answers(self.network, self.tokenizer, list(map(FORMS[form], self._validation)))


class OrganTask(SentenceTask):
    """Learns to name the organ, or that there is none."""

    def loss(self, batch: SentenceBatch) -> Tensor:
        logits = self.said(batch)
        return shared_cross_entropy(logits, batch.targets.to(logits.device), SMOOTHING)

    def validate(self) -> dict[str, float]:
        """Share of sentences whose most probable class is right; ``score`` is that of masked anatomy."""
        targets = class_targets(self._validation, self.network.config.organs).numpy()
        figures = {}
        for form in FORMS:
            right = hits(self.answered(form), targets)
            figures[f"{form}_organ"] = float(right[~targets[:, -1]].mean())
            figures[f"{form}_none"] = float(right[targets[:, -1]].mean())
        return {"score": figures["masked_organ"], **figures}


def _shown(row: Example, share: float) -> str:
    """A sentence in the form that a random number from 0 to 1 says."""
    return FORMS["masked" if share < 0.5 else "unnamed" if share < 0.75 else "plain"](row)


def class_targets(rows: Sequence[Example], organs: Sequence[str]) -> Tensor:
    """(rows, organs + 1) bool: the organs of each row, or the last column where it has none."""
    targets = torch.zeros((len(rows), len(organs) + 1), dtype=torch.bool)
    for index, row in enumerate(rows):
        targets[index, [organs.index(organ) for organ in row.organs] or [len(organs)]] = True
    return targets


def hits(said: npt.NDArray[np.floating], targets: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether the most probable class (n, classes) is a right one: (n,)."""
    return np.asarray(targets[np.arange(len(said)), said.argmax(axis=1)])
