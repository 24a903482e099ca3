"""One commit into the record store: what is there is left alone, what is new goes to the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, and_, delete, not_, or_, select, update

from midspan import __version__
from midspan.db.jobs import items
from midspan.db.record_store import READING, Commit, RunResult
from midspan.db.records import codec, dialect, removal, tables
from midspan.db.records.bulk import insert_new
from midspan.db.records.changes import Changes
from midspan.db.records.paths import hold_places, location_row, newest_paths
from midspan.db.records.write_products import add_products, known_ids, source_of
from midspan.errors import LeaseLost
from midspan.records import (
    Location,
    Segment,
    Source,
)


def write(connection: Connection, commit: Commit, now: float) -> None:
    """Raises ``LeaseLost`` before anything is written."""
    items.check(connection, [*commit.leases, *(result.lease for result in commit.items)])
    changes = Changes()
    dialect.insert_ignore(
        connection, tables.run, [codec.run_row(run, __version__, now) for run in commit.runs]
    )
    _add_sources(connection, commit.sources)
    before = hold_places(connection, commit.locations)
    _hold_sources(connection, commit, before)
    _add_text(connection, commit)
    _add_segments(connection, commit.segments, changes)
    add_products(connection, commit.products, changes)
    _end_runs(connection, commit.results, changes, now)
    _move_paths(connection, commit.locations, before, changes)
    items.note_failures(connection, commit.failures, now)
    items.finish(connection, commit.items, now)
    changes.write(connection, now)


# --- sources and their text ---


def _add_sources(connection: Connection, sources: Sequence[Source]) -> None:
    """A source that was superseded and is here again counts as new."""
    if not sources:
        return
    dialect.insert_ignore(connection, tables.source, [codec.source_row(source) for source in sources])
    here = dialect.one_of(connection, tables.source.c.id, [source.id for source in sources])
    connection.execute(
        update(tables.source)
        .where(here, tables.source.c.superseded_by.is_not(None))
        .values(superseded_by=None)
    )


def _hold_sources(connection: Connection, commit: Commit, before: Mapping[str, str]) -> None:
    """Lock all sources that this commit touches, in one order, so that no other one writes about them
    before it ends. Nothing is written about a source that somebody has superseded since the work began.
    """
    touched = {chunk.source_id for chunk in commit.chunks}
    touched |= {source_id for source_id, _, _ in commit.pages}
    touched |= {segment.source_id for segment in commit.segments}
    touched |= {result.source_id for result in commit.results}
    touched |= {place.source_id for place in commit.locations}
    others = {source_of(product) for product in commit.products} | set(before.values())
    there = removal.hold(connection, touched | others)
    gone = touched - there
    if gone:
        raise LeaseLost(
            f"source {min(gone)} is not in the store or was superseded while it was worked on; look at its "
            "path again"
        )


def _add_text(connection: Connection, commit: Commit) -> None:
    chunks = [
        {
            "source_id": chunk.source_id,
            "run_id": chunk.run_id,
            "start": chunk.start,
            "end": chunk.start + len(chunk.text),
            "text": chunk.text,
        }
        for chunk in commit.chunks
    ]
    dialect.insert_ignore(connection, tables.chunk, chunks)
    dialect.insert_ignore(connection, tables.page, [codec.page_row(*entry) for entry in commit.pages])


def _add_segments(connection: Connection, segments: Sequence[Segment], changes: Changes) -> None:
    if not segments:
        return
    known = set(known_ids(connection, tables.segment, "id", [segment.id for segment in segments]))
    new = {segment.id: segment for segment in segments if segment.id not in known}
    insert_new(connection, tables.segment, [codec.segment_row(segment) for segment in new.values()])
    changes.words("segment", new)
    changes.words("document", (segment.source_id for segment in new.values()))


# --- runs ---


def _end_runs(connection: Connection, results: Sequence[RunResult], changes: Changes, now: float) -> None:
    if not results:
        return
    _note_results(connection, results, now)
    c = tables.run.c
    stage_of = dict(connection.execute(select(c.id, c.stage)).all())
    finished: dict[str, list[str]] = {}
    for result in results:
        if result.complete:
            finished.setdefault(result.run_id, []).append(result.source_id)
    for run_id, source_ids in finished.items():
        stage = stage_of[run_id]
        others = [other for other, named in stage_of.items() if named == stage and other != run_id]
        if not others:
            continue
        if stage == READING:
            reread = removal.remove_readings(connection, source_ids, others, changes)
            _forget_runs(connection, reread, results, [r for r, s in stage_of.items() if s == READING])
        else:
            removal.remove_said(connection, source_ids, others, changes)


def _note_results(connection: Connection, results: Sequence[RunResult], now: float) -> None:
    insert = dialect.insert(connection, tables.source_run)
    c = tables.source_run.c
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[c.source_id, c.run_id],
            set_={"complete": insert.excluded.complete, "finished_at": insert.excluded.finished_at},
            where=and_(not_(c.complete), insert.excluded.complete),
        ),
        [
            {
                "source_id": result.source_id,
                "run_id": result.run_id,
                "complete": result.complete,
                "finished_at": now,
            }
            for result in results
        ],
    )


def _forget_runs(
    connection: Connection, source_ids: Iterable[str], results: Sequence[RunResult], readings: Sequence[str]
) -> None:
    """After a new reading, what other stages said went with the old segments, so they are not done
    any more; but for those that end in this very commit."""
    c = tables.source_run.c
    for source_id in source_ids:
        kept = [result.run_id for result in results if result.source_id == source_id]
        connection.execute(
            delete(tables.source_run).where(
                c.source_id == source_id, not_(or_(c.run_id.in_(kept), c.run_id.in_(readings)))
            )
        )


# --- paths ---


def _move_paths(
    connection: Connection, places: Sequence[Location], before: Mapping[str, str], changes: Changes
) -> None:
    """Point paths at their sources; retire a source that has lost its last path."""
    if not places:
        return
    rows = {codec.escape(place.uri): place for place in places}
    fresh = {place.uri for uri, place in rows.items() if uri not in before}
    touched = sorted({*before.values(), *(place.source_id for place in places)})
    shown = newest_paths(connection, touched, but=fresh)
    _upsert_places(connection, rows)
    shows = newest_paths(connection, touched)
    for uri, place in rows.items():
        old = before.get(uri)
        if old is not None and old != place.source_id and old not in shows:
            removal.retire(connection, old, place.source_id, changes)
    moved = {(before.get(uri), place.source_id) for uri, place in rows.items()}
    changes.words("document", {one for old, new in moved if old != new for one in (old, new) if one})
    renamed = [source_id for source_id in shows if shows[source_id] != shown.get(source_id)]
    removal.note_shown(
        connection,
        changes,
        lambda table: select(table.c.id).where(dialect.one_of(connection, table.c.source_id, renamed)),
    )


def _upsert_places(connection: Connection, rows: Mapping[str, Location]) -> None:
    insert = dialect.insert(connection, tables.location)
    names = ("source_id", "byte_count", "modified_ns", "seen_at")
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[tables.location.c.uri], set_={name: insert.excluded[name] for name in names}
        ),
        [location_row(uri, place) for uri, place in sorted(rows.items())],
    )
