"""Taking things out of the record store; whatever goes is noted for the projections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, exists, select, update

from midspan.db.records import dialect
from midspan.db.records.changes import Changes
from midspan.db.records.event_vectors import note_event_vectors
from midspan.db.records.kinds import KINDS
from midspan.db.records.kinds.event import action_event
from midspan.db.records.tables import chunk, embedding, location, page, segment, source, source_run

REMOVED = ""
"""In ``source.superseded_by``: taken out, and nothing came in its place."""


def hold(connection: Connection, source_ids: Iterable[str]) -> set[str]:
    """Lock the rows of sources to the end of the transaction, always in the same order, so that one writer
    at a time works on a source; returns those that are there and not superseded."""
    c = source.c
    wanted = select(c.id, c.superseded_by).where(dialect.one_of(connection, c.id, sorted(source_ids)))
    rows = connection.execute(wanted.order_by(c.id).with_for_update(key_share=True))
    return {source_id for source_id, superseded_by in rows if superseded_by is None}


def note_shown(connection: Connection, changes: Changes, ids: Callable[[Table], Select[Any]]) -> None:
    """Note these records (``ids`` of a kind's table) for the projections that show their kinds with the
    names of their sources."""
    for kind in KINDS.values():
        if kind.target is not None:
            changes.records(kind.target, connection.scalars(ids(kind.table)))


def _note_gone(connection: Connection, changes: Changes, ids: Callable[[Table], Select[Any]]) -> None:
    """Note these records for all that holds anything of them."""
    note_shown(connection, changes, ids)
    for kind in KINDS.values():
        if kind.words:
            changes.words("record", connection.scalars(ids(kind.table)))


def remove_segments(connection: Connection, where: ColumnElement[bool], changes: Changes) -> None:
    """Delete segments with all that hangs on them (the foreign keys cascade)."""
    _note_gone(
        connection,
        changes,
        lambda table: select(table.c.id).join(segment, table.c.segment_id == segment.c.id).where(where),
    )
    keys = select(embedding.c.segment_key, embedding.c.space)
    on_key = embedding.c.segment_key == segment.c.key
    changes.vectors(connection.execute(keys.join(segment, on_key).where(where)))
    going = select(segment.c.id).where(where)
    note_event_vectors(connection, changes, action_event.c.segment_id.in_(going))
    changes.words("segment", connection.scalars(select(segment.c.id).where(where)))
    changes.words("document", connection.scalars(select(segment.c.source_id).where(where).distinct()))
    connection.execute(delete(segment).where(where))


def _by(
    connection: Connection, table: Table, source_ids: Sequence[str], run_ids: Sequence[str]
) -> ColumnElement[bool]:
    """Rows of these sources and these runs."""
    return and_(dialect.one_of(connection, table.c.source_id, source_ids), table.c.run_id.in_(run_ids))


def remove_said(
    connection: Connection, source_ids: Sequence[str], run_ids: Sequence[str], changes: Changes
) -> None:
    """Delete what these runs said about these sources, and that they went over them."""

    def said(table: Table) -> ColumnElement[bool]:
        return _by(connection, table, source_ids, run_ids)

    _note_gone(connection, changes, lambda table: select(table.c.id).where(said(table)))
    keys = select(embedding.c.segment_key, embedding.c.space).where(said(embedding))
    changes.vectors(connection.execute(keys))
    note_event_vectors(connection, changes, said(action_event))
    for table in (*(kind.table for kind in KINDS.values()), embedding, source_run):
        connection.execute(delete(table).where(said(table)))


def remove_readings(
    connection: Connection, source_ids: Sequence[str], run_ids: Sequence[str], changes: Changes
) -> set[str]:
    """Delete what these reading runs read of these sources; returns the sources that had segments."""

    def read(table: Table) -> ColumnElement[bool]:
        return _by(connection, table, source_ids, run_ids)

    had = set(connection.scalars(select(segment.c.source_id).where(read(segment)).distinct()))
    remove_segments(connection, read(segment), changes)
    for table in (chunk, page, source_run):
        connection.execute(delete(table).where(read(table)))
    return had


def retire(connection: Connection, source_id: str, superseded_by: str | None, changes: Changes) -> None:
    """Remove everything of a source but its row. It must be held."""
    remove_segments(connection, segment.c.source_id == source_id, changes)
    for table in (chunk, page, source_run, location):
        connection.execute(delete(table).where(table.c.source_id == source_id))
    connection.execute(
        update(source)
        .where(source.c.id == source_id)
        .values(superseded_by=REMOVED if superseded_by is None else superseded_by)
    )


def discard(connection: Connection, source_id: str, run_id: str, changes: Changes) -> None:
    """Remove what a reading run that did not get to its end left of a source, and the source itself
    when nothing else of it is there. It must be held."""
    here = and_(source_run.c.source_id == source_id, source_run.c.run_id == run_id)
    if connection.scalar(select(exists().where(here, source_run.c.complete))):
        return
    remove_readings(connection, [source_id], [run_id], changes)
    if not connection.scalar(select(exists().where(segment.c.source_id == source_id))):
        connection.execute(delete(source).where(source.c.id == source_id, source.c.superseded_by.is_(None)))
