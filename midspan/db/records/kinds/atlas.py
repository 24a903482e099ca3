"""Places in the atlas, and abstentions, in the record store."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, RowMapping, Table, Text, false, or_

from midspan.db.records.kinds.kind import Kind, Row, columns_of, fields_of, provenance_columns, shared
from midspan.db.records.tables import metadata
from midspan.records import AtlasGrounding

atlas_grounding = Table(
    "atlas_grounding",
    metadata,
    Column("id", Text, primary_key=True),
    *provenance_columns("atlas_grounding"),
    Column("atlas", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("x_mm", Float),
    Column("y_mm", Float),
    Column("z_mm", Float),
    Column("organ", Text, index=True),
    Column("organs", JSON, nullable=False),
    Column("laterality", Text, nullable=False),
    Column("named", Boolean, nullable=False),
    Column("negated", Boolean, nullable=False),
    Column("score", Float, nullable=False),
    Column("spread_mm", Float),
    Column("hypothetical", Boolean, nullable=False, server_default=false()),
    Column("family", Boolean, nullable=False, server_default=false()),
)

_OWN = (
    *("atlas", "status", "reason", "x_mm", "y_mm", "z_mm", "organ", "organs"),
    *("laterality", "named", "negated", "score", "spread_mm", "hypothetical", "family"),
)


def _row(record: AtlasGrounding) -> Row:
    organs = {name: float(share) for name, share in record.organs.items()}
    return {**fields_of(record, _OWN), "organs": organs}


def to_grounding(row: RowMapping) -> AtlasGrounding:
    return AtlasGrounding(**shared(row), **columns_of(row, _OWN))


KIND = Kind(
    record=AtlasGrounding,
    table=atlas_grounding,
    row=_row,
    record_of=to_grounding,
    index_parts=("atlas_point", "ix_atlas_grounding_point"),
    counted=(atlas_grounding.c.status == "grounded",),
    # that a sentence has no anatomy is no such record
    carried=(or_(atlas_grounding.c.status == "grounded", atlas_grounding.c.named),),
)
