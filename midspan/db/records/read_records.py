"""Reading what the stages said: records of any kind, the runs that say it, counts and failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, func, select

from midspan.db.record_store import TARGET_OF, Ref
from midspan.db.records import codec, dialect
from midspan.db.records.engine import reading
from midspan.db.records.kinds import KINDS, Kind, kind_named
from midspan.db.records.kinds.event import event_embedding
from midspan.db.records.kinds.kind import Part
from midspan.db.records.tables import embedding, failure, run, segment, source
from midspan.errors import UnknownName
from midspan.records import Failure, Record, Run

_REFS = {
    name: dialect.ByValues(
        kind.table.c.id, select(kind.table.c.id, kind.table.c.source_id, kind.table.c.unit)
    )
    for name, kind in KINDS.items()
}


class RecordReading:
    """The verbs of :class:`RecordReader` about records, runs and failures."""

    _engine: Engine

    def record(self, record_id: str) -> Record | None:
        with reading(self._engine) as connection:
            for kind in KINDS.values():
                if found := fetch(connection, kind, [kind.table.c.id == record_id], 1):
                    return found[0]
        return None

    def records_by_id(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        of = kind_named(kind)
        with reading(self._engine) as connection:
            found = fetch(connection, of, [dialect.one_of(connection, of.table.c.id, ids)])
        return {record.id: record for record in found}

    def record_refs(self, ids: Sequence[str]) -> list[Ref]:
        found: list[Ref] = []
        with reading(self._engine) as connection:
            for name, kind in KINDS.items():
                if kind.words and ids:
                    rows = _REFS[name].of(connection, ids)
                    found += [Ref(record_id, of, name, unit) for record_id, of, unit in rows]
        return found

    def records_of(self, segment_ids: Sequence[str], kinds: Sequence[str] = ()) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        with reading(self._engine) as connection:
            for kind in [kind_named(name) for name in kinds or KINDS]:
                where = dialect.one_of(connection, kind.table.c.segment_id, segment_ids)
                for record in fetch(connection, kind, [where]):
                    found.setdefault(record.provenance.segment_id, []).append(record)
        for records in found.values():
            records.sort(key=lambda record: (record.provenance.start, record.provenance.end))
        return found

    def records(
        self, kind: str, where: Mapping[str, Any] | None = None, limit: int = 100, offset: int = 0
    ) -> list[Record]:
        of = kind_named(kind)
        for name in where or {}:
            if name not in of.table.c:
                raise UnknownName(f"column of {kind} records", name, list(of.table.c.keys()))
        conditions = [of.table.c[name] == value for name, value in (where or {}).items()]
        with reading(self._engine) as connection:
            return fetch(connection, of, conditions, limit, offset)

    def run(self, run_id: str) -> Run | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(run).where(run.c.id == run_id)).mappings().first()
            return codec.to_run(row) if row is not None else None

    def counts(self) -> dict[str, int]:
        with reading(self._engine) as connection:
            return count_all(connection)

    def failures(self, job_id: str | None = None, limit: int = 1000) -> list[Failure]:
        wanted = select(failure).order_by(failure.c.id).limit(limit)
        if job_id is not None:
            wanted = wanted.where(failure.c.job_id == job_id)
        with reading(self._engine) as connection:
            return [codec.to_failure(row) for row in connection.execute(wanted).mappings()]


def count_all(connection: Connection) -> dict[str, int]:
    """Everything of a superseded source is gone but its row."""

    def count(what: Any, *where: ColumnElement[bool]) -> int:
        return connection.scalar(select(func.count()).select_from(what).where(*where)) or 0

    found = {"source": count(source, source.c.superseded_by.is_(None)), "segment": count(segment)}
    found |= {name: count(kind.table, *kind.counted) for name, kind in KINDS.items()}
    spaces = connection.execute(select(embedding.c.space, func.count()).group_by(embedding.c.space))
    by_space: dict[str, int] = dict(spaces.all()) | {"event": count(event_embedding)}
    return found | {f"embedding.{space}": by_space.get(space, 0) for space in TARGET_OF}


def fetch(
    connection: Connection,
    kind: Kind,
    where: Sequence[ColumnElement[bool]],
    limit: int | None = None,
    offset: int = 0,
) -> list[Record]:
    """Records of a kind by id."""
    table = kind.table
    wanted = select(table).where(*where).order_by(table.c.id).limit(limit).offset(offset or None)
    rows = connection.execute(wanted).mappings().all()
    ids = [row["id"] for row in rows]
    parts = [_parts(connection, part, ids) for part in kind.parts]
    return [kind.record_of(row, *(part.get(row["id"], []) for part in parts)) for row in rows]


def _parts(connection: Connection, part: Part, ids: Sequence[str]) -> dict[str, list[RowMapping]]:
    """The rows of a part by the record they belong to, in order."""
    found: dict[str, list[RowMapping]] = {}
    if ids:
        where = dialect.one_of(connection, part.table.c[part.owner], ids)
        for row in connection.execute(select(part.table).where(where).order_by(part.table.c.idx)).mappings():
            found.setdefault(row[part.owner], []).append(row)
    return found
