"""Several knowledge graphs as one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from midspan.errors import WrongUse
from midspan.models.facts.knowledge_graph import (
    Entity,
    KnowledgeGraph,
    Neighbour,
    Predicate,
    Relation,
)


class Graphs(KnowledgeGraph):
    """Of an entity that several graphs have, the first of them says what it is; relations add up."""

    def __init__(self, graphs: Sequence[KnowledgeGraph]) -> None:
        """Raises ``WrongUse`` for none."""
        if not graphs:
            raise WrongUse("a union of knowledge graphs has at least one")
        self.graphs = tuple(graphs)
        self.name = "+".join(graph.name for graph in graphs)
        self.sha256 = hashlib.sha256("\n".join(graph.sha256 for graph in graphs).encode()).hexdigest()

    def __len__(self) -> int:
        """The sum: an entity that two graphs have counts twice."""
        return sum(map(len, self.graphs))

    def __iter__(self) -> Iterator[Entity]:
        for number, graph in enumerate(self.graphs):
            for entity in graph:
                if not any(before.entity(entity.uid) for before in self.graphs[:number]):
                    yield entity

    def named(self, mention: str) -> list[Entity]:
        found = _first(chain.from_iterable(graph.named(mention) for graph in self.graphs))
        return sorted(found, key=lambda entity: (-entity.popularity, entity.uid))

    def alike(self, mention: str, limit: int = 10) -> list[tuple[Entity, float]]:
        best: dict[str, tuple[Entity, float]] = {}
        for entity, score in chain.from_iterable(graph.alike(mention, limit) for graph in self.graphs):
            known, before = best.get(entity.uid, (entity, 0.0))
            best[entity.uid] = known, max(score, before)
        found = sorted(best.values(), key=lambda pair: (-pair[1], -pair[0].popularity, pair[0].uid))
        return found[:limit]

    def entities(self, uids: Sequence[str]) -> list[Entity | None]:
        answers = [graph.entities(uids) for graph in self.graphs]
        return [next((one for one in row if one is not None), None) for row in zip(*answers, strict=True)]

    def type_names(self, entity: Entity) -> tuple[str, ...]:
        """Those of the first graph that knows any."""
        return next(filter(None, (graph.type_names(entity) for graph in self.graphs)), ())

    def predicates(self) -> list[Predicate]:
        uids = {predicate.uid for graph in self.graphs for predicate in graph.predicates()}
        return [one for uid in sorted(uids) if (one := self.predicate(uid)) is not None]

    def predicate(self, uid: str) -> Predicate | None:
        """In the words of the first graph that has some; aliases and kinds of all."""
        known = [one for graph in self.graphs if (one := graph.predicate(uid)) is not None]
        if not known:
            return None
        return replace(
            next((one for one in known if one.name != uid), known[0]),
            aliases=tuple(dict.fromkeys(chain.from_iterable(one.aliases for one in known))),
            subject_kinds=dict(sum((Counter(one.subject_kinds) for one in known), Counter())),
            object_kinds=dict(sum((Counter(one.object_kinds) for one in known), Counter())),
        )

    def relations(self, uid: str, limit: int = 100) -> list[Relation]:
        found = chain.from_iterable(graph.relations(uid, limit) for graph in self.graphs)
        return list(dict.fromkeys(found))[:limit]

    def neighbours(self, uid: str, limit: int = 100) -> list[Neighbour]:
        found = chain.from_iterable(graph.neighbours(uid, limit) for graph in self.graphs)
        return list(dict.fromkeys(found))[:limit]

    def between(self, one: str, other: str) -> list[Relation]:
        return list(dict.fromkeys(chain.from_iterable(graph.between(one, other) for graph in self.graphs)))

    def close(self) -> None:
        for graph in self.graphs:
            graph.close()


def _first(entities: Iterable[Entity]) -> list[Entity]:
    """The first of each uid."""
    found: dict[str, Entity] = {}
    for entity in entities:
        found.setdefault(entity.uid, entity)
    return list(found.values())
