"""Facts in the record store."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from sqlalchemy import JSON, Column, Float, Integer, RowMapping, Table, Text

from midspan.db.records.kinds.kind import Kind, Row, columns_of, provenance_columns, shared
from midspan.db.records.tables import metadata
from midspan.records import Argument, Candidate, Fact, FactSlot

SLOTS = ("subject", "predicate", "object")
_SLOT = tuple(name for name in FactSlot.__dataclass_fields__ if name != "candidates")
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
        Column(f"{name}_value", Text, nullable=False, server_default=""),
        Column(f"{name}_candidates", JSON, nullable=False, server_default="[]"),
        Column(f"{name}_kind", Text, nullable=False, server_default=""),
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
    slots: dict[str, Any] = {}
    for part in SLOTS:
        slots |= _slot_row(part, getattr(record, part))
    further = [list(astuple(argument)) for argument in record.further]
    return {**slots, **{name: getattr(record, name) for name in _OWN}, "further": further}


def _slot_row(part: str, slot: FactSlot) -> Row:
    candidates = [list(astuple(candidate)) for candidate in slot.candidates]
    return {**{f"{part}_{name}": getattr(slot, name) for name in _SLOT}, f"{part}_candidates": candidates}


def to_fact(row: RowMapping) -> Fact:
    slots: dict[str, Any] = {part: _to_slot(row, part) for part in SLOTS}
    further = tuple(Argument(*argument) for argument in row["further"])
    return Fact(**shared(row), **slots, **columns_of(row, _OWN), further=further)


def _to_slot(row: RowMapping, part: str) -> FactSlot:
    candidates = tuple(Candidate(*candidate) for candidate in row[f"{part}_candidates"])
    return FactSlot(**{name: row[f"{part}_{name}"] for name in _SLOT}, candidates=candidates)


KIND = Kind(record=Fact, table=fact, row=_row, record_of=to_fact, target="graph")
