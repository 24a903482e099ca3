"""Records in words."""

from __future__ import annotations

from midspan.records import ActionEvent, AtlasGrounding, Fact, Record, RecordKind


def kind_of(record: Record) -> RecordKind:
    """The kind of a record, as it is called in answers."""
    if isinstance(record, Fact):
        return "fact"
    if isinstance(record, AtlasGrounding):
        return "atlas"
    return "event" if isinstance(record, ActionEvent) else "scene"


def describe(record: Record) -> str:
    """A record in one line."""
    if isinstance(record, Fact):
        return f"{record.subject.name} | {record.predicate.name} | {record.object.name}"
    if isinstance(record, AtlasGrounding):
        where = record.organ or f"abstained: {record.reason}"
        return f"{where}: {record.text}"
    return record.text
