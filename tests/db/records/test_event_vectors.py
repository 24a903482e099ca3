"""Vectors of events: kept beside them, shown by a projection of their own, gone when they go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from midspan.db.record_store import Commit, EventFilter, RecordStore, SegmentFilter
from midspan.records import ActionEvent, Embedding, EventAnswer, Segment
from tests.db.records.outbox_ids import changed


def about(event: ActionEvent, *vector: float) -> Embedding:
    place = event.provenance
    values = np.array(vector, np.float32)
    return Embedding(place.segment_id, place.source_id, place.run_id, "event", values, record_id=event.id)


def two_events(made: Any, window: Segment) -> tuple[ActionEvent, ActionEvent]:
    """They begin in the same segment."""
    put = replace(
        made.event(window),
        verb="put into",
        nouns=("striped star",),
        answers=(EventAnswer("put_into", "striped star", 0.8), EventAnswer("cover", "", 0.1)),
        modalities=("rgb", "boxes"),
    )
    return put, replace(made.event(window), id="event-other", verb="open", nouns=("plain disc",))


@pytest.fixture
def events(store: RecordStore, made: Any) -> tuple[ActionEvent, ActionEvent]:
    (window,) = made.windows("v", 1)
    put, opened = two_events(made, window)
    products = [put, opened, about(put, 1, 0, 0, 0), about(opened, 0, 1, 0, 0)]
    video = made.source("v", kind="video")
    store.commit(Commit(runs=made.runs, sources=[video], segments=[window], products=products))
    return put, opened


def test_what_an_event_may_be_comes_back_with_it(store: RecordStore, events: Any) -> None:
    assert {one.id: one for one in store.find_events(EventFilter(), 9)} == {one.id: one for one in events}
    assert store.check_rows().damage == ()  # type: ignore[attr-defined]


def test_two_events_of_a_segment_have_a_vector_each(store: RecordStore, events: Any) -> None:
    keys = store.event_keys(SegmentFilter())
    found, vectors = store.vectors("event", keys.tolist())
    assert found.tolist() == keys.tolist() and vectors.shape == (2, 4)
    assert store.counts()["embedding.event"] == 2
    assert changed(store, "vectors.event") == {str(key) for key in keys}
    assert list(store.all_ids("vectors.event")) == [[str(key) for key in keys]]
    told = store.events_by_key(keys.tolist())
    assert {told[key].id: vector.argmax() for key, vector in zip(found, vectors, strict=True)} == {
        events[0].id: 0,
        events[1].id: 1,
    }


def test_events_are_found_by_verb_and_noun(store: RecordStore, events: Any) -> None:
    put, opened = events
    for where, wanted in (
        (SegmentFilter(verb="put into"), [put]),
        (SegmentFilter(noun="plain disc"), [opened]),
        (SegmentFilter(verb="open", noun="striped star"), []),
        (SegmentFilter(verb="open", source_kind="document"), []),
    ):
        keys = store.event_keys(where).tolist()
        assert list(store.events_by_key(keys).values()) == wanted


def test_saying_it_again_changes_nothing(store: RecordStore, made: Any, events: Any) -> None:
    end = store.outbox_end("vectors.event")
    store.commit(Commit(runs=made.runs, products=[events[0], about(events[0], 0, 0, 1, 0)]))
    assert store.outbox_end("vectors.event") == end
    _, vectors = store.vectors("event", store.event_keys(SegmentFilter()).tolist())
    assert vectors[:, 2].tolist() == [0, 0]


def test_vectors_go_with_their_video(store: RecordStore, made: Any, events: Any) -> None:
    keys = {str(key) for key in store.event_keys(SegmentFilter())}
    end = store.outbox_end("vectors.event")
    store.retire(made.id("v"), None)
    assert changed(store, "vectors.event", end) == keys
    assert store.counts()["embedding.event"] == 0
    assert store.vectors("event", [int(key) for key in keys])[0].size == 0
