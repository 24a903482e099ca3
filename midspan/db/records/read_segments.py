"""Reading segments: by source, id or key, by filter, and by full text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Select, exists, or_, select

from midspan.db.record_store import SegmentFilter, TextHit
from midspan.db.records import codec, dialect, fulltext
from midspan.db.records.read_sources import RECORDS, reading_of
from midspan.db.records.tables import action_event, segment, source, thumbnail
from midspan.records import Segment


def of_source(connection: Connection, source_id: str, after: int, limit: int) -> list[Segment]:
    rows = connection.execute(
        select(segment)
        .where(segment.c.source_id == source_id, segment.c.run_id == reading_of(connection, source_id))
        .where(segment.c.ordinal > after)
        .order_by(segment.c.ordinal)
        .limit(limit)
    )
    return [codec.to_segment(row) for row in rows.mappings()]


def by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Segment]:
    where = dialect.one_of(connection, segment.c.id, ids)
    rows = connection.execute(select(segment).where(where)).mappings()
    return {row["id"]: codec.to_segment(row) for row in rows}


def by_key(connection: Connection, keys: Sequence[int]) -> dict[int, Segment]:
    where = dialect.one_of(connection, segment.c.key, [int(key) for key in keys])
    rows = connection.execute(select(segment).where(where)).mappings()
    return {row["key"]: codec.to_segment(row) for row in rows}


def keys(connection: Connection, where: SegmentFilter) -> npt.NDArray[np.int64]:
    wanted = select(segment.c.key).where(*passing(connection, where)).order_by(segment.c.key)
    return np.fromiter(connection.scalars(wanted), dtype=np.int64)


def passing(connection: Connection, where: SegmentFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on ``segment``."""
    conditions: list[ColumnElement[bool]] = []
    if where.source_ids is not None:
        conditions.append(dialect.one_of(connection, segment.c.source_id, sorted(where.source_ids)))
    if where.record_kinds is not None:
        conditions.append(or_(False, *(_carries(kind) for kind in sorted(where.record_kinds))))
    of_source = [
        *([source.c.kind == where.source_kind] if where.source_kind is not None else []),
        *([source.c.added_at >= where.added_from] if where.added_from is not None else []),
        *([source.c.added_at < where.added_until] if where.added_until is not None else []),
    ]
    if of_source:
        conditions.append(segment.c.source_id.in_(select(source.c.id).where(*of_source)))
    if where.start is not None:
        conditions.append(segment.c.end > where.start)
    if where.end is not None:
        conditions.append(segment.c.start < where.end)
    return conditions


def _carries(kind: str) -> ColumnElement[bool]:
    """Whether a segment has a record of a kind; that it has no anatomy is no such record."""
    table = RECORDS[kind]
    has = exists().where(table.c.segment_id == segment.c.id)
    if kind == "atlas":
        has = has.where(or_(table.c.status == "grounded", table.c.named))
    # Correlated by name: a search for events has the table of events in its own FROM too.
    return has.correlate(segment)


def search(connection: Connection, query: str, where: SegmentFilter, limit: int) -> list[TextHit]:
    found = dialect.matching(connection, segment, list(segment.c), fulltext.parse(query))
    if found is None:
        return []
    rows = connection.execute(_limited(found, where, connection, limit)).mappings()
    return [TextHit(codec.to_segment(row), float(row["score"])) for row in rows]


def search_events(
    connection: Connection, query: str, where: SegmentFilter, limit: int
) -> list[tuple[str, float]]:
    found = dialect.matching(connection, action_event, [action_event.c.id], fulltext.parse(query))
    if found is None:
        return []
    found = found.join(segment, segment.c.id == action_event.c.segment_id)
    rows = connection.execute(_limited(found, where, connection, limit))
    return [(event_id, float(score)) for event_id, score in rows]


def _limited(found: Select[Any], where: SegmentFilter, connection: Connection, limit: int) -> Select[Any]:
    return found.where(*passing(connection, where)).limit(limit)


def jpeg(connection: Connection, segment_id: str) -> bytes | None:
    return connection.scalar(select(thumbnail.c.jpeg).where(thumbnail.c.segment_id == segment_id))
