"""What the outbox says, in short."""

from __future__ import annotations

from midspan.db.record_store import TARGETS, RecordStore, Target


def changed(store: RecordStore, target: Target, after: int = 0) -> set[str]:
    return {item for entry in store.outbox(target, after, 1000) for item in entry.ids}


def ends(store: RecordStore) -> dict[Target, int]:
    return {target: store.outbox_end(target) for target in TARGETS}
