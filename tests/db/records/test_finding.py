"""Full text and filters, over both record stores."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midspan.db.record_store import Commit, RecordStore, SegmentFilter

EVERYTHING = SegmentFilter()
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


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
    ("query", "texts"),
    [
        ("lung", {"The left lung.", "The lung is left out."}),
        ("LUNGS", {"The left lung.", "The lung is left out."}),
        ('"left lung"', {"The left lung."}),
        ('"left lung" heart', {"The left lung.", "Heart."}),
        ("left -lung", {"A liver, lower left."}),
        ('lung -"left out"', {"The left lung."}),
        ("spleen", set()),
        ("-lung", set()),
        ('"left lung', {"The left lung."}),
    ],
)
def test_full_text(library: RecordStore, query: str, texts: set[str]) -> None:
    assert {hit.segment.text for hit in library.search_segments(query, EVERYTHING, 10)} == texts


@pytest.mark.parametrize(
    ("text", "found_by", "not_by"),
    [
        ("Der Käse schmeckt.", ["kase", "KÄSE", "Ka\u0308se", '"der kase"'], ["kse"]),
        ("Smørrebrød på Strøget", ["SMØRREBRØD", "smørrebrød", "strøget"], ["smorrebrod"]),
        ("Ёжик в тумане", ["ёжик", "ЁЖИК"], ["ежик"]),
        ("Ψυχή", ["ψυχή", "ΨΥΧΉ"], ["ψυχη"]),
        ("the patient's state-of-the-art scanner", ["patient", '"state of"', "art", "the"], ["patientia"]),
        ("generations of ponies", ["generation", "pony", "generous"], ["gene"]),
        ("see http://lung.example/left?x=1.5 or a_b@c.org", ["lung", "left", "5", "b", "org"], ["x1"]),
        ("dose 1e5 at 3D, v2.0, 10%", ["1e5", "3d", "v2", "0", "10"], ["1", "3"]),
        ("a\\b/c <i>d</i> e&amp;f", ["b", "c", "d", "i", "amp", "f"], ["bc", "ab"]),
        ("漢字かな 한국어", ["漢字かな", "한국어"], ["漢字"]),
    ],
)
def test_words_are_cut_alike(
    store: RecordStore, made: Any, text: str, found_by: list[str], not_by: list[str]
) -> None:
    store.commit(made.document("a", text))
    hits = {query: len(store.search_segments(query, EVERYTHING, 9)) for query in found_by + not_by}
    assert hits == {**dict.fromkeys(found_by, 1), **dict.fromkeys(not_by, 0)}


def test_better_hits_come_first_with_higher_scores(library: RecordStore) -> None:
    hits = library.search_segments("left lung liver", EVERYTHING, 10)
    scores = [hit.score for hit in hits]
    assert len(hits) == 3
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0
    assert len(library.search_segments("left lung liver", EVERYTHING, 1)) == 1


def test_full_text_forgets_what_is_gone(library: RecordStore, made: Any) -> None:
    library.retire(made.id("a"), made.id("b"))
    assert [h.segment.text for h in library.search_segments("lung liver", EVERYTHING, 9)] == [
        "The lung is left out."
    ]


@many
@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from(['"', "-", "lung", "OR", "NOT", "*", ":", "("])).map("".join)
)
def test_any_string_is_a_query(store: RecordStore, query: str) -> None:
    store.search_segments(query, EVERYTHING, 3)
    store.search_records(query, SegmentFilter(source_kind="video"), 3)


def test_events_by_their_words(library: RecordStore, made: Any) -> None:
    first, second, _ = made.windows("v", 3)
    found = library.search_records("cup", EVERYTHING, 10)["event"]
    assert {event_id for event_id, _ in found} == {made.event(first).id, made.event(second).id}
    assert [event_id for event_id, _ in library.search_records("table", EVERYTHING, 10)["event"]] == [
        made.event(second).id
    ]
    assert library.search_records("cup", SegmentFilter(source_kind="document"), 10) == {"event": []}


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


def test_a_filter_narrows_a_search(library: RecordStore, made: Any) -> None:
    only = SegmentFilter(source_ids=frozenset([made.id("b")]))
    assert [hit.segment.source_id for hit in library.search_segments("lung", only, 9)] == [made.id("b")]
