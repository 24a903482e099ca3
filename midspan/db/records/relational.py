"""The record store over SQLAlchemy: SQLite in the workspace, or PostgreSQL."""

from __future__ import annotations

from contextlib import AbstractContextManager

from sqlalchemy import Engine

from midspan.db import migrate
from midspan.db.record_store import Findings, RecordReader, RecordStore
from midspan.db.records import integrity
from midspan.db.records.atlases import SqlAtlases
from midspan.db.records.decisions import SqlDecisions
from midspan.db.records.engine import moment
from midspan.db.records.events import SqlEvents
from midspan.db.records.facts import SqlFacts
from midspan.db.records.projections import SqlOutbox
from midspan.db.records.read_records import RecordReading
from midspan.db.records.read_segments import SegmentReading
from midspan.db.records.read_sources import SourceReading
from midspan.db.records.scenes import SqlScenes
from midspan.db.records.writer import SqlWriter


class SqlReader(SourceReading, SegmentReading, RecordReading, RecordReader):
    _engine: Engine

    def moment(self) -> AbstractContextManager[None]:
        return moment(self._engine)


class SqlRecordStore(
    SqlWriter,
    SqlReader,
    SqlOutbox,
    SqlAtlases,
    SqlDecisions,
    SqlFacts,
    SqlEvents,
    SqlScenes,
    RecordStore,
):
    """Safe to use from several threads; each call takes a connection of the engine's pool."""

    def __init__(self, engine: Engine) -> None:
        """Raises ``NewerSchema``, or ``StoreError`` when the schema has not been brought up."""
        migrate.check(engine)
        self._engine = engine

    def check_database(self) -> Findings:
        return integrity.database(self._engine)

    def check_rows(self) -> Findings:
        return integrity.contents(self._engine)

    def close(self) -> None:
        self._engine.dispose()
