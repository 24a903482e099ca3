"""The outbox, generations and leases of one machine, over both record stores."""

from __future__ import annotations

from typing import Any

import pytest

from midspan.db.record_store import Commit, Generation, RecordStore, Target
from midspan.errors import LeaseLost
from tests.db.records.outbox_ids import changed


def test_the_outbox_names_what_is_new(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    assert changed(store, "graph") == {fact.id for fact in store.records("fact")}
    assert changed(store, "vectors.text") == {str(s.key) for s in store.segments(made.id("a"))}
    assert changed(store, "vectors.visual") == set()


def test_the_outbox_is_read_in_order_from_behind_a_mark(store: RecordStore, made: Any) -> None:
    for name in "abc":
        store.commit(made.document(name, "One."))
    entries = store.outbox("graph", 0, 100)
    assert [entry.ids for entry in entries] == [
        (made.fact(*made.segments(name, "One.")).id,) for name in "abc"
    ]
    assert store.outbox("graph", entries[0].id, 1) == entries[1:2]
    assert store.outbox_end("graph") == entries[-1].id
    assert store.outbox_end("vectors.visual") == 0


def test_a_large_commit_is_split_in_the_outbox(store: RecordStore, made: Any) -> None:
    segments = made.segments("a", *(f"{i}" for i in range(6000)))
    products = [made.embedding(segment) for segment in segments]
    store.commit(Commit(runs=made.runs, sources=[made.source("a")], segments=segments, products=products))
    assert [len(entry.ids) for entry in store.outbox("vectors.text", 0, 10)] == [5000, 1000]
    batches = list(store.all_ids("vectors.text"))
    assert [len(batch) for batch in batches] == [5000, 1000]
    assert {key for batch in batches for key in batch} == changed(store, "vectors.text")


def test_all_ids_leave_out_what_is_gone(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    store.commit(made.document("b", "Two."))
    store.retire(made.id("a"), None)
    assert list(store.all_ids("graph")) == [[made.fact(*made.segments("b", "Two.")).id]]
    assert list(store.all_ids("vectors.visual")) == []


def generation(number: int, applied: int, target: Target = "graph") -> Generation:
    return Generation(target, number, f"graph.g{number}", "ab", applied, {"FACT": 3}, "run-x", 4)


def test_the_newest_two_generations_are_kept(store: RecordStore) -> None:
    lease = store.acquire("projector", "me", 60)
    assert store.generation("graph") is None
    for number in (1, 2, 3):
        store.publish(generation(number, 0), lease)
    assert store.generation("graph") == generation(3, 0)
    assert store.generations("graph") == [generation(3, 0), generation(2, 0)]
    assert store.generation("vectors.text") is None


def test_publishing_prunes_what_is_before_the_last_entry_that_the_kept_generations_have_applied(
    store: RecordStore, made: Any
) -> None:
    for name in "abc":
        store.commit(made.document(name, "One."))
    first, second, third = (entry.id for entry in store.outbox("graph", 0, 10))
    lease = store.acquire("projector", "me", 60)
    store.publish(generation(1, first), lease)
    store.publish(generation(2, third), lease)
    assert [entry.id for entry in store.outbox("graph", 0, 10)] == [first, second, third]
    assert len(store.outbox("vectors.text", 0, 10)) == 3
    store.publish(generation(3, third), lease)
    assert [entry.id for entry in store.outbox("graph", 0, 10)] == [third]
    assert store.outbox_end("graph") == third


def test_publishing_under_a_lost_lease_is_refused(store: RecordStore) -> None:
    old = store.acquire("projector", "me", -1)
    new = store.acquire("projector", "you", 60)
    assert new.token > old.token
    with pytest.raises(LeaseLost):
        store.publish(generation(1, 0), old)
    assert store.generation("graph") is None


def test_a_lease_is_held_until_it_runs_out_or_is_given_back(store: RecordStore) -> None:
    mine = store.acquire("projector", "me", 60)
    assert store.acquire("projector", "you", 60) is None
    assert store.acquire("other", "you", 60) is not None
    again = store.acquire("projector", "me", 90)
    assert again.token == mine.token
    assert again.expires_at > mine.expires_at
    store.release(mine)
    yours = store.acquire("projector", "you", 60)
    assert yours.token > mine.token
    store.release(mine)
    assert store.acquire("projector", "me", 60) is None
