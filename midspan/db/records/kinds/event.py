"""Events in the record store."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, RowMapping, Table, Text

from midspan.db.records.kinds.kind import Kind, Row, provenance_columns, shared
from midspan.db.records.tables import RowNumber, metadata
from midspan.records import ActionEvent

action_event = Table(
    "action_event",
    metadata,
    Column("key", RowNumber, primary_key=True, autoincrement=True),  # row of the full-text index
    Column("id", Text, nullable=False, unique=True),
    *provenance_columns("action_event"),
    Column("verb", Text, nullable=False),
    Column("nouns", JSON, nullable=False),
    Column("score", Float, nullable=False),
    sqlite_autoincrement=True,
)


def _row(record: ActionEvent) -> Row:
    return {"verb": record.verb, "nouns": list(record.nouns), "score": record.score}


def to_event(row: RowMapping) -> ActionEvent:
    return ActionEvent(**shared(row), verb=row["verb"], nouns=tuple(row["nouns"]), score=row["score"])


KIND = Kind(record=ActionEvent, table=action_event, row=_row, record_of=to_event, words=True)
