"""Writing into the record store, and what is done already."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, and_, select

from midspan.db.record_store import Commit, RecordWriter
from midspan.db.records import checksums, codec, dialect, removal
from midspan.db.records import write as writes
from midspan.db.records.changes import Changes
from midspan.db.records.engine import reading, write
from midspan.db.records.tables import embedding, source, source_run


class SqlWriter(RecordWriter):
    _engine: Engine

    def commit(self, commit: Commit) -> None:
        def work(connection: Connection) -> None:
            writes.write(connection, commit, time.time())

        write(self._engine, work)

    def retire(self, source_id: str, superseded_by: str | None) -> None:
        def work(connection: Connection) -> None:
            changes = Changes()
            removal.hold(connection, [source_id])
            removal.retire(connection, source_id, superseded_by, changes)
            changes.write(connection, time.time())

        write(self._engine, work)

    def discard(self, source_id: str, run_id: str) -> None:
        def work(connection: Connection) -> None:
            changes = Changes()
            removal.hold(connection, [source_id])
            removal.discard(connection, source_id, run_id, changes)
            changes.write(connection, time.time())

        write(self._engine, work)

    def complete_runs(self, source_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        on_run = and_(source_run.c.source_id == source.c.id, source_run.c.complete)
        found: dict[str, set[str]] = {}
        with reading(self._engine) as connection:
            there = dialect.one_of(connection, source.c.id, source_ids)
            rows = connection.execute(
                select(source.c.id, source_run.c.run_id)
                .join(source_run, on_run, isouter=True)
                .where(there, source.c.superseded_by.is_(None))
            )
            for source_id, run_id in rows:
                found.setdefault(source_id, set()).update([run_id] if run_id is not None else [])
        return {source_id: frozenset(run_ids) for source_id, run_ids in found.items()}

    def cached_vectors(self, run_id: str, text_sha256: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        c = embedding.c
        with reading(self._engine) as connection:
            known = dialect.one_of(connection, c.text_sha256, text_sha256)
            rows = connection.execute(select(embedding).where(known, c.run_id == run_id)).mappings()
            return {
                row["text_sha256"]: codec.unpack_vectors([row["vector"]])[0]
                for row in rows
                if checksums.intact(row)
            }
