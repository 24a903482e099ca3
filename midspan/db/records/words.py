"""What full text holds, read from the record store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, Engine, RowMapping, Table, select

from midspan.db.record_store import WORD_LEVELS, WordItem, WordLevel, word_id, word_of
from midspan.db.records import codec, dialect
from midspan.db.records.engine import reading
from midspan.db.records.kinds import KINDS, Kind
from midspan.db.records.read_sources import reading_of
from midspan.db.records.tables import location, segment, source

DOCUMENTS_AT_ONCE = 20
"""Whose texts are in memory together."""


def ids_after(connection: Connection, last: str | None, limit: int) -> list[str]:
    """Outbox ids of everything that full text should hold, level by level, from behind ``last`` on."""
    level, item_id = ("document", "") if last is None else word_of(last)
    for following in WORD_LEVELS[WORD_LEVELS.index(level) :]:
        behind = item_id if following == level else ""
        found = _of_level(connection, following, behind, limit)
        if found:
            return [word_id(following, one) for one in found]
    return []


def items(engine: Engine, outbox_ids: Sequence[str]) -> Iterator[WordItem]:
    """Those that are there now among these, in transactions of their own."""
    wanted: dict[WordLevel, list[str]] = {level: [] for level in WORD_LEVELS}
    for outbox_id in outbox_ids:
        level, item_id = word_of(outbox_id)
        wanted[level].append(item_id)
    documents = wanted["document"]
    for start in range(0, len(documents), DOCUMENTS_AT_ONCE):
        with reading(engine) as connection:
            found = list(_documents(connection, documents[start : start + DOCUMENTS_AT_ONCE]))
        yield from found
    with reading(engine) as connection:
        found = [*_segments(connection, wanted["segment"]), *_records(connection, wanted["record"])]
    yield from found


def _of_level(connection: Connection, level: WordLevel, last: str, limit: int) -> list[str]:
    if level == "document":
        c = segment.c.source_id
        return list(connection.scalars(select(c).where(c > last).distinct().order_by(c).limit(limit)))
    tables = [segment] if level == "segment" else [kind.table for kind in _worded()]
    found: list[str] = []
    for table in tables:
        c = table.c.id
        found += connection.scalars(select(c).where(c > last).order_by(c).limit(limit))
    return sorted(found)[:limit]


def _worded() -> Iterable[Kind]:
    return (kind for kind in KINDS.values() if kind.words)


def _documents(connection: Connection, ids: Sequence[str]) -> Iterator[WordItem]:
    rows = connection.execute(select(source).where(dialect.one_of(connection, source.c.id, ids))).all()
    paths: dict[str, list[str]] = {}
    uris = select(location.c.source_id, location.c.uri).order_by(location.c.uri)
    for source_id, uri in connection.execute(
        uris.where(dialect.one_of(connection, location.c.source_id, ids))
    ):
        paths.setdefault(source_id, []).append(codec.unescape(uri))
    for row in rows:
        texts = select(segment.c.text).where(
            segment.c.source_id == row.id, segment.c.run_id == reading_of(connection, row.id)
        )
        found = list(connection.scalars(texts.order_by(segment.c.ordinal)))
        if found:
            text = "\n".join(one for one in found if one)
            yield WordItem(
                "document",
                row.id,
                row.id,
                text,
                row.kind,
                title=row.title,
                paths=tuple(paths.get(row.id, ())),
            )


def _segments(connection: Connection, ids: Sequence[str]) -> Iterator[WordItem]:
    c = segment.c
    wanted = select(c.id, c.source_id, c.text, c.kind, c.key, c.page)
    for row in connection.execute(wanted.where(dialect.one_of(connection, c.id, ids))):
        yield WordItem("segment", row.id, row.source_id, row.text, row.kind, row.key, row.page)


def _records(connection: Connection, ids: Sequence[str]) -> Iterator[WordItem]:
    for kind in _worded():
        for row in _with_place(connection, kind.table, ids):
            yield WordItem(
                "record",
                row["id"],
                row["source_id"],
                row["text"],
                kind.record.kind,
                row["segment_key"],
                row["page"],
            )


def _with_place(connection: Connection, table: Table, ids: Sequence[str]) -> Sequence[RowMapping]:
    if not ids:
        return []
    c = table.c
    return (
        connection.execute(
            select(c.id, c.source_id, c.text, segment.c.key.label("segment_key"), segment.c.page)
            .join(segment, segment.c.id == c.segment_id)
            .where(dialect.one_of(connection, c.id, ids))
        )
        .mappings()
        .all()
    )
