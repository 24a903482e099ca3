"""What the record store must know of a kind of record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Float, ForeignKey, Index, RowMapping, Table, Text

from midspan.db.record_store import Target
from midspan.db.records.codec import place_of
from midspan.db.records.tables import checksum, run_id, segment, source_id
from midspan.records import Provenance, Record

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """Rows that belong to a record, in a table of their own; they go when it goes."""

    table: Table
    owner: str
    """Column with the record's id; the column ``idx`` counts the rows of a record."""
    rows: Callable[[Any], list[Row]]
    """Of a record, without ``owner`` and ``idx``."""


@dataclass(frozen=True)
class Kind:
    """How the records of a kind are kept. The store does the rest: it writes, reads, counts and finds them,
    moves them to the segments of a new reading, and removes them with their source or for a newer run."""

    record: type[Record]
    table: Table
    """With the columns of :func:`provenance_columns`."""
    row: Callable[[Any], Row]
    """A record's own columns; not those of its provenance."""
    record_of: Callable[..., Record]
    """(row, the rows of each part) to a record."""
    parts: tuple[Part, ...] = ()
    words: bool = False
    """Its text is found by full text on its own account."""
    index_parts: tuple[str, ...] = ()
    """Names of further indexes that migrations alone make."""
    target: Target | None = None
    """The projection that shows its records: what is new, gone or different goes to its outbox."""
    counted: tuple[ColumnElement[bool], ...] = ()
    """Conditions on what counts as something found, as :attr:`Record.counts` says."""
    carried: tuple[ColumnElement[bool], ...] = ()
    """Conditions on its records that make a segment count as one with such a record."""

    def full_row(self, record: Any) -> dict[str, Any]:
        return {**_said(record), **self.row(record)}


def provenance_columns(name: str) -> list[Column[str] | Column[float] | Column[int] | Index]:
    """The columns that every record has beside its id, for the table called ``name``."""
    return [
        source_id(),
        run_id(),
        Column(
            "segment_id",
            Text,
            ForeignKey(segment.c.id, ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        Column("unit", Text, nullable=False),
        Column("start", Float, nullable=False),
        Column("end", Float, nullable=False),
        Column("text", Text, nullable=False),
        checksum(),
        Index(f"ix_{name}_source_id_run_id", "source_id", "run_id"),
    ]


def shared(row: RowMapping) -> dict[str, Any]:
    """What all records have, from a row: id, provenance and text."""
    place = Provenance(row["source_id"], row["run_id"], row["segment_id"], row["unit"], *place_of(row))
    return {"id": row["id"], "provenance": place, "text": row["text"]}


def columns_of(row: RowMapping, names: Sequence[str]) -> dict[str, Any]:
    """These columns of a row, by the names of a record's fields."""
    return {name: row[name] for name in names}


def fields_of(value: Any, names: Sequence[str]) -> dict[str, Any]:
    """These fields of a record, by the names of its table's columns."""
    return {name: getattr(value, name) for name in names}


def _said(record: Record) -> dict[str, Any]:
    place = record.provenance
    return {
        "id": record.id,
        "source_id": place.source_id,
        "run_id": place.run_id,
        "segment_id": place.segment_id,
        "unit": place.unit,
        "start": place.start,
        "end": place.end,
        "text": record.text,
    }
