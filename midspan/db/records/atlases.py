"""Imported atlases as rows: the table of structures, their words, and the voxels in one blob."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, select

from midspan.db.records.tables import atlas, atlas_grounding, atlas_organ, organ_alias, source_run
from midspan.errors import NotFound, StoreError, WrongUse
from midspan.records import AtlasOrgan, StoredAtlas

Labels = npt.NDArray[np.uint16]

_TRIPLES = ("centre_mm", "low_mm", "high_mm")
_PLAIN = ("label", "name", "organ", "laterality", "snomed", "uberon", "volume_mm3", "n_voxels")
_OWN = ("name", "kind", "licence", "citation", "pitch_mm", "sha256", "added_at")
_LISTS = ("file_affine", "file_shape", "origin_mm", "shape")


def add(connection: Connection, added: StoredAtlas, voxels: Labels) -> None:
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


def remove(connection: Connection, name: str) -> int:
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


def every(connection: Connection) -> list[StoredAtlas]:
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


def _missing(name: str) -> NotFound:
    return NotFound(f"no atlas {name!r}; `midspan atlas ls` lists them")


def labels(connection: Connection, name: str) -> Labels:
    row = connection.execute(select(atlas.c.volume, atlas.c.shape).where(atlas.c.name == name)).first()
    if row is None:
        raise _missing(name)
    try:
        flat = np.frombuffer(zlib.decompress(row.volume), dtype="<u2")
        return np.asarray(flat.reshape(row.shape), dtype=np.uint16)
    except (zlib.error, ValueError) as error:
        raise StoreError(f"the voxels of atlas {name!r} are damaged ({error}); import it again") from error


def _organ_row(name: str, organ: AtlasOrgan) -> dict[str, Any]:
    row = {column: getattr(organ, column) for column in _PLAIN}
    return row | {column: list(getattr(organ, column)) for column in _TRIPLES} | {"atlas": name}


def _to_organ(row: RowMapping, aliases: tuple[str, ...]) -> AtlasOrgan:
    own = {column: row[column] for column in _PLAIN} | {column: tuple(row[column]) for column in _TRIPLES}
    return AtlasOrgan(aliases=aliases, **own)


def _to_atlas(row: RowMapping, organs: tuple[AtlasOrgan, ...]) -> StoredAtlas:
    own = {column: row[column] for column in _OWN} | {column: tuple(row[column]) for column in _LISTS}
    return StoredAtlas(organs=organs, **own)
