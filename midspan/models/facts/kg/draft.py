"""A knowledge graph that is being built: what was read of its source so far, in an SQLite file of its own.

Pieces are added in transactions with the position behind them, so that a build that was killed goes on from
there. Memory stays the same for any size: SQLite sorts on disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from midspan.models.facts.kg.format import ENTITIES, TABLES, VERSION
from midspan.models.facts.kg.kinds import KindsOfTypes, kind_of
from midspan.models.facts.kg.source import NewEntity, Piece
from midspan.models.facts.knowledge_graph import normalise

FILE = "draft.sqlite"
CACHE_KIB = 128 * 1024
AT_ONCE = 500
"""Values in one query."""

_DRAFT = """
CREATE TABLE entity (
    id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL,
    kind TEXT NOT NULL, popularity INTEGER NOT NULL, types TEXT NOT NULL, aliases TEXT NOT NULL,
    keys TEXT NOT NULL
);
CREATE TABLE alias (key TEXT NOT NULL, entity INTEGER NOT NULL, common INTEGER NOT NULL);
CREATE TABLE predicate (uid TEXT PRIMARY KEY, name TEXT, description TEXT, aliases TEXT) WITHOUT ROWID;
CREATE TABLE relation (subject TEXT NOT NULL, predicate TEXT NOT NULL, object TEXT NOT NULL);
CREATE TABLE class (type TEXT, parent TEXT, PRIMARY KEY (type, parent)) WITHOUT ROWID;
CREATE TABLE type (uid TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE state (position INTEGER, digest TEXT, skipped INTEGER, complete INTEGER, source TEXT);
"""


@dataclass(frozen=True)
class Counts:
    entities: int
    names: int
    predicates: int
    relations: int
    dangling: int


class Draft:
    def __init__(self, folder: Path, source: str) -> None:
        """Begins one in the folder, or goes on with the one of this source; one of another is thrown away."""
        self._folder, self._file = folder, folder / FILE
        folder.mkdir(parents=True, exist_ok=True)
        if self._file.exists() and self._begun_with() != source:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        begun = self._file.exists()
        self._connection = sqlite3.connect(self._file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        if not begun:
            digest = hashlib.sha256(f"midspan knowledge graph {VERSION}".encode()).hexdigest()
            self._connection.executescript(f"BEGIN; {_DRAFT}; COMMIT")
            self._connection.execute("INSERT INTO state VALUES (0, ?, 0, 0, ?)", (digest, source))
        self.position, self.digest, self.skipped, self.complete = self._connection.execute(
            "SELECT position, digest, skipped, complete FROM state"
        ).fetchone()
        self._entities: int = self._connection.execute("SELECT count(*) FROM entity").fetchone()[0]

    def add(self, pieces: Sequence[Piece]) -> None:
        """All of them or, where the process ends within, none. An entity that was there before is passed
        over: the first stays."""
        put = self._connection
        new: dict[str, NewEntity] = {}
        for piece in pieces:
            self.digest = hashlib.sha256(f"{self.digest}\n{_said(piece)}".encode()).hexdigest()
            self.skipped += bool(piece.broken)
            for entity in piece.entities:
                new.setdefault(entity.uid, entity)
        self.position = pieces[-1].position
        put.execute("BEGIN IMMEDIATE")
        self._add_entities(new)
        put.executemany(
            "INSERT OR IGNORE INTO predicate VALUES (?, ?, ?, ?)",
            (
                (one.uid, one.name, one.description, "\n".join(one.aliases))
                for piece in pieces
                for one in piece.predicates
            ),
        )
        put.executemany(
            "INSERT INTO relation VALUES (?, ?, ?)",
            ((one.subject, one.predicate, one.object) for piece in pieces for one in piece.relations),
        )
        put.executemany(
            "INSERT OR IGNORE INTO class VALUES (?, ?)", (pair for piece in pieces for pair in piece.classes)
        )
        put.executemany(
            "INSERT OR REPLACE INTO type VALUES (?, ?)",
            (pair for piece in pieces for pair in piece.type_names),
        )
        state = (self.position, self.digest, self.skipped)
        put.execute("UPDATE state SET position = ?, digest = ?, skipped = ?", state)
        put.execute("COMMIT")

    def _add_entities(self, new: dict[str, NewEntity]) -> None:
        known = self._known(list(new))
        entities = [entity for uid, entity in new.items() if uid not in known]
        rows, names = [], []
        for number, entity in enumerate(entities, start=self._entities):
            aliases = [name for name in dict.fromkeys(entity.aliases) if name and name != entity.name]
            keys = sorted({(normalise(name), int(name.islower())) for name in (entity.name, *aliases)})
            spelt = " \n ".join(dict.fromkeys(key for key, _ in keys))
            rows.append(
                (
                    *(number, entity.uid, entity.name, entity.description, entity.kind),
                    *(entity.popularity, " ".join(entity.types), "\n".join(aliases), f" {spelt} "),
                )
            )
            names += [(key, number, common) for key, common in keys]
        put = self._connection
        put.executemany("INSERT INTO entity VALUES (?,?,?,?,?,?,?,?,?)", rows)
        put.executemany("INSERT INTO alias VALUES (?, ?, ?)", names)
        types = {(uid,) for entity in entities for uid in entity.types}
        put.executemany("INSERT OR IGNORE INTO type (uid) VALUES (?)", sorted(types))
        self._entities += len(entities)

    def _known(self, uids: list[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(uids), AT_ONCE):
            some = uids[start : start + AT_ONCE]
            query = "SELECT uid FROM entity WHERE uid IN ({})".replace("{}", ",".join("?" * len(some)))
            found.update(row[0] for row in self._connection.execute(query, some))
        return found

    def end(self) -> None:
        """The source is read to its end."""
        self._connection.execute("UPDATE state SET complete = 1")
        self.complete = 1

    def write(self, report: Callable[[str], None] = lambda step: None) -> Counts:
        """Make the table of entities; what an earlier try left of it is thrown away."""
        path = self._folder / ENTITIES
        path.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as empty:
            empty.executescript(TABLES)
        put = self._connection
        put.execute("ATTACH ? AS graph", (str(path),))
        put.execute("PRAGMA graph.journal_mode = OFF")
        put.execute("PRAGMA graph.synchronous = OFF")
        put.execute(f"PRAGMA graph.cache_size = -{CACHE_KIB}")
        put.create_function("kind_of", 2, self._kinds(), deterministic=True)
        put.execute("BEGIN")
        for step, statements in _STEPS.items():
            report(step)
            for statement in statements:
                put.execute(statement)
        counts = self._counts()
        self._write_kinds_of_predicates()
        put.execute("COMMIT")
        put.execute("DETACH graph")
        with path.open("rb") as file:
            os.fsync(file.fileno())
        return counts

    def close(self) -> None:
        self._connection.close()

    def _begun_with(self) -> str | None:
        connection = sqlite3.connect(self._file)
        try:
            row = connection.execute("SELECT source FROM state").fetchone()
            return str(row[0]) if row else None
        except sqlite3.DatabaseError:  # killed before its first commit
            return None
        finally:
            connection.close()

    def _kinds(self) -> Callable[[str, str], str]:
        def parents(uid: str) -> list[str]:
            rows = self._connection.execute("SELECT parent FROM class WHERE type = ? ORDER BY parent", (uid,))
            return [row[0] for row in rows]

        def label(uid: str) -> str:
            row = self._connection.execute(
                "SELECT name FROM entity WHERE uid = ?1 UNION ALL SELECT name FROM type WHERE uid = ?1",
                (uid,),
            ).fetchone()
            return str(row[0]) if row else ""

        of_type = KindsOfTypes(parents, label)
        return lambda types, description: kind_of(map(of_type, types.split()), description)

    def _counts(self) -> Counts:
        return Counts(self._entities, *(self._connection.execute(query).fetchone()[0] for query in _COUNTED))

    def _write_kinds_of_predicates(self) -> None:
        for query, update in _KINDS_OF_PREDICATES:
            kinds: dict[int, dict[str, int]] = {}
            for predicate, kind, count in self._connection.execute(query):
                kinds.setdefault(predicate, {})[kind] = count
            self._connection.executemany(
                update, [(json.dumps(counts), predicate) for predicate, counts in kinds.items()]
            )


_STEPS = {
    "entities": [
        "INSERT INTO graph.entity SELECT id, uid, name, description, "
        "CASE kind WHEN '' THEN kind_of(types, description) ELSE kind END, popularity, types, aliases "
        "FROM entity ORDER BY id",
        "CREATE UNIQUE INDEX graph.entity_by_uid ON entity (uid)",
    ],
    "names": ["INSERT INTO graph.alias SELECT DISTINCT key, entity, common FROM alias ORDER BY 1, 2, 3"],
    "types": [
        "INSERT INTO graph.type SELECT t.uid, coalesce(t.name, e.name) FROM type t "
        "LEFT JOIN entity e ON e.uid = t.uid WHERE coalesce(t.name, e.name) IS NOT NULL",
    ],
    "relations": [
        "INSERT INTO graph.predicate (uid, name, description, aliases, subject_kinds, object_kinds) "
        "SELECT uid, name, description, aliases, '{}', '{}' FROM predicate "
        "UNION SELECT predicate, predicate, '', '', '{}', '{}' FROM relation "
        "WHERE predicate NOT IN (SELECT uid FROM predicate) ORDER BY uid",
        "INSERT INTO graph.relation SELECT DISTINCT s.id, p.id, o.id FROM relation r "
        "JOIN graph.entity s ON s.uid = r.subject JOIN graph.entity o ON o.uid = r.object "
        "JOIN graph.predicate p ON p.uid = r.predicate ORDER BY 1, 2, 3",
        "CREATE INDEX graph.relation_by_object ON relation (object, predicate, subject)",
    ],
    "spellings": [
        "INSERT INTO graph.spelling (rowid, keys) SELECT id, keys FROM entity ORDER BY id",
        "INSERT INTO graph.spelling (spelling) VALUES ('optimize')",
        "CREATE VIRTUAL TABLE graph.term USING fts5vocab(spelling, 'row')",
        "INSERT INTO graph.gram SELECT term, doc FROM graph.term",
        "DROP TABLE graph.term",
    ],
}
"""From the draft to the graph, in order."""

_COUNTED = (
    "SELECT count(*) FROM graph.alias",
    "SELECT count(*) FROM graph.predicate",
    "SELECT count(*) FROM graph.relation",
    "SELECT count(*) FROM relation r WHERE NOT EXISTS (SELECT 1 FROM entity WHERE uid = r.subject) "
    "OR NOT EXISTS (SELECT 1 FROM entity WHERE uid = r.object)",
)
_KINDS_OF_PREDICATES = (
    (
        "SELECT predicate, kind, count(*) FROM graph.relation r JOIN graph.entity e ON e.id = r.subject "
        "GROUP BY predicate, kind ORDER BY predicate, kind",
        "UPDATE graph.predicate SET subject_kinds = ? WHERE id = ?",
    ),
    (
        "SELECT predicate, kind, count(*) FROM graph.relation r JOIN graph.entity e ON e.id = r.object "
        "GROUP BY predicate, kind ORDER BY predicate, kind",
        "UPDATE graph.predicate SET object_kinds = ? WHERE id = ?",
    ),
)


def _said(piece: Piece) -> str:
    """All that a piece adds, for the hash."""
    words: list[str] = []
    for one in piece.entities:
        words += ("e", one.uid, one.name, one.description, one.kind, str(one.popularity))
        words += (*one.aliases, "", *one.types)
    for predicate in piece.predicates:
        words += ("p", predicate.uid, predicate.name, predicate.description, *predicate.aliases)
    for relation in piece.relations:
        words += ("r", relation.subject, relation.predicate, relation.object)
    for pair in (*piece.classes, *piece.type_names):
        words += ("t", *pair)
    return "\x1f".join(words)
