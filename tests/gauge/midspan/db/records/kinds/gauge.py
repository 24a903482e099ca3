"""Gauges in the record store."""

from __future__ import annotations

from midspan.records.kinds.gauge import Gauge
from sqlalchemy import Column, Float, RowMapping, Table, Text

from midspan.db.records.kinds.kind import Kind, columns_of, fields_of, provenance_columns, shared
from midspan.db.records.tables import metadata

gauge = Table(
    "gauge",
    metadata,
    Column("id", Text, primary_key=True),
    *provenance_columns("gauge"),
    Column("value", Float, nullable=False),
    Column("unit_symbol", Text, nullable=False),
)

_OWN = ("value", "unit_symbol")


def _record(row: RowMapping) -> Gauge:
    return Gauge(**shared(row), **columns_of(row, _OWN))


KIND = Kind(record=Gauge, table=gauge, row=lambda record: fields_of(record, _OWN), record_of=_record)
