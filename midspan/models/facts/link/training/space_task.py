"""Training of the space: each mention nearer to what it means than to anything else, the chapter's way.

The loss is softmax cross-entropy of ``exp(tau) <query, key>`` over the golds of a batch, entities whose
labels are written or meant alike (hard), namesakes, and others drawn at random; one direction, mean of the
slots. The fit has the same loss over entities of the gold's kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import faiss
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.link.question import SIDES, Side, opposite
from midspan.models.facts.link.space import said_of
from midspan.models.facts.link.training.falb import Case, is_inductive, names
from midspan.models.facts.link.training.network import GREATEST_SCALE, SpaceNetwork
from midspan.models.facts.link.words import Bag, Bags

Ints = npt.NDArray[np.int64]

BATCH = 512
HARD = 6
NAMESAKES = 8
RANDOM = 1000
OF_KIND = 2
"""Entities of the gold's kind that are drawn for each mention."""
DROPPED = 0.15
"""Share of a context's pieces that are left out in training."""
NOBODY = -100
"""The gold of what is not in the graph: no loss."""


@dataclass(frozen=True)
class Entities:
    """Of a graph, in its order."""

    uids: list[str]
    labels: list[Bag]
    said: list[Bag]
    kinds: npt.NDArray[np.str_]
    popularity: npt.NDArray[np.float64]
    """Square root of 1 + n: how often one is drawn as a wrong answer."""
    namesakes: list[list[int]]
    described: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, graph: KnowledgeGraph, bags: Bags) -> Entities:
        found = list(graph)
        rows = {one.uid: row for row, one in enumerate(found)}
        said = [said_of(graph, one) for one in found]
        return cls(
            uids=[one.uid for one in found],
            labels=bags([one.name for one in found]),
            said=bags(said),
            kinds=np.array([one.kind for one in found]),
            popularity=np.sqrt([one.popularity + 1.0 for one in found]),
            namesakes=[
                [
                    rows[other.uid]
                    for name in names(one)
                    for other in graph.named(name)
                    if other.uid != one.uid
                ][:NAMESAKES]
                for one in found
            ],
            described=np.array([bool(text) for text in said]),
        )


@dataclass(frozen=True)
class Rows:
    """Cases as bags, and their golds as rows of the entities, (n, 2)."""

    names: dict[Side, list[Bag]]
    predicates: list[Bag]
    contexts: dict[Side, list[Bag]]
    golds: Ints

    @classmethod
    def of(cls, cases: Sequence[Case], entities: Entities, bags: Bags) -> Rows:
        rows = {uid: row for row, uid in enumerate(entities.uids)}
        golds = [[rows.get(case.gold(side) or "", NOBODY) for side in SIDES] for case in cases]
        return cls(
            names={side: bags([case.question.mention(side).name for case in cases]) for side in SIDES},
            predicates=bags([case.question.predicate for case in cases]),
            contexts={side: bags([case.question.mention(side).context for case in cases]) for side in SIDES},
            golds=np.array(golds, dtype=np.int64).reshape(-1, 2),
        )

    def __len__(self) -> int:
        return len(self.golds)


