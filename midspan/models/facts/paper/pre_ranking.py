"""Training of the pre-ranker (section 2.1): each slot nearer to what it means than to anything else.

Softmax cross-entropy of ``exp(tau) <slot, item>`` over the golds of a batch, of subjects and objects
together, and items drawn from the whole graph; one direction, the mean of the three slots. The weights kept
are those of the epoch with the greatest sum of recalls on facts held out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from midspan.models.facts.link.training.falb import Case
from midspan.models.facts.paper.inference import item_vectors, on_device, slot_vectors
from midspan.models.facts.paper.network import PreRanker
from midspan.models.facts.paper.texts import Item, Texts

Ints = npt.NDArray[np.int64]
BATCH = 16
DRAWN = 64
"""Items of the graph beside the golds of a batch. The chapter's number is not published."""
RECALLS = (1, 5, 10, 100)


@dataclass(frozen=True)
class Catalogue:
    """Entities and properties in one order, and the places of a fact's parts in it."""

    entities: Sequence[Item]
    predicates: Sequence[Item]

    def golds(self, cases: Sequence[Case]) -> Ints:
        """(n, 3): subject, property, object."""
        entities, predicates = (
            {one.uid: place for place, one in enumerate(some)} for some in (self.entities, self.predicates)
        )
        rows = [
            (entities[case.subject or ""], predicates[case.predicate], entities[case.object or ""])
            for case in cases
        ]
        return np.array(rows, dtype=np.int64).reshape(-1, 3)


class PreRankTask:
    """See :class:`midspan.models.kit.training.Task`; a batch is the rows of its cases."""

    def __init__(
        self,
        network: PreRanker,
        texts: Texts,
        catalogue: Catalogue,
        train: Sequence[Case],
        validation: Sequence[Case],
        *,
        seed: int,
        batch: int = BATCH,
    ) -> None:
        self.network, self._texts, self._catalogue = network, texts, catalogue
        self._train, self._validation = train, validation
        self._golds = catalogue.golds(train)
        self._seed, self._batch = seed, batch

    def batches(self, epoch: int) -> list[Ints]:
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._train))
        return [order[start : start + self._batch] for start in range(0, len(order), self._batch)]

    def loss(self, batch: Ints) -> Tensor:
        rng = np.random.default_rng([self._seed, *batch[:2].tolist()])
        triples = [self._texts.triple(self._train[row].question) for row in batch]
        tokens, mask = on_device(self.network, [one.tokens for one in triples])
        places = torch.tensor([one.places for one in triples], device=tokens.device)
        slots = self.network.slots(tokens, mask, places)
        subjects, predicates, objects = self._golds[batch].T
        entities = self._pool(self._catalogue.entities, [*subjects, *objects], rng)
        relations = self._pool(self._catalogue.predicates, predicates, rng)
        return (
            self._cross_entropy(slots[:, 0], entities, subjects)
            + self._cross_entropy(slots[:, 1], relations, predicates)
            + self._cross_entropy(slots[:, 2], entities, objects)
        ) / 3

    def validate(self) -> Mapping[str, float]:
        """Recall (%) of all slots at ``RECALLS`` over the whole graph; ``score`` is their sum."""
        self.network.eval()
        slots = slot_vectors(self.network, self._texts, [case.question for case in self._validation])
        entities, predicates = (
            item_vectors(self.network, self._texts, some)
            for some in (self._catalogue.entities, self._catalogue.predicates)
        )
        golds = self._catalogue.golds(self._validation)
        ranks = np.concatenate(
            [
                _ranks(slots[:, place] @ keys.T, golds[:, place])
                for place, keys in enumerate((entities, predicates, entities))
            ]
        )
        recalls = {f"recall@{k}": 100 * float((ranks < k).mean()) for k in RECALLS}
        return {"score": sum(recalls.values()), **recalls}

    def _pool(
        self, items: Sequence[Item], golds: Sequence[int] | Ints, rng: np.random.Generator
    ) -> tuple[Ints, Tensor]:
        """Sorted places in ``items``, the golds among them, and their vectors."""
        drawn = rng.choice(len(items), min(DRAWN, len(items)), replace=False)
        pool = np.unique(np.concatenate([np.asarray(golds), drawn]))
        tokens, mask = on_device(self.network, [self._texts.item(items[place]) for place in pool])
        return pool, self.network.items(tokens, mask)

    def _cross_entropy(self, slots: Tensor, pool: tuple[Ints, Tensor], golds: Ints) -> Tensor:
        places, keys = pool
        targets = torch.from_numpy(np.searchsorted(places, golds)).to(slots.device)
        return cross_entropy(self.network.scale * slots @ keys.T, targets)


def _ranks(scores: npt.NDArray[np.float32], golds: Ints) -> Ints:
    """How many items score more than the gold."""
    own = np.take_along_axis(scores, golds[:, None], axis=1)
    return np.asarray((scores > own).sum(axis=1))
