"""Reading sources: what they are, what was found in them, their text and pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, case, func, not_, or_, select

from midspan.db.jobs.items import failed_places
from midspan.db.record_store import READING, SourceName, SourceSummary
from midspan.db.records import codec, dialect, paths
from midspan.db.records.engine import reading
from midspan.db.records.kinds import KINDS
from midspan.db.records.tables import chunk, location, page, run, segment, source, source_run
from midspan.records import Location, Page, Source

_TITLES = dialect.ByValues(source.c.id, select(source.c.id, source.c.title))


class SourceReading:
    """The verbs of :class:`RecordReader` about sources."""

    _engine: Engine

    def locations(self, uris: Sequence[str]) -> dict[str, Location]:
        with reading(self._engine) as connection:
            return paths.locations(connection, uris)

    def source(self, source_id: str) -> Source | None:
        with reading(self._engine) as connection:
            return _one(connection, source_id)

    def sources(self, limit: int = 100, offset: int = 0, contains: str = "") -> list[SourceSummary]:
        with reading(self._engine) as connection:
            return _summaries(connection, _newest(connection, limit, offset, contains))

    def summary(self, source_id: str) -> SourceSummary | None:
        with reading(self._engine) as connection:
            found = _one(connection, source_id)
            return _summaries(connection, [found])[0] if found is not None else None

    def names(self, source_ids: Sequence[str]) -> dict[str, SourceName]:
        with reading(self._engine) as connection:
            places = paths.paths(connection, source_ids)
            return {
                source_id: SourceName(title, tuple(places.get(source_id, ())))
                for source_id, title in _TITLES.of(connection, source_ids)
            }

    def text(self, source_id: str, start: int, end: int) -> str:
        with reading(self._engine) as connection:
            start = max(0, start)
            if end <= start:
                return ""
            rows = connection.execute(
                select(chunk.c.start, chunk.c.text)
                .where(chunk.c.source_id == source_id, chunk.c.run_id == reading_of(connection, source_id))
                .where(chunk.c.start < end, chunk.c.end > start)
                .order_by(chunk.c.start)
            )
            return "".join(piece[max(0, start - at) : end - at] for at, piece in rows)

    def page(self, source_id: str, number: int) -> Page | None:
        with reading(self._engine) as connection:
            where = and_(
                page.c.source_id == source_id,
                page.c.run_id == reading_of(connection, source_id),
                page.c.number == number,
            )
            row = connection.execute(select(page).where(where)).mappings().first()
            return codec.to_page(row) if row is not None else None


def _one(connection: Connection, source_id: str) -> Source | None:
    row = connection.execute(select(source).where(source.c.id == source_id)).mappings().first()
    return codec.to_source(row) if row is not None else None


def _newest(connection: Connection, limit: int, offset: int, contains: str) -> list[Source]:
    """Sources that are not superseded; ``contains`` looks into title and paths, in any case."""
    wanted = select(source).where(source.c.superseded_by.is_(None))
    if contains:
        in_path = select(location.c.source_id).where(
            location.c.uri.icontains(codec.escape(contains), autoescape=True)
        )
        in_title = source.c.title.icontains(codec.printable(contains), autoescape=True)
        wanted = wanted.where(or_(in_title, source.c.id.in_(in_path)))
    wanted = wanted.order_by(source.c.added_at.desc(), source.c.id).limit(limit).offset(offset)
    return [codec.to_source(row) for row in connection.execute(wanted).mappings()]


def _summaries(connection: Connection, sources: Sequence[Source]) -> list[SourceSummary]:
    ids = [known.id for known in sources]
    places = paths.paths(connection, ids)
    seconds_end = func.max(case((segment.c.unit == "s", segment.c.end), else_=0.0))
    seconds_start = func.min(case((segment.c.unit == "s", segment.c.start), else_=None))
    seconds = seconds_end - func.coalesce(seconds_start, 0.0)
    cut = _by_source(connection, segment, ids, func.count(), seconds)
    length = _by_source(connection, chunk, ids, func.max(chunk.c.end))
    said = {
        name: _by_source(connection, kind.table, ids, func.count(), where=kind.counted)
        for name, kind in KINDS.items()
    }
    complete = _complete(connection, ids)
    failed = failed_places(connection, [known for known in ids if known not in complete])
    return [
        SourceSummary(
            source=known,
            paths=tuple(places.get(known.id, ())),
            segments=cut.get(known.id, (0, 0.0))[0],
            characters=length.get(known.id, (0,))[0],
            seconds=cut.get(known.id, (0, 0.0))[1],
            records={kind: counted.get(known.id, (0,))[0] for kind, counted in said.items()},
            complete=known.id in complete,
            failed=failed.get(known.id, 0),
        )
        for known in sources
    ]


def _by_source(
    connection: Connection,
    table: Table,
    ids: Sequence[str],
    *what: Any,
    where: Sequence[ColumnElement[bool]] = (),
) -> dict[str, tuple[Any, ...]]:
    of = table.c.source_id
    chosen = dialect.one_of(connection, of, ids)
    rows = connection.execute(select(of, *what).where(chosen, *where).group_by(of))
    return {row[0]: tuple(row[1:]) for row in rows}


def _complete(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Sources that were read to the end, and over which no run failed."""
    of = source_run.c.source_id
    broken = func.sum(case((not_(source_run.c.complete), 1), else_=0))
    read = func.sum(case((run.c.stage == READING, 1), else_=0))
    return set(
        connection.scalars(
            select(of)
            .join(run, run.c.id == source_run.c.run_id)
            .where(dialect.one_of(connection, of, ids))
            .group_by(of)
            .having(and_(broken == 0, read > 0))
        )
    )


def reading_of(connection: Connection, source_id: str) -> str | None:
    """The reading run whose text and segments stand for a source: the complete one; before there is
    one, the last that was begun."""
    done = (
        select(source_run.c.run_id)
        .join(run, run.c.id == source_run.c.run_id)
        .where(source_run.c.source_id == source_id, source_run.c.complete, run.c.stage == READING)
    )
    found = connection.scalar(done.limit(1))
    if found is not None:
        return str(found)
    begun = [
        select(table.c.run_id).where(table.c.source_id == source_id).distinct()
        for table in (chunk, page, segment)
    ]
    last = select(run.c.id).where(or_(*(run.c.id.in_(ids) for ids in begun)))
    found = connection.scalar(last.order_by(run.c.created_at.desc(), run.c.id).limit(1))
    return str(found) if found is not None else None
