"""Filters, over both record stores."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from midspan.db.record_store import Commit, RecordStore, SegmentFilter


@pytest.fixture
def library(store: RecordStore, made: Any) -> RecordStore:
    store.commit(made.document("a", "The left lung.", "A liver, lower left.", "Heart.", added_at=10.0))
    store.commit(made.document("b", "The lung is left out.", added_at=20.0))
    windows = made.windows("v", 3)
    store.commit(
        Commit(
            runs=made.runs,
            sources=[made.source("v", kind="video", added_at=30.0)],
            segments=windows,
            products=[made.event(windows[0], "take cup"), made.event(windows[1], "put cup on table")],
        )
    )
    return store


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, {"a0", "a1", "a2", "b0", "v0", "v1", "v2"}),
        ({"source_ids": {"b", "v"}}, {"b0", "v0", "v1", "v2"}),
        ({"source_ids": set()}, set()),
        ({"source_kind": "video"}, {"v0", "v1", "v2"}),
        ({"record_kinds": {"event"}}, {"v0", "v1"}),
        ({"record_kinds": {"event", "fact"}}, {"a0", "a1", "a2", "b0", "v0", "v1"}),
        ({"record_kinds": set()}, set()),
        ({"added_from": 20.0}, {"b0", "v0", "v1", "v2"}),
        ({"added_from": 10.0, "added_until": 20.0}, {"a0", "a1", "a2"}),
        ({"source_kind": "video", "start": 2.0, "end": 4.0}, {"v1"}),
        ({"source_kind": "video", "start": 3.0}, {"v1", "v2"}),
    ],
)
def test_filters(library: RecordStore, made: Any, where: dict[str, Any], expected: set[str]) -> None:
    if "source_ids" in where:
        where = where | {"source_ids": frozenset(made.id(name) for name in where["source_ids"])}
    if "record_kinds" in where:
        where = where | {"record_kinds": frozenset(where["record_kinds"])}
    names = {made.id(name): name for name in "abv"}
    keys = library.segment_keys(SegmentFilter(**where))
    assert keys.tolist() == sorted(keys.tolist())
    found = library.segments_by_key(keys.tolist()).values()
    assert {f"{names[segment.source_id]}{segment.ordinal}" for segment in found} == expected


def test_a_sentence_without_anatomy_is_none_of_the_atlas_s(store: RecordStore, made: Any) -> None:
    """Every sentence has an atlas record; one that says "no anatomy" is not what a search is after."""
    commit = made.document("a", "The liver.", "No liver disease.", "It rained.")
    placed, doubted, plain = commit.segments
    answers = [made.atlas(placed), made.atlas(doubted, None), replace(made.atlas(plain, None), named=False)]
    store.commit(replace(commit, products=answers))
    keys = store.segment_keys(SegmentFilter(record_kinds=frozenset({"atlas"})))
    found = store.segments_by_key(keys.tolist()).values()
    assert {segment.text for segment in found} == {"The liver.", "No liver disease."}


def test_a_source_s_counts_and_the_store_s_are_of_the_same_records(store: RecordStore, made: Any) -> None:
    """What the tiles above the table of sources say is the sum of its rows; an abstention is no place."""
    for name in ("a", "b"):
        commit = made.document(name, "The liver.", "No liver disease.", "It rained.")
        placed, doubted, plain = commit.segments
        answers = [
            made.atlas(placed),
            made.atlas(doubted, None),
            replace(made.atlas(plain, None), named=False),
        ]
        store.commit(replace(commit, products=answers))
    rows = [one.records for one in store.sources()]
    assert [row["atlas"] for row in rows] == [1, 1]
    counts = store.counts()
    assert {kind: sum(row[kind] for row in rows) for kind in rows[0]} == {
        kind: counts[kind] for kind in rows[0]
    }
