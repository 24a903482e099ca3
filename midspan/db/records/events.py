"""Events by what happens and where, in SQL."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Engine, ScalarSelect, Select, func, select

from midspan.db.record_store import EventFilter, EventStore, EventTerm, Ref, SegmentFilter, Video
from midspan.db.records import dialect
from midspan.db.records.engine import reading
from midspan.db.records.event_terms import nouns, of_terms
from midspan.db.records.kinds.event import action_event, to_event
from midspan.db.records.read_segments import passing
from midspan.db.records.tables import segment, source
from midspan.records import ActionEvent

T = TypeVar("T")
FETCHED = 500
"""Rows of an export in memory at once."""


_REFS = dialect.ByValues(
    action_event.c.key, select(*(action_event.c[name] for name in ("key", "id", "source_id", "unit")))
)


class SqlEvents(EventStore):
    """The verbs of :class:`EventStore`."""

    _engine: Engine

    def find_events(self, where: EventFilter, limit: int, offset: int = 0) -> list[ActionEvent]:
        with reading(self._engine) as connection:
            wanted = _in_time(connection, where).limit(limit).offset(offset)
            return [to_event(row) for row in connection.execute(wanted).mappings()]

    def all_events(self, where: EventFilter) -> Iterator[ActionEvent]:
        with reading(self._engine) as connection:
            wanted = _in_time(connection, where).execution_options(yield_per=FETCHED)
            for row in connection.execute(wanted).mappings():
                yield to_event(row)

    def count_events(self, where: EventFilter) -> int:
        with reading(self._engine) as connection:
            counted = select(func.count()).select_from(action_event).where(*_conditions(connection, where))
            return connection.scalar(counted) or 0

    def event_keys(self, where: SegmentFilter) -> npt.NDArray[np.int64]:
        with reading(self._engine) as connection:
            begun = select(action_event.c.key).join(segment, segment.c.id == action_event.c.segment_id)
            wanted = begun.where(*of_terms(where.verb, where.noun), *passing(connection, where))
            return np.fromiter(connection.scalars(wanted.order_by(action_event.c.key)), dtype=np.int64)

    def events_by_key(self, keys: Sequence[int]) -> dict[int, ActionEvent]:
        with reading(self._engine) as connection:
            where = dialect.one_of(connection, action_event.c.key, [int(key) for key in keys])
            rows = connection.execute(select(action_event).where(where)).mappings()
            return {row["key"]: to_event(row) for row in rows}

    def event_refs(self, keys: Sequence[int]) -> dict[int, Ref]:
        with reading(self._engine) as connection:
            rows = _REFS.of(connection, [int(key) for key in keys])
            return {key: Ref(event_id, of, ActionEvent.kind, unit) for key, event_id, of, unit in rows}

    def event_verbs(self, where: EventFilter, limit: int) -> list[EventTerm]:
        with reading(self._engine) as connection:
            count = func.count().label("events")
            wanted = (
                select(action_event.c.verb, count)
                .where(*_conditions(connection, where))
                .group_by(action_event.c.verb)
                .order_by(count.desc(), action_event.c.verb)
                .limit(limit)
            )
            return [EventTerm(verb, events) for verb, events in connection.execute(wanted)]

    def event_nouns(self, where: EventFilter, limit: int) -> list[EventTerm]:
        """Lists that are alike come as one row, so that the rows are as many as sorts of events."""
        with reading(self._engine) as connection:
            written = nouns().label("listed")
            wanted = select(written, func.count()).where(*_conditions(connection, where)).group_by(written)
            counts: Counter[str] = Counter()
            for listed, events in connection.execute(wanted):
                for noun in dict.fromkeys(json.loads(listed)):
                    counts[noun] += events
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [EventTerm(noun, events) for noun, events in ranked[:limit]]

    def videos(self, where: EventFilter, limit: int) -> list[Video]:
        with reading(self._engine) as connection:
            found = _videos(connection, where, limit)
            rows = connection.execute(found).mappings().all()
        return [Video(**row) for row in rows]


def _in_time(connection: Connection, where: EventFilter) -> Select[tuple[object, ...]]:
    placed = action_event.c
    wanted = select(action_event).where(*_conditions(connection, where))
    return wanted.order_by(placed.source_id, placed.start, placed.end, placed.id)


def _conditions(connection: Connection, where: EventFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if where.source_ids is not None:
        found.append(dialect.one_of(connection, action_event.c.source_id, sorted(where.source_ids)))
    found += of_terms(where.verb, where.noun)
    if where.least_score > 0:
        found.append(action_event.c.score >= where.least_score)
    return found


def _videos(connection: Connection, where: EventFilter, limit: int) -> Select[tuple[object, ...]]:
    """What is said of each is looked up by its source, so that other videos cost nothing."""
    window = (segment.c.source_id == source.c.id, segment.c.unit == "s")
    first, last = segment.c.ordinal, segment.c.ordinal.desc()
    events = select(func.count()).where(action_event.c.source_id == source.c.id)
    wanted = (
        select(
            source.c.id.label("source_id"),
            source.c.title,
            func.coalesce(_one(select(segment.c.end).where(*window).order_by(last)), 0.0).label("seconds"),
            _one(select(segment.c.id).where(*window).order_by(first)).label("first_segment"),
            events.where(*_conditions(connection, where)).scalar_subquery().label("events"),
        )
        .where(source.c.kind == "video", source.c.superseded_by.is_(None))
        .order_by(source.c.title, source.c.id)
        .limit(limit)
    )
    if where.source_ids is not None:
        wanted = wanted.where(dialect.one_of(connection, source.c.id, sorted(where.source_ids)))
    return wanted


def _one(rows: Select[tuple[T]]) -> ScalarSelect[T]:
    return rows.limit(1).scalar_subquery()
