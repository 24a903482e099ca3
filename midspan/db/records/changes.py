"""What a transaction changes for the projections, and its way into the outbox."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert

from midspan.db.record_store import TARGET_OF, TARGETS, Target, WordLevel, word_id
from midspan.db.records import dialect, tables

IDS_AN_ENTRY = 5000


class Changes:
    """Ids that are new, gone or different, by target; each once."""

    def __init__(self) -> None:
        self._ids: dict[Target, dict[str, None]] = {target: {} for target in TARGETS}

    def records(self, target: Target, ids: Iterable[str]) -> None:
        """Records of the kind that the target shows."""
        self._ids[target].update(dict.fromkeys(ids))

    def vectors(self, keys: Iterable[tuple[int, str]]) -> None:
        """(key, space) of embeddings: of a segment, in the space of events of an event."""
        for key, space in keys:
            self._ids[TARGET_OF[space]][str(key)] = None

    def words(self, level: WordLevel, ids: Iterable[str]) -> None:
        """What full text holds of these sources, segments or records."""
        self._ids["words"].update((word_id(level, one), None) for one in ids)

    def write(self, connection: Connection, now: float) -> None:
        """Put everything into the outbox; the last thing a transaction does."""
        rows = [
            {"target": target, "ids": list(ids)[start : start + IDS_AN_ENTRY], "created_at": now}
            for target, ids in self._ids.items()
            for start in range(0, len(ids), IDS_AN_ENTRY)
        ]
        if rows:
            dialect.lock_outbox(connection)
            connection.execute(insert(tables.outbox), rows)
