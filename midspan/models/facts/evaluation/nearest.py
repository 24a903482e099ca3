"""Linking the chapter's way: what a mention means is the entity that lies nearest to it, names unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from midspan.models.facts.evaluation.linking import Answer, View
from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph
from midspan.models.facts.link.keys import Keys
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.question import SIDES, Question, Side, opposite
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.training.world import World
from midspan.models.facts.link.words import Bags

NEAREST = 32
"""Entities of a mention that are kept."""
AT_ONCE = 512
Asked = tuple[Question, Side]


class BiEncoder(Protocol):
    def queries(self, asked: Sequence[Asked]) -> Floats:
        """(n, dim) unit rows."""

    def keys(self, graph: KnowledgeGraph, entities: Sequence[Entity]) -> Floats:
        """(n, dim) unit rows, to be compared with ``queries``."""


@dataclass(frozen=True)
class Found:
    """Of each mention the nearest entities, the nearest first."""

    uids: npt.NDArray[np.str_]
    """(n, k)."""
    similarities: Floats
    """(n, k) cosines."""
    queries: Floats
    """(n, dim)."""
    keys: Floats
    """(n, k, dim)."""

    def __getitem__(self, chosen: npt.NDArray[np.intp]) -> Found:
        return Found(self.uids[chosen], self.similarities[chosen], self.queries[chosen], self.keys[chosen])


class Nearest:
    """A search over all entities of a graph."""

    def __init__(self, graph: KnowledgeGraph, encoder: BiEncoder) -> None:
        self._graph, self._encoder = graph, encoder
        entities = list(graph)
        self._uids = np.array([one.uid for one in entities])
        self._keys = encoder.keys(graph, entities)

    def of(self, world: World, asked: Sequence[Asked]) -> Found:
        """In a world of the graph. An entity's label and description are the same in all of them."""
        there = np.isin(self._uids, [one.uid for one in world])
        uids, keys = self._uids[there], self._keys[there]
        if world.made:
            uids = np.concatenate([uids, [one.uid for one in world.made]])
            keys = np.concatenate([keys, self._encoder.keys(self._graph, world.made)])
        queries = self._encoder.queries(asked)
        order = np.concatenate([_best(rows @ keys.T) for rows in _chunks(queries)])
        chosen = keys[order]
        return Found(uids[order], np.einsum("nkd,nd->nk", chosen, queries), queries, chosen)

    def in_view(self, view: View) -> Found:
        return self.of(view.world, [(one.question, one.side) for one in view.examples])

    def answer(self) -> Answer:
        """The nearest, whatever it is; it is sure of all it says."""
        return lambda view: [(str(uid), 1.0) for uid in self.in_view(view).uids[:, 0]]


class SlotHeads:
    """The linker's own space."""

    def __init__(self, space: Space, bags: Bags) -> None:
        self._space, self._bags = space, bags

    def queries(self, asked: Sequence[Asked]) -> Floats:
        rows = np.empty((len(asked), self._space.dim), dtype=np.float32)
        for side in SIDES:
            places = [place for place, (_, one) in enumerate(asked) if one == side]
            questions = [asked[place][0] for place in places]
            own, other = (
                self._bags([one.mention(which).name for one in questions]) for which in (side, opposite(side))
            )
            if places:
                predicates = self._bags([one.predicate for one in questions])
                rows[places] = self._space.queries(side, own, other, predicates)
        return rows

    def keys(self, graph: KnowledgeGraph, entities: Sequence[Entity]) -> Floats:
        known = Keys(graph, self._space, self._bags)
        starts = range(0, len(entities), AT_ONCE)
        return np.concatenate([known.of(entities[start : start + AT_ONCE])[0] for start in starts])


def _chunks(rows: Floats) -> Iterator[Floats]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _best(similarities: Floats) -> npt.NDArray[np.intp]:
    """The places of the greatest, in order."""
    count = min(NEAREST, similarities.shape[1])
    some = np.argpartition(-similarities, count - 1, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(similarities, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)
