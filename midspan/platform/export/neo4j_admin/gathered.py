"""The whole graph as tables on disk, where what facts share is brought together: memory does not grow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from midspan.db.graph.batch import batch_of
from midspan.db.record_store import GraphItem

AT_ONCE = 2000

_TABLES = """
CREATE TABLE documents (uid TEXT PRIMARY KEY, name, path, kind) WITHOUT ROWID;
CREATE TABLE sentences (uid TEXT PRIMARY KEY, document, text, page) WITHOUT ROWID;
CREATE TABLE entities (uid TEXT PRIMARY KEY, name, kind, in_kg, sort, mentioned) WITHOUT ROWID;
CREATE TABLE predicates (uid TEXT PRIMARY KEY, name) WITHOUT ROWID;
CREATE TABLE assertions (
  uid TEXT PRIMARY KEY, subject, predicate, object, object_value, object_kind, polarity, modality, status
) WITHOUT ROWID;
CREATE TABLE mentions (
  uid TEXT PRIMARY KEY, sentence, assertion, subject, predicate, object, subject_name, predicate_name,
  object_name, subject_score, predicate_score, object_score, start, finish, score, polarity, modality,
  generator, run
) WITHOUT ROWID;
CREATE TABLE same (one, other, one_name, other_name, "by", at, why, decision);
"""
_INDEXES = """
CREATE INDEX of_sentence ON mentions (sentence, start, finish);
CREATE INDEX of_assertion ON mentions (assertion, score, predicate_name);
"""

_PUT = {
    "documents": "INSERT OR REPLACE INTO documents VALUES (:uid, :name, :path, :kind)",
    "sentences": "INSERT OR REPLACE INTO sentences VALUES (:uid, :document, :text, :page)",
    "entities": """
        INSERT INTO entities VALUES (:uid, :name, :kind, :in_kg, :sort, 1)
        ON CONFLICT (uid) DO UPDATE SET name = min(name, excluded.name)""",
    "predicates": """
        INSERT INTO predicates VALUES (:uid, :name)
        ON CONFLICT (uid) DO UPDATE SET name = min(name, excluded.name)""",
    "assertions": """
        INSERT OR IGNORE INTO assertions VALUES (:uid, :subject, :predicate, :object, :object_value,
        :object_kind, :polarity, :modality, :status)""",
    "mentions": """
        INSERT INTO mentions VALUES (:uid, :sentence, :assertion, :subject, :predicate, :object,
        :subject_name, :predicate_name, :object_name, :subject_score, :predicate_score, :object_score,
        :start, :finish, :score, :polarity, :modality, :generator, :run)""",
    "ends": """
        INSERT INTO entities VALUES (:uid, :name, :kind, :in_kg, NULL, 0)
        ON CONFLICT (uid) DO UPDATE SET name = min(name, excluded.name) WHERE NOT mentioned""",
    "same": """
        INSERT INTO same VALUES (:one, :other, :one_name, :other_name, :by, :at, :why, :decision)""",
}
"""By the parts of a batch."""


class Gathered:
    """Raises ``OSError`` where the disk is full."""

    def __init__(self, file: Path) -> None:
        """A database of its own, which goes when this is closed."""
        self._file = file

    def __enter__(self) -> Gathered:
        self._database = sqlite3.connect(self._file, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -64000"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        self._file.unlink(missing_ok=True)

    def put(self, items: Iterable[GraphItem]) -> None:
        """Facts first, then merges: of an entity that a fact is about, a merge does not change the name."""
        rest = iter(items)
        try:
            while portion := list(islice(rest, AT_ONCE)):
                batch = batch_of(portion, [])
                for part, statement in _PUT.items():
                    self._database.executemany(statement, batch[part])
            self._database.executescript(_INDEXES)
        except sqlite3.OperationalError as error:
            raise OSError(str(error)) from error

    def rows(self, select: str) -> Iterator[Sequence[Any]]:
        yield from self._database.execute(select)
