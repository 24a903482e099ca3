"""A knowledge graph in which some things are not and others are: a world to train and to test on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from midspan.models.facts.kg.spelling import grams, likeness
from midspan.models.facts.knowledge_graph import (
    Entity,
    KnowledgeGraph,
    Neighbour,
    Predicate,
    Relation,
    normalise,
)

MADE_UP = 8
MORE = 4
"""So many times what is asked for is looked at, since some of it is not there."""


class World(KnowledgeGraph):
    """Without some entities, aliases and relations, and with namesakes that are not in the whole graph."""

    def __init__(
        self,
        whole: KnowledgeGraph,
        *,
        entities: Collection[str] = (),
        aliases: Collection[tuple[str, str]] = (),
        relations: Collection[Relation] = (),
        namesakes: Mapping[str, str] | None = None,
        bare: bool = False,
    ) -> None:
        """``aliases`` are pairs of uid and normalised name; a label cannot be taken away. ``namesakes`` are
        entities by the name that each has here instead of its own, under a uid of its own (``namesake_uid``).
        A ``bare`` world is as a list of one's own often is: without relations, and with figures in place of
        popularity that say nothing.
        """
        self._whole = whole
        self._entities = frozenset(entities)
        self._aliases = frozenset(aliases)
        self._relations = frozenset(relations)
        self._namesakes = {normalise(name): (name, uid) for name, uid in (namesakes or {}).items()}
        self._bare = bare
        self.name, self.sha256 = whole.name, whole.sha256

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Entity]:
        return (self._seen(one) for one in self._whole if one.uid not in self._entities)

    @property
    def made(self) -> list[Entity]:
        """The namesakes that the whole graph does not have; they are found by name alone."""
        return [one for name, uid in self._namesakes.values() for one in self._renamed(name, uid)]

    def named(self, mention: str) -> list[Entity]:
        key = normalise(mention)
        found = [self._seen(one) for one in self._whole.named(mention) if self._is_named(one, key)]
        if key in self._namesakes:
            found += self._renamed(*self._namesakes[key])
        return sorted(found, key=lambda one: (-one.popularity, one.uid))

    def alike(self, mention: str, limit: int = 10) -> list[tuple[Entity, float]]:
        own, found = grams(normalise(mention)), []
        for one, score in self._whole.alike(mention, MORE * limit):
            if one.uid in self._entities:
                continue
            seen = self._seen(one)
            if len(seen.aliases) < len(one.aliases):
                names = (seen.name, *seen.aliases)
                found.append((seen, max(likeness(own, grams(normalise(name))) for name in names)))
            else:
                found.append((seen, score))
        return sorted(found, key=lambda pair: (-pair[1], -pair[0].popularity, pair[0].uid))[:limit]

    def entities(self, uids: Sequence[str]) -> list[Entity | None]:
        return [
            None if one is None or one.uid in self._entities else self._seen(one)
            for one in self._whole.entities(uids)
        ]

    def type_names(self, entity: Entity) -> tuple[str, ...]:
        return self._whole.type_names(entity)

    def predicates(self) -> list[Predicate]:
        return self._whole.predicates()

    def predicate(self, uid: str) -> Predicate | None:
        return self._whole.predicate(uid)

    def relations(self, uid: str, limit: int = 100) -> list[Relation]:
        if self._bare:
            return []
        return [one for one in self._whole.relations(original(uid), limit) if self._holds(one)]

    def neighbours(self, uid: str, limit: int = 100) -> list[Neighbour]:
        if self._bare:
            return []
        own = original(uid)
        return [
            one
            for one in self._whole.neighbours(own, limit)
            if self._holds(
                Relation(own, one.predicate, one.uid)
                if one.outgoing
                else Relation(one.uid, one.predicate, own)
            )
        ]

    def between(self, one: str, other: str) -> list[Relation]:
        found = [] if self._bare else self._whole.between(one, other)
        return [relation for relation in found if self._holds(relation)]

    def close(self) -> None:
        """The whole graph stays open: it is somebody else's."""

    def _holds(self, relation: Relation) -> bool:
        gone = relation.subject in self._entities or relation.object in self._entities
        return not gone and relation not in self._relations

    def _is_named(self, one: Entity, key: str) -> bool:
        return one.uid not in self._entities and (
            (one.uid, key) not in self._aliases or normalise(one.name) == key
        )

    def _seen(self, one: Entity) -> Entity:
        left = tuple(alias for alias in one.aliases if (one.uid, normalise(alias)) not in self._aliases)
        if len(left) == len(one.aliases) and not self._bare:
            return one
        popularity = len(one.name) % MADE_UP if self._bare else one.popularity
        return replace(one, aliases=left, popularity=popularity)

    def _renamed(self, name: str, uid: str) -> list[Entity]:
        one = self._whole.entity(uid)
        return [] if one is None else [replace(one, uid=namesake_uid(uid, name), name=name, aliases=())]


def namesake_uid(uid: str, name: str) -> str:
    return f"namesake:{uid}:{normalise(name)}"


def original(uid: str) -> str:
    """The entity that a namesake is made of; any other uid as it is."""
    return uid.removeprefix("namesake:").rsplit(":", 1)[0] if uid.startswith("namesake:") else uid
