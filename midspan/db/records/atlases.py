"""Imported atlases as rows: the table of structures, their words, and the voxels in one blob."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, RowMapping, and_, delete, func, insert, select

from midspan.db.record_store import AtlasStore
from midspan.db.records import dialect, points
from midspan.db.records.engine import reading, write
from midspan.db.records.kinds.atlas import atlas_grounding, to_grounding
from midspan.db.records.tables import atlas, atlas_organ, organ_alias, source_run
from midspan.errors import NotFound, StoreError, WrongUse
from midspan.records import AtlasGrounding, AtlasOrgan, StoredAtlas

Labels = npt.NDArray[np.uint16]

_TRIPLES = ("centre_mm", "low_mm", "high_mm")
_PLAIN = ("label", "name", "organ", "laterality", "snomed", "uberon", "volume_mm3", "n_voxels")
_OWN = ("name", "kind", "licence", "citation", "pitch_mm", "sha256", "added_at")
_LISTS = ("file_affine", "file_shape", "origin_mm", "shape")


class SqlAtlases(AtlasStore):
    _engine: Engine

    def add_atlas(self, atlas: StoredAtlas, labels: Labels) -> None:
        def work(connection: Connection) -> None:
            _add(connection, atlas, labels)

        write(self._engine, work)

    def remove_atlas(self, name: str) -> int:
        return write(self._engine, lambda connection: _remove(connection, name))

    def atlases(self) -> list[StoredAtlas]:
        with reading(self._engine) as connection:
            aliases: dict[tuple[str, int], list[str]] = {}
            for row in connection.execute(select(organ_alias).order_by(organ_alias.c.idx)).mappings():
                aliases.setdefault((row["atlas"], row["label"]), []).append(row["alias"])
            organs: dict[str, list[AtlasOrgan]] = {}
            for row in connection.execute(select(atlas_organ).order_by(atlas_organ.c.label)).mappings():
                words = tuple(aliases.get((row["atlas"], row["label"]), ()))
                organs.setdefault(row["atlas"], []).append(_to_organ(row, words))
            columns = [column for column in atlas.c if column.name != "volume"]
            found = connection.execute(select(*columns).order_by(atlas.c.name)).mappings()
            return [_to_atlas(row, tuple(organs.get(row["name"], ()))) for row in found]

    def atlas_labels(self, name: str) -> Labels:
        with reading(self._engine) as connection:
            row = connection.execute(
                select(atlas.c.volume, atlas.c.shape).where(atlas.c.name == name)
            ).first()
            if row is None:
                raise _missing(name)
            try:
                flat = np.frombuffer(zlib.decompress(row.volume), dtype="<u2")
                return np.asarray(flat.reshape(row.shape), dtype=np.uint16)
            except (zlib.error, ValueError) as error:
                raise StoreError(
                    f"the voxels of atlas {name!r} are damaged ({error}); import it again"
                ) from error

    def near_points(
        self,
        atlas: str,
        point_mm: points.Point,
        limit: int,
        radius_mm: float | None = None,
    ) -> list[tuple[AtlasGrounding, float]]:
        with reading(self._engine) as connection:
            found = points.near(connection, atlas, point_mm, limit, radius_mm)
            there = _groundings(connection, [record_id for record_id, _ in found])
        return [(there[record_id], distance) for record_id, distance in found]

    def points_in_box(
        self,
        atlas: str,
        low_mm: points.Point,
        high_mm: points.Point,
        limit: int,
        offset: int = 0,
    ) -> list[AtlasGrounding]:
        with reading(self._engine) as connection:
            found = points.inside(connection, atlas, low_mm, high_mm, limit, offset)
            there = _groundings(connection, found)
        return [there[record_id] for record_id in found]

    def organ_counts(self, atlas: str | None = None) -> dict[str, int]:
        organ = atlas_grounding.c.organ
        of_atlas = [atlas_grounding.c.atlas == atlas] if atlas is not None else []
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(organ, func.count())
                .where(atlas_grounding.c.status == "grounded", organ.is_not(None), *of_atlas)
                .group_by(organ)
                .order_by(organ)
            )
            return dict(rows.all())


def _groundings(connection: Connection, ids: Sequence[str]) -> dict[str, AtlasGrounding]:
    where = dialect.one_of(connection, atlas_grounding.c.id, ids)
    rows = connection.execute(select(atlas_grounding).where(where)).mappings()
    return {row["id"]: to_grounding(row) for row in rows}


def _add(connection: Connection, added: StoredAtlas, voxels: Labels) -> None:
    there = connection.scalar(select(atlas.c.sha256).where(atlas.c.name == added.name))
    if there == added.sha256:
        return
    if there is not None:
        raise WrongUse(
            f"there is another atlas called {added.name!r}, which groundings may lead to; give this one "
            "another name with --name"
        )
    row = {name: getattr(added, name) for name in _OWN}
    row |= {name: list(getattr(added, name)) for name in _LISTS}
    row["volume"] = zlib.compress(np.ascontiguousarray(voxels, dtype="<u2").tobytes(), 6)
    connection.execute(insert(atlas).values(row))
    connection.execute(insert(atlas_organ), [_organ_row(added.name, organ) for organ in added.organs])
    aliases = [
        {"atlas": added.name, "label": organ.label, "idx": index, "alias": alias}
        for organ in added.organs
        for index, alias in enumerate(organ.aliases)
    ]
    if aliases:
        connection.execute(insert(organ_alias), aliases)


def _remove(connection: Connection, name: str) -> int:
    """The atlas, what was placed in it, and that sources were gone over for it; counts the placed."""
    if connection.execute(delete(atlas).where(atlas.c.name == name)).rowcount == 0:
        raise _missing(name)
    here = atlas_grounding.c.atlas == name
    grounded = and_(here, atlas_grounding.c.status == "grounded")
    count = connection.scalar(select(func.count()).select_from(atlas_grounding).where(grounded)) or 0
    runs = connection.scalars(select(atlas_grounding.c.run_id).where(here).distinct()).all()
    connection.execute(delete(source_run).where(source_run.c.run_id.in_(runs)))
    connection.execute(delete(atlas_grounding).where(here))
    return count


def _missing(name: str) -> NotFound:
    return NotFound(f"no atlas {name!r}; `midspan atlas ls` lists them")


def _organ_row(name: str, organ: AtlasOrgan) -> dict[str, Any]:
    row = {column: getattr(organ, column) for column in _PLAIN}
    return row | {column: list(getattr(organ, column)) for column in _TRIPLES} | {"atlas": name}


def _to_organ(row: RowMapping, aliases: tuple[str, ...]) -> AtlasOrgan:
    own = {column: row[column] for column in _PLAIN} | {column: tuple(row[column]) for column in _TRIPLES}
    return AtlasOrgan(aliases=aliases, **own)


def _to_atlas(row: RowMapping, organs: tuple[AtlasOrgan, ...]) -> StoredAtlas:
    own = {column: row[column] for column in _OWN} | {column: tuple(row[column]) for column in _LISTS}
    return StoredAtlas(organs=organs, **own)
