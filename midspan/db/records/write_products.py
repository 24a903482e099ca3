"""The products of a commit: records, vectors and pictures of segments that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, select

from midspan.db.records import codec, dialect, tables
from midspan.db.records.bulk import insert_new
from midspan.db.records.changes import Changes
from midspan.errors import LeaseLost
from midspan.records import (
    ActionEvent,
    AtlasGrounding,
    Embedding,
    Fact,
    Product,
    SceneArrangement,
    Thumbnail,
)


def add_products(connection: Connection, products: Sequence[Product], changes: Changes) -> None:
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
    _add_scenes(connection, [p for p in products if isinstance(p, SceneArrangement)])
    groundings = [codec.atlas_row(p) for p in products if isinstance(p, AtlasGrounding)]
    _add_records(connection, tables.atlas_grounding, groundings)
    facts = [codec.fact_row(p) for p in products if isinstance(p, Fact)]
    changes.facts(_add_records(connection, tables.fact, facts))
    events = [codec.event_row(p) for p in products if isinstance(p, ActionEvent)]
    _add_records(connection, tables.action_event, events)
    _add_embeddings(connection, [p for p in products if isinstance(p, Embedding)], keys, changes)
    pictures = [
        {"segment_id": p.segment_id, "source_id": p.source_id, "jpeg": p.jpeg}
        for p in products
        if isinstance(p, Thumbnail)
    ]
    dialect.insert_ignore(connection, tables.thumbnail, pictures)


def source_of(product: Product) -> str:
    if isinstance(product, (Embedding, Thumbnail)):
        return product.source_id
    return product.provenance.source_id


def _segment_of(product: Product) -> str:
    if isinstance(product, (Embedding, Thumbnail)):
        return product.segment_id
    return product.provenance.segment_id


def _add_scenes(connection: Connection, scenes: Sequence[SceneArrangement]) -> None:
    new = set(_add_records(connection, tables.scene, [codec.scene_row(scene) for scene in scenes]))
    added = {scene.id: scene for scene in scenes if scene.id in new}.values()
    objects = [row for scene in added for row in codec.scene_object_rows(scene)]
    insert_new(connection, tables.scene_object, objects)
    relations = [row for scene in added for row in codec.scene_relation_rows(scene)]
    insert_new(connection, tables.scene_relation, relations)


def _add_records(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Insert records that are not there; returns their ids.

    After a new reading the same run may say the same of the same place under a new segment: such a
    record moves there, or it would go when the old segment does.
    """
    if not rows:
        return []
    known = known_ids(connection, table, "segment_id", [row["id"] for row in rows])
    new = {row["id"]: row for row in rows if known.get(row["id"]) != row["segment_id"]}
    moved = [record_id for record_id in new if record_id in known]
    if moved:
        connection.execute(delete(table).where(dialect.one_of(connection, table.c.id, moved)))
    insert_new(connection, table, list(new.values()))
    return list(new)


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
    names = ("run_id", "vector", "text_sha256")
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[c.segment_key, c.space],
            set_={name: insert.excluded[name] for name in names},
        ),
        rows,
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
