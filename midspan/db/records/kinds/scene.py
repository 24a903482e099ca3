"""Scenes in the record store."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, RowMapping, Table, Text

from midspan.db.records.kinds.kind import Kind, Part, Row, columns_of, fields_of, provenance_columns, shared
from midspan.db.records.tables import checksum, metadata
from midspan.records import SceneArrangement, SceneObject, SceneRelation

scene = Table(
    "scene",
    metadata,
    Column("id", Text, primary_key=True),
    *provenance_columns("scene"),
    Column("score", Float, nullable=False),
)

scene_object = Table(
    "scene_object",
    metadata,
    Column("scene_id", Text, ForeignKey(scene.c.id, ondelete="CASCADE"), primary_key=True),
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("surface", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("category", Text, nullable=False, index=True),
    Column("mapping", Text, nullable=False),
    Column("x", Float, nullable=False),
    Column("y", Float, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("facing", Text, nullable=False),
    Column("width", Float),
    Column("height", Float),
    Column("confidence", Float),
    Column("noun", Text, nullable=False),
    Column("concept", Integer),
    checksum(),
    Index("ix_scene_object_noun", "noun", "scene_id"),
    Index("ix_scene_object_concept", "concept", "scene_id"),
)

scene_relation = Table(
    "scene_relation",
    metadata,
    Column("scene_id", Text, ForeignKey(scene.c.id, ondelete="CASCADE"), primary_key=True),
    Column("idx", Integer, primary_key=True, autoincrement=False),
    Column("subject", Integer, nullable=False),
    Column("predicate", Text, nullable=False),
    Column("object", Integer, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("explicit", Boolean, nullable=False),
    Column("satisfied", Boolean, nullable=False),
    checksum(),
    Index("ix_scene_relation_predicate", "predicate", "scene_id"),
)

_OBJECT = tuple(SceneObject.__dataclass_fields__)
_RELATION = tuple(SceneRelation.__dataclass_fields__)


def _objects(record: SceneArrangement) -> list[Row]:
    return [fields_of(thing, _OBJECT) for thing in record.objects]


def _relations(record: SceneArrangement) -> list[Row]:
    return [fields_of(relation, _RELATION) for relation in record.relations]


def _record(
    row: RowMapping, objects: Sequence[RowMapping], relations: Sequence[RowMapping]
) -> SceneArrangement:
    return SceneArrangement(
        **shared(row),
        objects=tuple(SceneObject(**columns_of(thing, _OBJECT)) for thing in objects),
        relations=tuple(SceneRelation(**columns_of(relation, _RELATION)) for relation in relations),
        score=row["score"],
    )


KIND = Kind(
    record=SceneArrangement,
    table=scene,
    row=lambda record: {"score": record.score},
    record_of=_record,
    parts=(Part(scene_object, "scene_id", _objects), Part(scene_relation, "scene_id", _relations)),
)
