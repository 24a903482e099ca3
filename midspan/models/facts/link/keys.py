"""Where the entities of a graph lie in the space."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.space import Space, said_of
from midspan.models.facts.link.words import Bags

REMEMBERED = 50_000
CHUNK = 1024


class Keys:
    """The keys of single entities, made once each."""

    def __init__(self, graph: KnowledgeGraph, space: Space, bags: Bags) -> None:
        self._graph, self._space, self._bags = graph, space, bags
        self._known: dict[str, tuple[Floats, Floats]] = {}

    def of(self, entities: Sequence[Entity]) -> tuple[Floats, Floats]:
        """Keys and fit keys, (n, dim) unit rows each."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        missing = [one for one in entities if one.uid not in self._known]
        if missing:
            self._make(missing)
        found = [self._known[one.uid] for one in entities]
        return np.stack([key for key, _ in found]), np.stack([key for _, key in found])

    def _make(self, entities: Sequence[Entity]) -> None:
        said = self._bags([said_of(self._graph, one) for one in entities])
        keys = self._space.keys(self._bags([one.name for one in entities]), said)
        for one, key, fit_key in zip(entities, keys, self._space.fit_keys(said), strict=True):
            self._known[one.uid] = key, fit_key


def all_keys(graph: KnowledgeGraph, space: Space, bags: Bags) -> Iterator[tuple[list[str], Floats]]:
    """Uids and keys of all entities of a graph, a chunk at a time, in its order."""
    entities = iter(graph)
    while chunk := list(islice(entities, CHUNK)):
        labels = bags([one.name for one in chunk])
        yield [one.uid for one in chunk], space.keys(labels, bags([said_of(graph, one) for one in chunk]))
