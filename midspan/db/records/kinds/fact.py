"""Facts in the record store."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Float, Integer, RowMapping, Table, Text

from midspan.db.records.kinds.kind import Kind, Row, columns_of, provenance_columns, shared
from midspan.db.records.tables import metadata
from midspan.records import Fact, FactSlot

SLOTS = ("subject", "predicate", "object")
_SLOT = tuple(FactSlot.__dataclass_fields__)
_OWN = ("polarity", "status", "score")


def _slot(name: str, *, index: bool) -> list[Column[str] | Column[str | None] | Column[int] | Column[float]]:
    return [
        Column(f"{name}_surface", Text, nullable=False),
        Column(f"{name}_start", Integer, nullable=False),
        Column(f"{name}_end", Integer, nullable=False),
        Column(f"{name}_uid", Text, index=index),
        Column(f"{name}_name", Text, nullable=False),
        Column(f"{name}_score", Float, nullable=False),
        Column(f"{name}_literal", Text, nullable=False),
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
)


def _row(record: Fact) -> Row:
    slots = {f"{part}_{name}": getattr(getattr(record, part), name) for part in SLOTS for name in _SLOT}
    return {**slots, **{name: getattr(record, name) for name in _OWN}}


def to_fact(row: RowMapping) -> Fact:
    slots: dict[str, Any] = {
        part: FactSlot(**{name: row[f"{part}_{name}"] for name in _SLOT}) for part in SLOTS
    }
    return Fact(**shared(row), **slots, **columns_of(row, _OWN))


KIND = Kind(record=Fact, table=fact, row=_row, record_of=to_fact, target="graph")
