"""The contract of RecordStore, over all its adapters."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midspan.db.record_store import (
    Commit,
    RecordStore,
    Ref,
    RunResult,
    SegmentFilter,
    TextChunk,
)
from midspan.errors import LeaseLost, UnknownName
from midspan.records import Failure, Page, Run, Thumbnail
from tests.db.records.outbox_ids import changed, ends

many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


# --- commit ---


def test_everything_written_is_read_back(store: RecordStore, made: Any) -> None:
    first, second = made.segments("a", "The cat sits left of the tree.", "The liver is large.")
    products = [
        made.scene(first),
        made.atlas(second),
        made.atlas(first, None),
        made.fact(first),
        made.event(second),
    ]
    store.commit(
        Commit(runs=made.runs, sources=[made.source("a")], segments=[first, second], products=products)
    )
    for record in products:
        assert store.record(record.id) == record
    read = store.segments(made.id("a"))
    assert [replace(segment, key=None) for segment in read] == [first, second]
    assert store.source(made.id("a")) == made.source("a")
    assert store.run(made.facts.id) == made.facts


def test_run_parameters_come_back(store: RecordStore) -> None:
    run = Run("s", 3, "m", "w", {"list": [1, 2.5], "none": None, "name": "é"})
    store.commit(Commit(runs=[run]))
    assert store.run(run.id) == run


def test_the_same_commit_twice_changes_nothing(store: RecordStore, made: Any) -> None:
    commit = made.document("a", "One sentence.", "Another one.")
    commit.failures = [(None, made.id("a"), None, Failure("/x", "facts", "E", "broken", True))]
    store.commit(commit)
    before = (store.counts(), ends(store), store.sources(), store.segments(made.id("a")), store.failures())
    store.commit(commit)
    after = (store.counts(), ends(store), store.sources(), store.segments(made.id("a")), store.failures())
    assert after == before
    assert store.counts()["fact"] == 2


def test_a_product_finds_a_segment_of_an_earlier_commit(store: RecordStore, made: Any) -> None:
    (segment,) = made.segments("a", "One sentence.")
    store.commit(Commit(runs=made.runs, sources=[made.source("a")], segments=[segment]))
    store.commit(Commit(segments=[segment], products=[made.embedding(segment)]))
    key = store.segments_by_id([segment.id])[segment.id].key
    assert store.vectors("text", [key])[0].tolist() == [key]


def test_a_product_without_its_segment_is_refused_whole(store: RecordStore, made: Any) -> None:
    first, lost = made.segments("a", "One sentence.", "Never written.")
    with pytest.raises(LeaseLost, match="path again"):
        store.commit(
            Commit(runs=made.runs, sources=[made.source("a")], segments=[first], products=[made.fact(lost)])
        )
    assert store.source(made.id("a")) is None


def test_segments_of_a_superseded_source_are_refused(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    store.retire(made.id("a"), made.id("b"))
    with pytest.raises(LeaseLost, match="superseded"):
        store.commit(Commit(segments=made.segments("a", "One.")))


def test_keys_are_never_given_twice(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    keys = {segment.key for segment in store.segments(made.id("a"))}
    store.retire(made.id("a"), None)
    store.commit(made.document("b", "One.", "Two."))
    assert keys.isdisjoint({segment.key for segment in store.segments(made.id("b"))})


# --- runs ---


def test_complete_runs_leaves_out_incomplete_and_unknown(store: RecordStore, made: Any) -> None:
    store.commit(
        Commit(
            runs=made.runs,
            sources=[made.source("a"), made.source("b")],
            results=[
                RunResult(made.id("a"), made.reading.id, True),
                RunResult(made.id("a"), made.facts.id, False),
            ],
        )
    )
    found = store.complete_runs([made.id("a"), made.id("b"), made.id("c")])
    assert found == {made.id("a"): frozenset([made.reading.id]), made.id("b"): frozenset()}


def test_an_incomplete_result_does_not_undo_a_complete_one(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    store.commit(Commit(results=[RunResult(made.id("a"), made.facts.id, False)]))
    assert made.facts.id in store.complete_runs([made.id("a")])[made.id("a")]


def test_a_complete_result_ends_an_incomplete_one(store: RecordStore, made: Any) -> None:
    store.commit(Commit(runs=made.runs, sources=[made.source("a")]))
    for complete in (False, True):
        store.commit(Commit(results=[RunResult(made.id("a"), made.facts.id, complete)]))
    assert made.facts.id in store.complete_runs([made.id("a")])[made.id("a")]


def test_a_new_run_supersedes_what_the_stage_said_before(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    store.commit(made.document("b", "Else."))
    mark = ends(store)
    first, second = made.segments("a", "One.", "Two.")
    new = made.fact(first, made.facts2)
    old = {made.fact(first).id, made.fact(second).id}
    store.commit(Commit(products=[new], results=[RunResult(made.id("a"), made.facts2.id, True)]))
    kept = made.fact(*made.segments("b", "Else."))
    assert {fact.id for fact in store.records("fact")} == {new.id, kept.id}
    assert changed(store, "graph", mark["graph"]) == {new.id, *old}
    assert changed(store, "vectors.text", mark["vectors.text"]) == set()
    assert store.complete_runs([made.id("a")])[made.id("a")] == {
        made.reading.id,
        made.encoder.id,
        made.facts2.id,
    }


def test_an_incomplete_new_run_supersedes_nothing(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    (segment,) = made.segments("a", "One.")
    results = [RunResult(made.id("a"), made.facts2.id, False)]
    store.commit(Commit(products=[made.fact(segment, made.facts2)], results=results))
    assert store.counts()["fact"] == 2


def test_another_encoders_vector_takes_the_place_of_the_old_one(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    (segment,) = made.segments("a", "One.")
    key = store.segments(made.id("a"))[0].key
    mark = store.outbox_end("vectors.text")
    other = replace(made.embedding(segment, made.encoder2), vector=np.array([0, 0, 0, 1], dtype=np.float32))
    store.commit(Commit(products=[other], results=[RunResult(made.id("a"), made.encoder2.id, True)]))
    assert store.vectors("text", [key])[1].tolist() == [[0, 0, 0, 1]]
    assert store.counts()["embedding.text"] == 1
    assert changed(store, "vectors.text", mark) == {str(key)}


def test_vectors_have_one_dimension_while_an_encoder_takes_over(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    first, second = store.segments(made.id("a"))
    wider = Run("encode", 2, "wider")
    store.commit(Commit(runs=[wider], products=[made.embedding(first, wider, dim=6)]))
    keys, vectors = store.vectors("text", [first.key, second.key])
    assert keys.tolist() == [first.key]
    assert vectors.shape == (1, 6)


def reread(made: Any, name: str, *sentences: str, results: list[RunResult]) -> Commit:
    """A new reading that cuts the same sentences into segments with other ids."""
    segments = made.segments(name, *sentences, run=made.reading2)
    return Commit(
        chunks=[TextChunk(made.id(name), made.reading2.id, 0, " ".join(sentences))],
        segments=segments,
        products=[made.fact(segment) for segment in segments],
        results=results,
    )


def test_a_new_reading_takes_old_segments_and_all_about_them(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    old_keys = {str(segment.key) for segment in store.segments(made.id("a"))}
    mark = ends(store)
    done = [RunResult(made.id("a"), made.reading2.id, True), RunResult(made.id("a"), made.facts.id, True)]
    store.commit(reread(made, "a", "One.", "Three.", results=done))
    assert [segment.text for segment in store.segments(made.id("a"))] == ["One.", "Three."]
    assert {segment.run_id for segment in store.segments(made.id("a"))} == {made.reading2.id}
    assert store.counts()["segment"] == 2
    assert store.counts()["embedding.text"] == 0
    assert changed(store, "vectors.text", mark["vectors.text"]) == old_keys
    assert store.text(made.id("a"), 0, 99) == "One. Three."


def test_a_new_reading_keeps_what_is_said_again_of_the_same_place(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    done = [RunResult(made.id("a"), made.reading2.id, True), RunResult(made.id("a"), made.facts.id, True)]
    store.commit(reread(made, "a", "One.", "Two.", results=done))
    segments = store.segments(made.id("a"))
    found = store.records_of([segment.id for segment in segments])
    assert [len(found[segment.id]) for segment in segments] == [1, 1]


def test_a_new_reading_undoes_the_other_stages(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    store.commit(reread(made, "a", "One.", results=[RunResult(made.id("a"), made.reading2.id, True)]))
    assert store.complete_runs([made.id("a")])[made.id("a")] == {made.reading2.id}


def test_a_reading_under_way_leaves_the_old_one_in_place(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    store.commit(reread(made, "a", "Half.", results=[]))
    assert [segment.text for segment in store.segments(made.id("a"))] == ["One.", "Two."]
    assert store.text(made.id("a"), 0, 99) == "One. Two."


# --- locations, retiring ---


def test_a_changed_path_supersedes_its_old_source(store: RecordStore, made: Any) -> None:
    store.commit(made.document("old", "One.", "Two.", path="/p"))
    keys = {str(segment.key) for segment in store.segments(made.id("old"))}
    facts = {fact.id for fact in store.records("fact")}
    mark = ends(store)
    store.commit(made.document("new", "Three.", path="/p"))
    assert store.source(made.id("old")).superseded_by == made.id("new")
    assert [summary.source.id for summary in store.sources()] == [made.id("new")]
    assert store.segments(made.id("old")) == []
    assert store.text(made.id("old"), 0, 9) == ""
    assert store.complete_runs([made.id("old")]) == {}
    assert keys < changed(store, "vectors.text", mark["vectors.text"])
    assert facts < changed(store, "graph", mark["graph"])
    assert store.counts()["source"] == 1


def test_a_source_with_another_path_left_stays(store: RecordStore, made: Any) -> None:
    store.commit(made.document("old", "One.", path="/p"))
    store.commit(Commit(locations=[made.location("/copy", "old")]))
    store.commit(made.document("new", "Two.", path="/p"))
    assert store.source(made.id("old")).superseded_by is None
    assert store.summary(made.id("old")).paths == ("/copy",)


def test_two_paths_that_swap_their_files_lose_nothing(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", path="/1"))
    store.commit(made.document("b", "Two.", path="/2"))
    store.commit(Commit(locations=[made.location("/1", "b"), made.location("/2", "a")]))
    assert store.summary(made.id("a")).paths == ("/2",)
    assert store.summary(made.id("b")).paths == ("/1",)
    assert store.counts()["source"] == 2


def test_a_source_that_comes_back_is_new_again(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", path="/p"))
    store.commit(made.document("b", "Two.", path="/p"))
    store.commit(made.document("a", "One.", path="/p"))
    assert [summary.source.id for summary in store.sources()] == [made.id("a")]
    assert store.source(made.id("b")).superseded_by == made.id("a")
    assert store.counts()["fact"] == 1


def test_retired_for_nothing_is_gone_from_the_list(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    store.retire(made.id("a"), None)
    assert store.sources() == []
    assert store.source(made.id("a")).superseded_by == ""
    assert store.locations(["/data/a"]) == {}


def test_facts_are_projected_again_when_their_path_changes(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", path="/p"))
    (fact,) = store.records("fact")
    mark = store.outbox_end("graph")
    store.commit(Commit(locations=[made.location("/q", "a", seen_at=2.0)]))
    assert changed(store, "graph", mark) == {fact.id}
    assert store.facts([fact.id])[fact.id].path == "/q"


def test_discard_leaves_nothing_of_an_unfinished_source(store: RecordStore, made: Any) -> None:
    commit = made.document("a", "One.")
    commit.results = []
    store.commit(commit)
    store.discard(made.id("a"), made.reading.id)
    assert store.source(made.id("a")) is None
    assert store.locations(["/data/a"]) == {}
    assert set(store.counts().values()) == {0}


def test_discard_leaves_a_complete_reading_alone(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    store.commit(reread(made, "a", "Half.", results=[]))
    store.discard(made.id("a"), made.reading.id)
    store.discard(made.id("a"), made.reading2.id)
    assert [segment.text for segment in store.segments(made.id("a"))] == ["One."]
    assert store.counts()["segment"] == 1


awkward = st.text(
    st.one_of(st.sampled_from("\\/u0dc8 é%_\n\x00"), st.integers(0xDC80, 0xDCFF).map(chr)), max_size=12
)


@many
@given(st.lists(awkward.map(lambda tail: f"/p/{tail}"), min_size=1, max_size=5, unique=True))
def test_any_path_comes_back(store: RecordStore, made: Any, uris: list[str]) -> None:
    places = [made.location(uri, "a") for uri in uris]
    store.commit(Commit(sources=[made.source("a")], locations=places))
    assert store.locations([*uris, "/elsewhere"]) == {place.uri: place for place in places}


# --- text, pages, pictures ---


@many
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), data=st.data())
def test_text_is_cut_by_code_points(store: RecordStore, made: Any, text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))) | {0, len(text)})
    place = st.integers(-3, len(text) + 3)
    start, end = data.draw(place), data.draw(place)
    source = made.source(f"text {text!r} {cuts}")
    chunks = [TextChunk(source.id, made.reading.id, left, text[left:right]) for left, right in pairwise(cuts)]
    store.commit(Commit(runs=[made.reading], sources=[source], chunks=chunks))
    assert store.text(source.id, start, end) == text[max(start, 0) : max(end, 0)]


def test_page_boxes_are_true_to_a_65535th(store: RecordStore, made: Any) -> None:
    boxes = np.random.default_rng(0).random((50, 4), dtype=np.float32)
    boxes[0] = 0
    boxes[1] = 1
    page = Page(2, 100, 150, 595.0, 842.5, boxes)
    store.commit(
        Commit(runs=made.runs, sources=[made.source("a")], pages=[(made.id("a"), made.reading.id, page)])
    )
    read = store.page(made.id("a"), 2)
    assert (read.number, read.start, read.end, read.width, read.height) == (2, 100, 150, 595.0, 842.5)
    assert read.boxes.shape == (50, 4)
    np.testing.assert_allclose(read.boxes, boxes, atol=0.51 / 65535)
    assert store.page(made.id("a"), 1) is None


def test_thumbnail(store: RecordStore, made: Any) -> None:
    (window,) = made.windows("v", 1)
    store.commit(
        Commit(
            runs=made.runs,
            sources=[made.source("v", kind="video")],
            segments=[window],
            products=[Thumbnail(window.id, made.id("v"), b"\xff\xd8picture")],
        )
    )
    assert store.thumbnail(window.id) == b"\xff\xd8picture"
    assert store.thumbnail("seg-none") is None


# --- summaries and lists ---


def test_summary_of_a_document(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "Öl ist gut.", "Two."))
    summary = store.summary(made.id("a"))
    assert summary.paths == ("/data/a",)
    assert (summary.segments, summary.characters, summary.seconds) == (2, len("Öl ist gut. Two."), 0)
    assert dict(summary.records) == {"scene": 0, "atlas": 0, "fact": 2, "event": 0}
    assert summary.complete
    assert store.summary("none") is None


def test_summary_of_a_video(store: RecordStore, made: Any) -> None:
    windows = made.windows("v", 3)
    store.commit(
        Commit(
            runs=made.runs,
            sources=[made.source("v", kind="video")],
            segments=windows,
            products=[made.event(windows[0])],
        )
    )
    summary = store.summary(made.id("v"))
    assert (summary.segments, summary.characters, summary.seconds) == (3, 0, 6.0)
    assert summary.records["event"] == 1


@pytest.mark.parametrize(
    ("results", "complete"),
    [
        ([], False),
        ([("reading", True)], True),
        ([("reading", True), ("facts", False)], False),
        ([("facts", True)], False),
    ],
)
def test_complete_means_read_and_nothing_failed(
    store: RecordStore, made: Any, results: list[tuple[str, bool]], complete: bool
) -> None:
    rows = [RunResult(made.id("a"), getattr(made, name).id, done) for name, done in results]
    store.commit(Commit(runs=made.runs, sources=[made.source("a")], results=rows))
    assert store.summary(made.id("a")).complete is complete


def test_names_are_titles_and_paths_of_what_is_there(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    store.commit(made.document("b", "Two.", path="/data/elsewhere"))
    names = store.names([made.id("a"), made.id("b"), "none"])
    assert {source: (name.title, name.path) for source, name in names.items()} == {
        made.id("a"): ("a", "/data/a"),
        made.id("b"): ("b", "/data/elsewhere"),
    }


def test_sources_newest_first_by_page(store: RecordStore, made: Any) -> None:
    names = ["a", "b", "c"]
    store.commit(Commit(sources=[made.source(n, added_at=float(i)) for i, n in enumerate(names)]))
    assert [summary.source.title for summary in store.sources(limit=2)] == ["c", "b"]
    assert [summary.source.title for summary in store.sources(limit=2, offset=2)] == ["a"]


def test_sources_by_title_or_path_in_any_case(store: RecordStore, made: Any) -> None:
    store.commit(made.document("ÄRZTE 100%", path="/data/x.txt"))
    store.commit(made.document("other", path="/data/100% Ärzte\udcff.txt"))
    store.commit(made.document("none", path="/data/100 arzte"))
    assert {s.source.title for s in store.sources(contains="ärzte")} == {"ÄRZTE 100%", "other"}
    assert {s.source.title for s in store.sources(contains="100%")} == {"ÄRZTE 100%", "other"}
    assert {s.source.title for s in store.sources(contains="\udcff")} == {"other"}


def test_segments_go_on_behind_the_last(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", *"abcdefg"))
    page = store.segments(made.id("a"), after=1, limit=3)
    assert [segment.ordinal for segment in page] == [2, 3, 4]


def test_segments_by_id_and_key_leave_out_unknown_ones(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    first, second = store.segments(made.id("a"))
    assert store.segments_by_id([second.id, "none"]) == {second.id: second}
    assert store.segments_by_key([first.key, 10**9]) == {first.key: first}


def test_a_ref_says_of_a_segment_what_its_row_says(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    first, second = store.segments(made.id("a"))
    refs = store.segment_refs([second.key, first.key, 10**9])
    assert refs == {
        one.key: Ref(one.id, one.source_id, "sentence", "char", one.key) for one in (first, second)
    }
    assert store.segment_refs([]) == {}


def test_refs_of_records_are_of_kinds_with_words_of_their_own(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    window = made.windows("v", 1)[0]
    event = made.event(window)
    video = made.source("v", kind="video")
    store.commit(Commit(runs=made.runs, sources=[video], segments=[window], products=[event]))
    (fact,) = store.records("fact")
    ref = Ref(event.id, made.id("v"), "event", "s")
    assert store.record_refs([event.id, fact.id, "nobody"]) == [ref]
    assert store.record_refs([]) == []
    keys = store.event_keys(SegmentFilter()).tolist()
    assert store.event_refs([*keys, 10**9]) == {keys[0]: ref}


def test_a_moment_does_not_see_what_others_do_meanwhile(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    (segment,) = store.segments(made.id("a"))
    with store.moment():
        assert set(store.segment_refs([segment.key])) == {segment.key}
        other = threading.Thread(target=store.retire, args=(made.id("a"), None))
        other.start()
        other.join()
        assert store.segments_by_id([segment.id]) and store.counts()["segment"] == 1
    assert store.segments_by_id([segment.id]) == {} and store.counts()["segment"] == 0


def test_more_ids_than_a_statement_has_parameters(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One."))
    (segment,) = store.segments(made.id("a"))
    assert set(store.segments_by_key(list(range(50_000)))) == {segment.key}
    assert store.locations([f"/{i}" for i in range(50_000)]) == {}


def test_counts(store: RecordStore, made: Any) -> None:
    commit = made.document("a", "One.", "Two.")
    window = replace(made.windows("a", 3)[2], ordinal=2)
    commit.segments.append(window)
    first, second = made.segments("a", "One.", "Two.")
    commit.products += [made.scene(first), made.atlas(second), made.event(window)]
    commit.products.append(made.embedding(window, space="visual"))
    store.commit(commit)
    assert store.counts() == {
        "source": 1,
        "segment": 3,
        "scene": 1,
        "atlas": 1,
        "fact": 2,
        "event": 1,
        "embedding.text": 2,
        "embedding.passage": 0,
        "embedding.visual": 1,
        "embedding.event": 0,
    }


# --- records ---


def test_records_of_segments_in_order_of_place(store: RecordStore, made: Any) -> None:
    (segment,) = made.segments("a", "The cat sits left of the tree.")
    late = made.fact(segment)
    late = replace(late, provenance=replace(late.provenance, start=10))
    early = made.scene(segment)
    store.commit(
        Commit(runs=made.runs, sources=[made.source("a")], segments=[segment], products=[late, early])
    )
    assert store.records_of([segment.id, "none"]) == {segment.id: [early, late]}
    assert store.records_of([segment.id], ["fact"]) == {segment.id: [late]}


def test_records_by_column(store: RecordStore, made: Any) -> None:
    first, second = segments = made.segments("a", "One.", "Two.")
    facts = [made.fact(first, uid="wd:Q1"), made.fact(second, uid=None)]
    store.commit(Commit(runs=made.runs, sources=[made.source("a")], segments=segments, products=facts))
    assert store.records("fact", {"subject_uid": "wd:Q1", "status": "partial"}) == facts[:1]
    assert store.records("fact", {"subject_uid": None}) == facts[1:]
    assert store.records("fact", {"subject_uid": "wd:Q9"}) == []
    in_order = sorted(facts, key=lambda fact: fact.id)
    assert store.records("fact", limit=1) + store.records("fact", limit=1, offset=1) == in_order


def test_records_by_id_are_of_that_kind(store: RecordStore, made: Any) -> None:
    commit = made.document("a", "One.", "Two.")
    store.commit(commit)
    one, two = store.records("fact")
    assert store.records_by_id("fact", [two.id, "nobody"]) == {two.id: two}
    assert store.records_by_id("scene", [one.id]) == {}


def test_records_by_an_unknown_column(store: RecordStore) -> None:
    with pytest.raises(UnknownName, match="subject_uid"):
        store.records("fact", {"1=1; --": 1})


def test_organ_counts_leave_abstentions_out(store: RecordStore, made: Any) -> None:
    one, two, three = segments = made.segments("a", "One.", "Two.", "Three.")
    products = [made.atlas(one), made.atlas(two), made.atlas(three, None)]
    store.commit(Commit(runs=made.runs, sources=[made.source("a")], segments=segments, products=products))
    assert store.organ_counts() == {"liver": 2}


def test_facts_for_the_graph(store: RecordStore, made: Any) -> None:
    (segment,) = made.segments("a", "One.")
    segment = replace(segment, page=3)
    fact = made.fact(segment)
    store.commit(
        Commit(
            runs=made.runs,
            sources=[made.source("a", title="A title")],
            segments=[segment],
            products=[fact],
            locations=[made.location("/caf\udce9", "a")],
        )
    )
    (found,) = store.facts([fact.id, "fact-none"]).values()
    assert (found.fact, found.source_title, found.path) == (fact, "A title", "/caf\udce9")
    assert found.page == 3


# --- vectors ---


def test_vectors_come_back_within_half_precision(store: RecordStore, made: Any) -> None:
    segments = made.segments("a", *(f"Sentence {i}." for i in range(20)))
    wanted = np.random.default_rng(0).normal(size=(20, 384)).astype(np.float32)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    embeddings = [
        replace(made.embedding(segment), vector=vector)
        for segment, vector in zip(segments, wanted, strict=True)
    ]
    store.commit(Commit(runs=made.runs, sources=[made.source("a")], segments=segments, products=embeddings))
    keys = [segment.key for segment in store.segments(made.id("a"))]
    found, vectors = store.vectors("text", [*reversed(keys), 10**9])
    assert found.tolist() == keys
    assert (found.dtype, vectors.dtype, vectors.shape) == (np.int64, np.float32, (20, 384))
    np.testing.assert_allclose(vectors, wanted, atol=2**-11)
    assert store.vectors("visual", keys)[0].size == 0


def test_a_sentence_lies_in_the_last_passage_that_begins_before_it(store: RecordStore, made: Any) -> None:
    for name in ("a", "b"):
        commit = made.document(name, "Title", "One.", "Two.", "Three.", "Four.")
        if name == "a":
            begins = [commit.segments[1], commit.segments[3]]
            commit.products += [made.embedding(segment, space="passage") for segment in begins]
        store.commit(commit)
    title, one, two, three, four = (segment.key for segment in store.segments(made.id("a")))
    other = [segment.key for segment in store.segments(made.id("b"))]
    a, b, passages_of = made.id("a"), made.id("b"), store.passages_of
    assert passages_of({a: title, b: other[0], "c": one}) == {}
    assert [passages_of({b: other[-1], a: key}) for key in (one, two)] == [{a: one}] * 2
    assert [passages_of({a: key}) for key in (three, four)] == [{a: three}] * 2


def test_passages_go_with_their_source(store: RecordStore, made: Any) -> None:
    commit = made.document("a", "One.", "Two.")
    commit.products.append(made.embedding(commit.segments[0], space="passage"))
    store.commit(commit)
    (key, _) = [segment.key for segment in store.segments(made.id("a"))]
    assert list(store.all_ids("vectors.passage")) == [[str(key)]]
    before = store.outbox_end("vectors.passage")
    store.retire(made.id("a"), None)
    (gone,) = store.outbox("vectors.passage", after=before, limit=10)
    assert gone.ids == (str(key),)
    assert list(store.all_ids("vectors.passage")) == []


def test_cached_vectors_are_of_that_run_only(store: RecordStore, made: Any) -> None:
    store.commit(made.document("a", "One.", "Two."))
    shas = [made.embedding(segment).text_sha256 for segment in made.segments("a", "One.", "Two.")]
    found = store.cached_vectors(made.encoder.id, [*shas, "none"])
    assert {sha: vector.tolist() for sha, vector in found.items()} == {
        shas[0]: [1, 0, 0, 0],
        shas[1]: [0, 1, 0, 0],
    }
    assert store.cached_vectors(made.encoder2.id, shas) == {}


# --- failures ---


def test_failures_come_back_in_order(store: RecordStore, made: Any) -> None:
    failures = [
        Failure("/caf\udce9", "reading", "EncryptedDocument", "needs a password", False),
        Failure("/b", "facts", "E", "lone \udc80 and \x00", True, "seg-1"),
    ]
    store.commit(Commit(failures=[(None, None, None, failure) for failure in failures]))
    first, second = store.failures()
    assert first == failures[0]
    assert (second.path, second.segment_id, second.retryable) == ("/b", "seg-1", True)
    assert second.message.startswith("lone ")
    assert store.failures(limit=1) == [first]
    assert store.failures("job-none") == []
