"""Reading segments: by source, id or key, and by filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Engine, Select, exists, func, or_, select

from midspan.db.record_store import Ref, SegmentFilter
from midspan.db.records import codec, dialect
from midspan.db.records.engine import reading
from midspan.db.records.event_terms import of_terms
from midspan.db.records.kinds import Kind, kind_named
from midspan.db.records.kinds.event import action_event
from midspan.db.records.read_sources import reading_of
from midspan.db.records.tables import embedding, segment, source, thumbnail
from midspan.records import Segment

_BY_ID = dialect.ByValues(segment.c.id, select(segment))
_REFS = dialect.ByValues(
    segment.c.key, select(*(segment.c[name] for name in ("id", "source_id", "kind", "unit", "key")))
)


def _passages(connection: Connection) -> Select[tuple[int, int | None]]:
    source_id, key = dialect.pairs(connection)
    c = embedding.c
    begins = select(func.max(c.segment_key)).where(
        c.space == "passage", c.source_id == source_id, c.segment_key <= key
    )
    return select(source_id, begins.scalar_subquery())


_PASSAGES = dialect.Prepared(_passages)


class SegmentReading:
    """The verbs of :class:`RecordReader` about segments."""

    _engine: Engine

    def segments(self, source_id: str, after: int = -1, limit: int = 1000) -> list[Segment]:
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(segment)
                .where(
                    segment.c.source_id == source_id, segment.c.run_id == reading_of(connection, source_id)
                )
                .where(segment.c.ordinal > after)
                .order_by(segment.c.ordinal)
                .limit(limit)
            )
            return [codec.to_segment(row) for row in rows.mappings()]

    def segments_by_id(self, ids: Sequence[str]) -> dict[str, Segment]:
        with reading(self._engine) as connection:
            rows = _BY_ID.of(connection, ids)
            return {row.id: codec.to_segment(row._mapping) for row in rows}

    def segments_by_key(self, keys: Sequence[int]) -> dict[int, Segment]:
        with reading(self._engine) as connection:
            where = dialect.one_of(connection, segment.c.key, [int(key) for key in keys])
            rows = connection.execute(select(segment).where(where)).mappings()
            return {row["key"]: codec.to_segment(row) for row in rows}

    def segment_refs(self, keys: Sequence[int]) -> dict[int, Ref]:
        with reading(self._engine) as connection:
            rows = _REFS.of(connection, [int(key) for key in keys])
            return {row[-1]: Ref._make(row) for row in rows}

    def passages_of(self, places: Mapping[str, int]) -> dict[str, int]:
        """The last passage of the source that begins at or before the segment: keys grow along a source."""
        with reading(self._engine) as connection:
            rows = _PASSAGES.rows(connection, dialect.many_pairs(connection, places))
            return {source_id: passage for source_id, passage in rows if passage is not None}

    def segment_keys(self, where: SegmentFilter) -> npt.NDArray[np.int64]:
        with reading(self._engine) as connection:
            wanted = select(segment.c.key).where(*passing(connection, where)).order_by(segment.c.key)
            return np.fromiter(connection.scalars(wanted), dtype=np.int64)

    def thumbnail(self, segment_id: str) -> bytes | None:
        with reading(self._engine) as connection:
            return connection.scalar(select(thumbnail.c.jpeg).where(thumbnail.c.segment_id == segment_id))

    def segment_sources(self, where: SegmentFilter) -> frozenset[str]:
        with reading(self._engine) as connection:
            wanted = select(segment.c.source_id).where(*passing(connection, where)).distinct()
            return frozenset(connection.scalars(wanted))


def passing(connection: Connection, where: SegmentFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on ``segment``."""
    conditions: list[ColumnElement[bool]] = []
    if where.source_ids is not None:
        conditions.append(dialect.one_of(connection, segment.c.source_id, sorted(where.source_ids)))
    if where.record_kinds is not None:
        conditions.append(or_(False, *(_carries(kind_named(name)) for name in sorted(where.record_kinds))))
    of_source = [
        *([source.c.kind == where.source_kind] if where.source_kind is not None else []),
        *([source.c.added_at >= where.added_from] if where.added_from is not None else []),
        *([source.c.added_at < where.added_until] if where.added_until is not None else []),
    ]
    if of_source:
        conditions.append(segment.c.source_id.in_(select(source.c.id).where(*of_source)))
    if where.verb is not None or where.noun is not None:
        said = exists().where(action_event.c.segment_id == segment.c.id, *of_terms(where.verb, where.noun))
        conditions.append(said.correlate(segment))
    if where.start is not None:
        conditions.append(segment.c.end > where.start)
    if where.end is not None:
        conditions.append(segment.c.start < where.end)
    return conditions


def _carries(kind: Kind) -> ColumnElement[bool]:
    """Whether a segment has a record of a kind."""
    has = exists().where(kind.table.c.segment_id == segment.c.id, *kind.carried)
    return has.correlate(segment)
