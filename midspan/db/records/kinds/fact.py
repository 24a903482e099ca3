"""Facts in the record store."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from sqlalchemy import JSON, Column, Float, Integer, RowMapping, Table, Text

from midspan.db.records.kinds.kind import Kind, Row, columns_of, provenance_columns, shared
from midspan.db.records.tables import metadata
from midspan.records import Argument, Fact, FactSlot

SLOTS = ("subject", "predicate", "object")
_SLOT = tuple(FactSlot.__dataclass_fields__)
_OWN = ("polarity", "status", "score", "modality", "generator")


def _slot(name: str, *, index: bool) -> list[Column[Any]]:
    return [
        Column(f"{name}_surface", Text, nullable=False),
        Column(f"{name}_start", Integer, nullable=False),
        Column(f"{name}_end", Integer, nullable=False),
        Column(f"{name}_uid", Text, index=index),
        Column(f"{name}_name", Text, nullable=False),
        Column(f"{name}_score", Float, nullable=False),
        Column(f"{name}_literal", Text, nullable=False),
        Column(f"{name}_antecedent", Text, nullable=False, server_default=""),
        Column(f"{name}_antecedent_start", Integer),
        Column(f"{name}_antecedent_end", Integer),
        Column(f"{name}_antecedent_segment", Text),
    ]


fact = Table(
    "fact",
    metadata,
    Column("id", Text, primary_key=True),
    *provenance_columns("fact"),
    *_slot("subject", index=True),
    *_slot("predicate", index=False),
    *_slot("object", index=True),
    Column("polarity", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("modality", Text, nullable=False, server_default=""),
    Column("generator", Text, nullable=False, server_default="clause"),
    Column("further", JSON, nullable=False, server_default="[]"),
)


def _row(record: Fact) -> Row:
    slots = {f"{part}_{name}": getattr(getattr(record, part), name) for part in SLOTS for name in _SLOT}
    further = [list(astuple(argument)) for argument in record.further]
    return {**slots, **{name: getattr(record, name) for name in _OWN}, "further": further}


def to_fact(row: RowMapping) -> Fact:
    slots: dict[str, Any] = {
        part: FactSlot(**{name: row[f"{part}_{name}"] for name in _SLOT}) for part in SLOTS
    }
    further = tuple(Argument(*argument) for argument in row["further"])
    return Fact(**shared(row), **slots, **columns_of(row, _OWN), further=further)


KIND = Kind(record=Fact, table=fact, row=_row, record_of=to_fact, target="graph")