class SpaceTask:
    """See :class:`midspan.models.kit.training.Task`; a batch is the rows of its cases."""

    def __init__(
        self, network: SpaceNetwork, entities: Entities, train: Rows, validation: Rows, seed: int
    ) -> None:
        self.network = network
        self._entities, self._train, self._validation, self._seed = entities, train, validation, seed
        self._hard = _alike(network, entities)
        self._pool = np.array([row for row, uid in enumerate(entities.uids) if not is_inductive(uid)])
        self._of_kind = {
            kind: np.flatnonzero((entities.kinds == kind) & entities.described)
            for kind in set(entities.kinds.tolist())
        }

    def batches(self, epoch: int) -> list[Ints]:
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._train))
        return [order[start : start + BATCH] for start in range(0, len(order) - BATCH + 1, BATCH)]

    def loss(self, batch: Ints) -> Tensor:
        rng = np.random.default_rng([self._seed, int(batch[0]), int(batch[-1])])
        return self._slot_loss(batch, rng) + self._fit_loss(batch, rng)

    def validate(self) -> Mapping[str, float]:
        """``recall``: share of names whose nearest entity is the right one; ``fit``: of contexts that fit
        their entity better than another of its kind."""
        with torch.no_grad():
            recall, fit = self._recall(), self._fit()
        return {"recall": recall, "fit": fit, "score": recall + fit}

    def _slot_loss(self, batch: Ints, rng: np.random.Generator) -> Tensor:
        golds = self._train.golds[batch]
        known = golds[golds != NOBODY]
        pool = np.unique(
            np.concatenate(
                [
                    known,
                    self._hard[known].ravel(),
                    [other for row in known for other in self._entities.namesakes[row]],
                    rng.choice(self._pool, min(RANDOM, len(self._pool)), replace=False),
                ]
            ).astype(np.int64)
        )
        keys = self._keys(pool)
        scale = self.network.scale.exp().clamp(max=GREATEST_SCALE)
        sums = self._sums(self._train, batch)
        losses = [
            _cross_entropy(scale * self._queries(sums, side) @ keys.T, golds[:, place], pool)
            for place, side in enumerate(SIDES)
        ]
        return (losses[0] + losses[1]) / 2

    def _fit_loss(self, batch: Ints, rng: np.random.Generator) -> Tensor:
        golds = self._train.golds[batch]
        asked = [
            (self._train.contexts[side][row], gold)
            for row, pair in zip(batch, golds.tolist(), strict=True)
            for side, gold in zip(SIDES, pair, strict=True)
            if gold != NOBODY and self._entities.described[gold]
        ]
        rows = np.array([gold for _, gold in asked])
        pool = np.unique(np.concatenate([rows, *self._drawn(rows, OF_KIND, rng)]))
        contexts = [tuple(piece for piece in bag if rng.random() >= DROPPED) or bag for bag, _ in asked]
        keys = self.network.fit_keys([self._entities.said[row] for row in pool])
        scale = self.network.fit_scale.exp().clamp(max=GREATEST_SCALE)
        return _cross_entropy(scale * self.network.fit_queries(contexts) @ keys.T, rows, pool)

    def _drawn(self, rows: Ints, count: int, rng: np.random.Generator) -> Iterator[Ints]:
        """So many others of its kind for each row, the popular ones more often."""
        for kind, members in self._of_kind.items():
            wanted = int((self._entities.kinds[rows] == kind).sum()) * count
            weights = self._entities.popularity[members]
            if wanted:
                yield rng.choice(members, wanted, p=weights / weights.sum())

    def _recall(self) -> float:
        keys = torch.cat([self._keys(rows) for rows in _chunks(len(self._entities.uids))])
        sums = self._sums(self._validation, np.arange(len(self._validation)))
        right = []
        for place, side in enumerate(SIDES):
            golds = torch.from_numpy(self._validation.golds[:, place])
            best = (self._queries(sums, side) @ keys.T).argmax(dim=1)
            right += (best == golds)[golds != NOBODY].tolist()
        return float(np.mean(right))

    def _fit(self) -> float:
        rng, right = np.random.default_rng(self._seed), []
        for place, side in enumerate(SIDES):
            golds = self._validation.golds[:, place]
            for members in self._of_kind.values():
                rows = np.flatnonzero((golds != NOBODY) & np.isin(golds, members))
                if not len(rows):
                    continue
                weights = self._entities.popularity[members]
                others = rng.choice(members, len(rows), p=weights / weights.sum())
                queries = self.network.fit_queries([self._validation.contexts[side][row] for row in rows])
                own, other = (
                    (queries * self.network.fit_keys([self._entities.said[row] for row in chosen])).sum(1)
                    for chosen in (golds[rows], others)
                )
                right += (own > other)[torch.from_numpy(golds[rows] != others)].tolist()
        return float(np.mean(right))

    def _sums(self, rows: Rows, chosen: Ints) -> tuple[dict[Side, Tensor], Tensor]:
        network = self.network
        own = {side: network.sums([rows.names[side][row] for row in chosen], "name") for side in SIDES}
        return own, network.sums([rows.predicates[row] for row in chosen], "predicate")

    def _queries(self, sums: tuple[dict[Side, Tensor], Tensor], side: Side) -> Tensor:
        own, predicates = sums
        return self.network.queries(side, own[side], own[opposite(side)], predicates)

    def _keys(self, rows: Ints) -> Tensor:
        return self.network.keys(
            [self._entities.labels[row] for row in rows], [self._entities.said[row] for row in rows]
        )


def _alike(network: SpaceNetwork, entities: Entities) -> Ints:
    """The ``HARD`` entities nearest to each before anything is trained, (n, HARD)."""
    with torch.no_grad():
        keys = torch.cat(
            [
                network.keys([entities.labels[row] for row in rows], [entities.said[row] for row in rows])
                for rows in _chunks(len(entities.uids))
            ]
        ).numpy()
    index = faiss.IndexFlatIP(keys.shape[1])
    index.add(keys)
    return np.asarray(index.search(keys, HARD + 1)[1][:, 1:])


def _chunks(count: int, size: int = 2048) -> Iterator[Ints]:
    return (np.arange(start, min(start + size, count)) for start in range(0, count, size))


def _cross_entropy(scores: Tensor, golds: Ints, pool: Ints) -> Tensor:
    """``pool`` is sorted and holds every gold that is not ``NOBODY``."""
    targets = np.where(golds == NOBODY, NOBODY, np.searchsorted(pool, golds))
    return cross_entropy(scores, torch.from_numpy(targets), ignore_index=NOBODY)
