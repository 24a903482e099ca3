"""A record store, the index of words beside it, and documents in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from midspan.db.record_store import Commit, Lease, RecordStore
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.words.tantivy_index import TantivyIndex


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqlRecordStore]:
    made = SqlRecordStore(make_engine(sqlite_url))
    yield made
    made.close()


@pytest.fixture
def index(tmp_path: Path, store: RecordStore) -> TantivyIndex:
    return TantivyIndex(tmp_path / "words", store)


@pytest.fixture
def lease(store: RecordStore) -> Lease:
    taken = store.acquire("words", "test", 600.0)
    assert taken is not None
    return taken


def drain(store: RecordStore, index: TantivyIndex, lease: Lease) -> None:
    """As the projector does it."""
    entries = store.outbox("words", index.applied(), 1000)
    ids = [one for entry in entries for one in entry.ids]
    if entries:
        index.apply(store.word_items(ids), ids, entries[-1].id, lease)


@pytest.fixture
def commit(store: RecordStore, index: TantivyIndex, lease: Lease) -> Callable[[Commit], None]:
    def both(commit: Commit) -> None:
        store.commit(commit)
        drain(store, index, lease)

    return both


@pytest.fixture
def library(store: RecordStore, made: Any, commit: Callable[[Commit], None]) -> RecordStore:
    commit(made.document("a", "The left lung.", "A liver, lower left.", "Heart.", added_at=10.0))
    commit(made.document("b", "The lung is left out.", added_at=20.0))
    windows = made.windows("v", 3)
    commit(
        Commit(
            runs=made.runs,
            sources=[made.source("v", kind="video", added_at=30.0)],
            segments=windows,
            products=[made.event(windows[0], "take cup"), made.event(windows[1], "put cup on table")],
        )
    )
    return store
