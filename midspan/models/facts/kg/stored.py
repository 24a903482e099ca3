"""A knowledge graph in a folder (:mod:`midspan.models.facts.kg.format`)."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from midspan.models.facts.kg.format import ENTITIES, open_readonly, read_card
from midspan.models.facts.kg.spelling import grams, likeness
from midspan.models.facts.knowledge_graph import (
    Entity,
    KnowledgeGraph,
    Neighbour,
    Predicate,
    Relation,
    normalise,
)

_ENTITIES = "SELECT uid, kind, popularity, name, description, aliases, types FROM entity"
_NAMED = (
    "SELECT DISTINCT uid, kind, popularity, name, description, aliases, types "
    "FROM alias JOIN entity ON entity.id = alias.entity "
    "WHERE key = ? AND common >= ? ORDER BY popularity DESC, uid"
)
_OUTGOING = (
    "SELECT o.uid, o.name, p.uid, 1 FROM relation r JOIN entity s ON s.id = r.subject "
    "JOIN entity o ON o.id = r.object JOIN predicate p ON p.id = r.predicate "
    "WHERE s.uid = ? ORDER BY r.predicate, r.object LIMIT ?"
)
_INCOMING = (
    "SELECT s.uid, s.name, p.uid, 0 FROM relation r JOIN entity s ON s.id = r.subject "
    "JOIN entity o ON o.id = r.object JOIN predicate p ON p.id = r.predicate "
    "WHERE o.uid = ? ORDER BY r.predicate, r.subject LIMIT ?"
)
_RELATIONS = (
    "SELECT s.uid, p.uid, o.uid FROM relation r JOIN entity s ON s.id = r.subject "
    "JOIN entity o ON o.id = r.object JOIN predicate p ON p.id = r.predicate"
)

REMEMBERED = 20_000
"""Mentions and entities that were asked for last, which a document asks for again."""

LEAST_LIKE = 0.45
"""Names less alike than this are no spelling of each other: one letter of four that is wrong still passes."""
MOST_LOOKED_AT = 2_000
"""Entities that have one of the grams looked at, all grams together."""
MOST_COMPARED = 40
SHARED = 0.6
"""Entities that share fewer of the grams looked at, beside the one that shares most, are not compared."""
PAIRED = 5
"""Grams beyond these, the rarest of them."""
AT_ONCE = 500
"""Values in one query."""


class StoredGraph(KnowledgeGraph):
    def __init__(self, folder: Path) -> None:
        """Raises ``ModelFilesMissing``, and ``WrongUse`` for a folder of another version of the format."""
        self.folder = folder
        self.card = read_card(folder)
        self.name, self.sha256 = self.card.name, self.card.sha256
        self._connection = open_readonly(folder / ENTITIES)
        self._lock = threading.Lock()
        self._entity = lru_cache(REMEMBERED)(self._read_entity)
        self._found = lru_cache(REMEMBERED)(self._find)
        self._alike = lru_cache(REMEMBERED)(self._compare)

    def __len__(self) -> int:
        return self.card.entities

    def __iter__(self) -> Iterator[Entity]:
        for start in range(0, len(self), AT_ONCE):
            rows = self._rows(_ENTITIES + " WHERE id >= ? AND id < ? ORDER BY id", start, start + AT_ONCE)
            yield from map(_entity, rows)

    def named(self, mention: str) -> list[Entity]:
        return list(self._found(normalise(mention), mention.islower()))

    def alike(self, mention: str, limit: int = 10) -> list[tuple[Entity, float]]:
        return list(self._alike(normalise(mention), mention.islower())[:limit])

    def entities(self, uids: Sequence[str]) -> list[Entity | None]:
        return [self._entity(uid) for uid in uids]

    def uids_at(self, places: Iterable[int]) -> dict[int, str]:
        """The uids of the entities at these places of the graph's order."""
        return dict(self._among("SELECT id, uid FROM entity WHERE id IN ({})", sorted(set(places))))

    def type_names(self, entity: Entity) -> tuple[str, ...]:
        names = dict(self._among("SELECT uid, name FROM type WHERE uid IN ({})", entity.types))
        return tuple(names[uid] for uid in entity.types if uid in names)

    def predicates(self) -> list[Predicate]:
        return sorted(self._predicates.values(), key=lambda predicate: predicate.uid)

    def predicate(self, uid: str) -> Predicate | None:
        return self._predicates.get(uid)

    def relations(self, uid: str, limit: int = 100) -> list[Relation]:
        found = self._relations("s.uid = ? ORDER BY r.predicate, r.object LIMIT ?", uid, limit)
        left = limit - len(found)
        return found + self._relations("o.uid = ? ORDER BY r.predicate, r.subject LIMIT ?", uid, left)

    def neighbours(self, uid: str, limit: int = 100) -> list[Neighbour]:
        rows = self._rows(_OUTGOING, uid, limit)
        rows += self._rows(_INCOMING, uid, limit - len(rows))
        return [
            Neighbour(other, name, predicate, bool(outgoing)) for other, name, predicate, outgoing in rows
        ]

    def between(self, one: str, other: str) -> list[Relation]:
        ways = ((one, other), (other, one)) if one != other else ((one, other),)
        where = "s.uid = ? AND o.uid = ? ORDER BY r.predicate"
        return [relation for way in ways for relation in self._relations(where, *way)]

    def kinds(self) -> dict[str, int]:
        """How many entities there are of each kind, the most frequent first."""
        rows = self._rows("SELECT kind, count(*) FROM entity GROUP BY kind ORDER BY 2 DESC, 1")
        return dict(rows)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @cached_property
    def _predicates(self) -> dict[str, Predicate]:
        rows = self._rows(
            "SELECT uid, name, description, aliases, subject_kinds, object_kinds FROM predicate"
        )
        return {
            uid: Predicate(uid, name, description, lines(aliases), json.loads(subjects), json.loads(objects))
            for uid, name, description, aliases, subjects, objects in rows
        }

    def _read_entity(self, uid: str) -> Entity | None:
        rows = self._rows(_ENTITIES + " WHERE uid = ?", uid)
        return _entity(rows[0]) if rows else None

    def _find(self, key: str, common: bool) -> list[Entity]:
        return [_entity(row) for row in self._rows(_NAMED, key, int(common))]

    def _compare(self, key: str, common: bool) -> list[tuple[Entity, float]]:
        """All that is alike enough, best first."""
        found, own = [], grams(key)
        for row in self._among(_ENTITIES + " WHERE id IN ({})", self._look_alikes(key)):
            entity = _entity(row)
            names = [name for name in (entity.name, *entity.aliases) if name.islower() or not common]
            best = max((likeness(own, grams(normalise(name))) for name in names), default=0.0)
            if best >= LEAST_LIKE:
                found.append((entity, best))
        return sorted(found, key=lambda pair: (-pair[1], -pair[0].popularity, pair[0].uid))

    def _look_alikes(self, key: str) -> list[int]:
        """Ids of the entities that share most of the name's grams, as far as these tell something.

        Grams are looked at from the rarest on, as long as they are together no more than ``MOST_LOOKED_AT``.
        What millions of names have is looked at in pairs only: a pair is rarer than either.
        """
        counts = self._among("SELECT term, entities FROM gram WHERE term IN ({})", sorted(grams(key)))
        terms, looked_at = [], 0
        for term, entities in sorted(counts, key=lambda row: (row[1], row[0])):
            looked_at += entities
            terms.append((_quoted(term), looked_at <= MOST_LOOKED_AT))
        rare = [term for term, is_rare in terms if is_rare]
        frequent = [term for term, is_rare in terms if not is_rare][:PAIRED]
        if len(rare) < len(terms) / 2:
            rare += [" AND ".join(pair) for pair in combinations(frequent, 2)]
        shared: Counter[int] = Counter()
        for asked in rare:
            query = "SELECT rowid FROM spelling WHERE spelling MATCH ? LIMIT ?"
            shared.update(row[0] for row in self._rows(query, asked, MOST_LOOKED_AT))
        first = shared.most_common(MOST_COMPARED)
        return [entity for entity, count in first if count >= SHARED * first[0][1]]

    def _relations(self, where: str, *values: Any) -> list[Relation]:
        return [Relation(*row) for row in self._rows(f"{_RELATIONS} WHERE {where}", *values)]

    def _among(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows for values of any number; ``{}`` is where they stand in the query."""
        found = []
        for start in range(0, len(values), AT_ONCE):
            some = values[start : start + AT_ONCE]
            found += self._rows(query.format(",".join("?" * len(some))), *some)
        return found

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _quoted(term: str) -> str:
    """A string in FTS5's query language."""
    return '"{}"'.format(term.replace('"', '""'))


def _entity(row: tuple[Any, ...]) -> Entity:
    uid, kind, popularity, name, description, aliases, types = row
    return Entity(uid, kind, popularity, name, description, lines(aliases), tuple(types.split()))
