"""The products of a commit: records, vectors and pictures of segments that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, select

from midspan.db.records import codec, dialect, tables
from midspan.db.records.bulk import insert_new
from midspan.db.records.changes import Changes
from midspan.db.records.checksums import COLUMN, summed
from midspan.db.records.event_vectors import SPACE, add_event_vectors, note_event_vectors
from midspan.db.records.kinds import KINDS, Kind, kind_of
from midspan.db.records.kinds.event import action_event
from midspan.db.records.kinds.kind import fields_of
from midspan.errors import LeaseLost
from midspan.records import Embedding, Product, Record, Thumbnail

_PICTURE = tuple(Thumbnail.__dataclass_fields__)


def add_products(connection: Connection, products: Sequence[Product], changes: Changes) -> None:
    """Raises ``UnknownName`` for a product of a kind that the store does not know."""
    if not products:
        return
    wanted = {_segment_of(product) for product in products}
    keys = known_ids(connection, tables.segment, "key", sorted(wanted))
    missing = wanted.difference(keys)
    if missing:
        raise LeaseLost(
            f"segment {min(missing)} is not in the store: its source was read anew or superseded while it "
            "was worked on; look at its path again"
        )
    records, embeddings, pictures = _by_kind(products)
    for name, kind in KINDS.items():
        _add_records(connection, kind, records[name], changes)
    _add_embeddings(connection, [one for one in embeddings if one.space != SPACE], keys, changes)
    add_event_vectors(connection, [one for one in embeddings if one.space == SPACE], changes)
    dialect.insert_ignore(connection, tables.thumbnail, [fields_of(one, _PICTURE) for one in pictures])


def _by_kind(
    products: Sequence[Product],
) -> tuple[dict[str, list[Record]], list[Embedding], list[Thumbnail]]:
    records: dict[str, list[Record]] = {kind: [] for kind in KINDS}
    embeddings: list[Embedding] = []
    pictures: list[Thumbnail] = []
    for product in products:
        if isinstance(product, Embedding):
            embeddings.append(product)
        elif isinstance(product, Thumbnail):
            pictures.append(product)
        else:
            records[kind_of(product).record.kind].append(product)
    return records, embeddings, pictures


def source_of(product: Product) -> str:
    if isinstance(product, (Embedding, Thumbnail)):
        return product.source_id
    return product.provenance.source_id


def _segment_of(product: Product) -> str:
    if isinstance(product, (Embedding, Thumbnail)):
        return product.segment_id
    return product.provenance.segment_id


def _add_records(connection: Connection, kind: Kind, records: Sequence[Record], changes: Changes) -> None:
    """Insert records that are not there.

    After a new reading the same run may say the same of the same place under a new segment: such a
    record moves there, or it would go when the old segment does.
    """
    if not records:
        return
    table = kind.table
    said = {record.id: record for record in records}
    known = known_ids(connection, table, "segment_id", list(said))
    new = [one for one in said.values() if known.get(one.id) != one.provenance.segment_id]
    moved = [one.id for one in new if one.id in known]
    if moved:
        if table is action_event:
            note_event_vectors(connection, changes, dialect.one_of(connection, table.c.id, moved))
        connection.execute(delete(table).where(dialect.one_of(connection, table.c.id, moved)))
    insert_new(connection, table, [kind.full_row(record) for record in new])
    for part in kind.parts:
        rows = [
            {part.owner: record.id, "idx": index, **row}
            for record in new
            for index, row in enumerate(part.rows(record))
        ]
        insert_new(connection, part.table, rows)
    ids = [record.id for record in new]
    if kind.target is not None:
        changes.records(kind.target, ids)
    if kind.words:
        changes.words("record", ids)


def _add_embeddings(
    connection: Connection, embeddings: Sequence[Embedding], keys: Mapping[str, int], changes: Changes
) -> None:
    """A segment has one vector a space: another run's takes the place of the one that is there."""
    if not embeddings:
        return
    c = tables.embedding.c
    wanted = sorted({keys[embedding.segment_id] for embedding in embeddings})
    known = {
        (key, space): run_id
        for key, space, run_id in connection.execute(
            select(c.segment_key, c.space, c.run_id).where(dialect.one_of(connection, c.segment_key, wanted))
        )
    }
    rows = {}
    for embedding in embeddings:
        place = (keys[embedding.segment_id], embedding.space)
        if known.get(place) != embedding.run_id:
            rows[place] = _embedding_row(embedding, place[0])
    insert_new(connection, tables.embedding, [row for place, row in rows.items() if place not in known])
    _replace_embeddings(connection, [row for place, row in rows.items() if place in known])
    changes.vectors(rows)


def _replace_embeddings(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    c = tables.embedding.c
    insert = dialect.insert(connection, tables.embedding)
    names = ("run_id", "vector", "text_sha256", COLUMN)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[c.segment_key, c.space],
            set_={name: insert.excluded[name] for name in names},
        ),
        summed(tables.embedding, rows),
    )


def _embedding_row(embedding: Embedding, key: int) -> dict[str, Any]:
    return {
        "segment_key": key,
        "space": embedding.space,
        "source_id": embedding.source_id,
        "run_id": embedding.run_id,
        "vector": codec.pack_vector(embedding.vector),
        "text_sha256": embedding.text_sha256 or None,
    }


def known_ids(connection: Connection, table: Table, name: str, ids: Sequence[str]) -> dict[str, Any]:
    """Column ``name`` of those of the ids that are there."""
    where = dialect.one_of(connection, table.c.id, ids)
    return dict(connection.execute(select(table.c.id, table.c[name]).where(where)).all())
