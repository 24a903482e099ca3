"""Vectors of events: rows beside the events, whose numbers are their keys in the index."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, exists, select

from midspan.db.records import codec, dialect
from midspan.db.records.bulk import insert_new
from midspan.db.records.changes import Changes
from midspan.db.records.kinds.event import action_event, event_embedding
from midspan.records import Embedding

SPACE = "event"


def add_event_vectors(connection: Connection, embeddings: Sequence[Embedding], changes: Changes) -> None:
    """Of events that are there; one that has its vector keeps it, since its id holds its run."""
    if not embeddings:
        return
    of = {one.record_id: one for one in embeddings}
    c = action_event.c
    held = select(c.id, c.key).where(dialect.one_of(connection, c.id, sorted(of)))
    held = held.where(~exists().where(event_embedding.c.event_key == c.key))
    keys = dict(connection.execute(held).all())
    rows = [
        {"event_key": key, "vector": codec.pack_vector(of[event_id].vector)} for event_id, key in keys.items()
    ]
    insert_new(connection, event_embedding, rows)
    changes.vectors((key, SPACE) for key in keys.values())


def note_event_vectors(connection: Connection, changes: Changes, of: ColumnElement[bool]) -> None:
    """Note the vectors of these events for their index, before the events go and the vectors with them."""
    keys = select(event_embedding.c.event_key).join(action_event).where(of)
    changes.vectors((key, SPACE) for key in connection.scalars(keys))
