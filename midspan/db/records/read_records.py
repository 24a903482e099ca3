"""Reading what the stages said: records, facts for the graph, vectors, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from midspan.db.record_store import GraphFact
from midspan.db.records import codec, dialect
from midspan.db.records.paths import newest_paths
from midspan.db.records.read_sources import RECORDS
from midspan.db.records.tables import (
    atlas_grounding,
    embedding,
    fact,
    run,
    scene_object,
    scene_relation,
    segment,
    source,
)
from midspan.errors import UnknownName
from midspan.records import AtlasGrounding, Record, Run


def one(connection: Connection, record_id: str) -> Record | None:
    for kind, table in RECORDS.items():
        found = _fetch(connection, kind, [table.c.id == record_id], 1, 0)
        if found:
            return found[0]
    return None


def one_run(connection: Connection, run_id: str) -> Run | None:
    row = connection.execute(select(run).where(run.c.id == run_id)).mappings().first()
    return codec.to_run(row) if row is not None else None


def of_segments(
    connection: Connection, segment_ids: Sequence[str], kinds: Sequence[str]
) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for kind in kinds or tuple(RECORDS):
        where = dialect.one_of(connection, RECORDS[kind].c.segment_id, segment_ids)
        for record in _fetch(connection, kind, [where]):
            found.setdefault(record.provenance.segment_id, []).append(record)
    for records in found.values():
        records.sort(key=lambda record: (record.provenance.start, record.provenance.end))
    return found


def of_kind(
    connection: Connection, kind: str, where: Mapping[str, Any], limit: int, offset: int
) -> list[Record]:
    columns = RECORDS[kind].c
    for name in where:
        if name not in columns:
            raise UnknownName(f"column of {kind} records", name, list(columns.keys()))
    conditions = [columns[name] == value for name, value in where.items()]
    return _fetch(connection, kind, conditions, limit, offset)


def _fetch(
    connection: Connection,
    kind: str,
    where: Sequence[ColumnElement[bool]],
    limit: int | None = None,
    offset: int = 0,
) -> list[Record]:
    """Records of a kind by id."""
    table = RECORDS[kind]
    wanted = select(table).where(*where).order_by(table.c.id).limit(limit).offset(offset or None)
    rows = connection.execute(wanted).mappings().all()
    if kind != "scene":
        return [codec.to_plain[kind](row) for row in rows]
    ids = [row["id"] for row in rows]
    objects = _children(connection, scene_object, ids)
    relations = _children(connection, scene_relation, ids)
    return [codec.to_scene(row, objects.get(row["id"], []), relations.get(row["id"], [])) for row in rows]


def _children(connection: Connection, table: Any, scene_ids: Sequence[str]) -> dict[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = {}
    if scene_ids:
        where = dialect.one_of(connection, table.c.scene_id, scene_ids)
        for row in connection.execute(select(table).where(where).order_by(table.c.idx)).mappings():
            found.setdefault(row["scene_id"], []).append(row)
    return found


def groundings(connection: Connection, ids: Sequence[str]) -> dict[str, AtlasGrounding]:
    where = dialect.one_of(connection, atlas_grounding.c.id, ids)
    rows = connection.execute(select(atlas_grounding).where(where)).mappings()
    return {row["id"]: codec.to_atlas(row) for row in rows}


def organ_counts(connection: Connection, atlas: str | None) -> dict[str, int]:
    organ = atlas_grounding.c.organ
    of_atlas = [atlas_grounding.c.atlas == atlas] if atlas is not None else []
    rows = connection.execute(
        select(organ, func.count())
        .where(atlas_grounding.c.status == "grounded", organ.is_not(None), *of_atlas)
        .group_by(organ)
        .order_by(organ)
    )
    return dict(rows.all())


def counts(connection: Connection) -> dict[str, int]:
    """Everything of a superseded source is gone but its row."""

    def count(what: Any, *where: ColumnElement[bool]) -> int:
        return connection.scalar(select(func.count()).select_from(what).where(*where)) or 0

    found = {"source": count(source, source.c.superseded_by.is_(None)), "segment": count(segment)}
    found |= {kind: count(table) for kind, table in RECORDS.items()}
    spaces = connection.execute(select(embedding.c.space, func.count()).group_by(embedding.c.space))
    by_space: dict[str, int] = dict(spaces.all())
    return found | {f"embedding.{space}": by_space.get(space, 0) for space in ("text", "visual")}


def facts(connection: Connection, ids: Sequence[str]) -> dict[str, GraphFact]:
    rows = (
        connection.execute(
            select(fact, source.c.title, segment.c.page)
            .join(source, source.c.id == fact.c.source_id)
            .join(segment, segment.c.id == fact.c.segment_id)
            .where(dialect.one_of(connection, fact.c.id, ids))
        )
        .mappings()
        .all()
    )
    places = newest_paths(connection, sorted({row["source_id"] for row in rows}))
    return {
        row["id"]: GraphFact(codec.to_fact(row), row["title"], places.get(row["source_id"], ""), row["page"])
        for row in rows
    }


def vectors(
    connection: Connection, space: str, keys: Sequence[int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """By key. While an encoder of another dimension is taking over, only the newer one's vectors."""
    where = dialect.one_of(connection, embedding.c.segment_key, [int(key) for key in keys])
    rows = connection.execute(
        select(embedding.c.segment_key, embedding.c.vector, embedding.c.run_id)
        .where(where, embedding.c.space == space)
        .order_by(embedding.c.segment_key)
    ).all()
    lengths = {len(row.vector) for row in rows}
    if len(lengths) > 1:
        newest = _newest_run(connection, sorted({row.run_id for row in rows}))
        rows = [row for row in rows if row.run_id == newest]
    found = np.array([row.segment_key for row in rows], dtype=np.int64)
    return found, codec.unpack_vectors([row.vector for row in rows])


def _newest_run(connection: Connection, run_ids: Sequence[str]) -> str | None:
    where = run.c.id.in_(run_ids)
    return connection.scalar(select(run.c.id).where(where).order_by(run.c.created_at.desc()).limit(1))


def cached_vectors(
    connection: Connection, run_id: str, text_sha256: Sequence[str]
) -> dict[str, npt.NDArray[np.float32]]:
    c = embedding.c
    rows = connection.execute(
        select(c.text_sha256, c.vector).where(
            dialect.one_of(connection, c.text_sha256, text_sha256), c.run_id == run_id
        )
    )
    return {sha: codec.unpack_vectors([blob])[0] for sha, blob in rows}
