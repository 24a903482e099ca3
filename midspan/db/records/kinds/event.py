"""Events in the record store."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import JSON, Column, Float, ForeignKey, LargeBinary, RowMapping, Table, Text

from midspan.db.records.kinds.kind import Kind, Row, provenance_columns, shared
from midspan.db.records.tables import RowNumber, checksum, metadata
from midspan.records import ActionEvent, EventAnswer, EventTrack

action_event = Table(
    "action_event",
    metadata,
    Column("key", RowNumber, primary_key=True, autoincrement=True),  # number of its vector
    Column("id", Text, nullable=False, unique=True),
    *provenance_columns("action_event"),
    Column("verb", Text, nullable=False),
    Column("nouns", JSON, nullable=False),
    Column("score", Float, nullable=False),
    Column("tracks", JSON, nullable=False, server_default="[]"),
    Column("answers", JSON, nullable=False, server_default="[]"),
    Column("modalities", JSON, nullable=False, server_default="[]"),
    sqlite_autoincrement=True,
)

event_embedding = Table(
    "event_embedding",
    metadata,
    Column(
        "event_key",
        RowNumber,
        ForeignKey(action_event.c.key, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("vector", LargeBinary, nullable=False),  # float16, little endian
    checksum(),
)


def _row(record: ActionEvent) -> Row:
    return {
        "verb": record.verb,
        "nouns": list(record.nouns),
        "score": record.score,
        "tracks": [asdict(track) for track in record.tracks],
        "answers": [asdict(answer) for answer in record.answers],
        "modalities": list(record.modalities),
    }


def to_event(row: RowMapping) -> ActionEvent:
    return ActionEvent(
        **shared(row),
        verb=row["verb"],
        nouns=tuple(row["nouns"]),
        score=row["score"],
        tracks=tuple(_track(track) for track in row["tracks"]),
        answers=tuple(EventAnswer(**answer) for answer in row["answers"]),
        modalities=tuple(row["modalities"]),
    )


def _track(told: dict[str, Any]) -> EventTrack:
    times, boxes, seen = told["times"], told["boxes"], told["seen"]
    return EventTrack(
        told["category"],
        told["noun"],
        told["score"],
        tuple(times),
        tuple((left, top, right, bottom) for left, top, right, bottom in boxes),
        tuple(seen),
    )


KIND = Kind(record=ActionEvent, table=action_event, row=_row, record_of=to_event, words=True)
