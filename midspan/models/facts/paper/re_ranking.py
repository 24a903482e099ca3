"""Training of the re-ranker (section 2.2): does a triple say this fact?

Each part of a fact is replaced with probability 0.2, by something near to it in the pre-ranker's space, the
nearer the likelier; a fact of which nothing was replaced is right. Labels are hidden with probability 0.8, so
that descriptions count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import faiss
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.training.falb import Case
from midspan.models.facts.paper.inference import fact_logits, on_device
from midspan.models.facts.paper.network import ReRanker
from midspan.models.facts.paper.pre_ranking import Catalogue, Ints
from midspan.models.facts.paper.texts import Row, Texts

BATCH = 16
REPLACED, HIDDEN = 0.2, 0.8
HARD = 10
"""Items near to each from which its replacement is drawn."""


class Hard:
    """Items near to each item."""

    def __init__(self, vectors: Floats) -> None:
        """``vectors`` (n, dim) of unit length; n is at least 2."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        scores, places = index.search(vectors, min(HARD + 1, len(vectors)))
        own = places == np.arange(len(vectors))[:, None]
        weights = np.where(own, 0.0, np.maximum(scores, 1e-6)).astype(np.float64)
        self._places, self._shares = places, weights / weights.sum(axis=1, keepdims=True)

    def draw(self, place: int, rng: np.random.Generator) -> int:
        """Another item than the one at ``place``."""
        return int(rng.choice(self._places[place], p=self._shares[place]))


class ReRankTask:
    """See :class:`midspan.models.kit.training.Task`; a batch is the rows of its cases."""

    def __init__(
        self,
        network: ReRanker,
        texts: Texts,
        catalogue: Catalogue,
        hard: tuple[Hard, Hard],
        train: Sequence[Case],
        validation: Sequence[Case],
        *,
        seed: int,
        batch: int = BATCH,
    ) -> None:
        """``hard``: of the entities and of the properties."""
        self.network, self._texts, self._catalogue = network, texts, catalogue
        entities, predicates = hard
        self._hard = (entities, predicates, entities)
        self._train, self._golds = train, catalogue.golds(train)
        self._seed, self._batch = seed, batch
        rng = np.random.default_rng([seed, 3])
        self._held_out = self._rows(validation, catalogue.golds(validation), rng)

    def batches(self, epoch: int) -> list[tuple[int, Ints]]:
        """With the epoch, by which their replacements are drawn anew."""
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._train))
        starts = range(0, len(order), self._batch)
        return [(epoch, order[start : start + self._batch]) for start in starts]

    def loss(self, batch: tuple[int, Ints]) -> Tensor:
        epoch, chosen = batch
        rng = np.random.default_rng([self._seed, epoch, int(chosen[0])])
        rows, right = self._rows([self._train[row] for row in chosen], self._golds[chosen], rng)
        logits = self.network(*on_device(self.network, rows))
        truth = torch.from_numpy(right.astype(np.float32)).to(logits.device)
        return binary_cross_entropy_with_logits(logits, truth)

    def validate(self) -> Mapping[str, float]:
        """``score``: share of facts, made as those of training are, that are judged rightly."""
        self.network.eval()
        rows, right = self._held_out
        return {"score": float(((fact_logits(self.network, rows) > 0) == right).mean())}

    def _rows(
        self, cases: Sequence[Case], golds: Ints, rng: np.random.Generator
    ) -> tuple[list[Row], npt.NDArray[np.bool_]]:
        replaced = rng.random(golds.shape) < REPLACED
        lists = (self._catalogue.entities, self._catalogue.predicates, self._catalogue.entities)
        rows = []
        for case, gold, gone in zip(cases, golds, replaced, strict=True):
            parts = zip(gold.tolist(), gone.tolist(), self._hard, strict=True)
            places = [hard.draw(place, rng) if away else place for place, away, hard in parts]
            items = [items[place] for items, place in zip(lists, places, strict=True)]
            rows.append(self._texts.fact(case.question, items, lambda: bool(rng.random() < HIDDEN)))
        return rows, np.asarray(~replaced.any(axis=1))
