"""What full text finds of documents that went through the outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from midspan.db.record_store import Commit, Lease, RecordStore, RunResult
from midspan.db.word_index import WordFilter
from midspan.db.words.parser import FIELDS, parse
from midspan.db.words.respell import respelt
from midspan.db.words.tantivy_index import TantivyIndex
from midspan.errors import WrongUse
from midspan.records import Location
from tests.db.words.conftest import drain

Commits = Callable[[Commit], None]
fuzzed = settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))


def texts(store: RecordStore, index: TantivyIndex, query: str) -> set[str]:
    found = [one for one, _ in index.search(parse(query).tree, "segment", 10)]
    return {segment.text for segment in store.segments_by_id(found).values()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lung", {"The left lung.", "The lung is left out."}),
        ("LUNGS", {"The left lung.", "The lung is left out."}),
        ('"left lung"', {"The left lung."}),
        ("“left lung”", {"The left lung."}),
        ('"left lung" heart', {"The left lung.", "Heart."}),
        ("left -lung", {"A liver, lower left."}),
        ('lung -"left out"', {"The left lung."}),
        ("left AND lung", {"The left lung.", "The lung is left out."}),
        ("left AND lung AND NOT out", {"The left lung."}),
        ("(liver OR heart) AND left", {"A liver, lower left."}),
        ("spleen", set()),
        ("hea*", {"Heart."}),
        ("the", {"The left lung.", "The lung is left out."}),
        ("title:a lung", {"The left lung."}),
        ("lung -title:a", {"The lung is left out."}),
        ("kind:document heart", {"Heart."}),
        ("kind:event heart", set()),
        ("title:nothing heart", set()),
    ],
)
def test_queries(library: RecordStore, index: TantivyIndex, query: str, found: set[str]) -> None:
    assert texts(library, index, query) == found


@pytest.mark.parametrize(
    ("text", "found_by", "not_by"),
    [
        ("Der Käse schmeckt.", ["kase", "KÄSE", "Ka\u0308se", '"der kase"'], ["kse"]),
        ("Smørrebrød på Strøget", ["SMØRREBRØD", "smørrebrød", "strøget", "smorrebrod"], ["smor"]),
        ("Ёжик в тумане", ["ёжик", "ЁЖИК"], ["ежик"]),
        ("the patient's state-of-the-art scanner", ["patient", '"state of"', "art", "the"], ["patientia"]),
        ("generations of ponies", ["generation", "pony"], ["gene"]),
        ("see http://lung.example/left?x=1.5 or a_b@c.org", ["lung", "left", "5", "b", "org"], ["x1"]),
        ("dose 1e5 at 3D, v2.0, 10%", ["1e5", "3d", "v2", "0", "10"], ["1", "3"]),
        ("in C++ or C#", ["c++", "C#", '"C++ or"'], ["c", "b#"]),
        ("oﬃce of the ﬁsh", ["office", "fish"], ["sh"]),
        (
            "肝臓の検査をした 한국어",
            ["肝臓", "検査をした", "肝", "た", "한국어", "肝臓は検査した"],
            ["臓肝", "腎"],
        ),
    ],
)
def test_words_are_cut_alike(
    store: RecordStore,
    index: TantivyIndex,
    made: Any,
    commit: Commits,
    text: str,
    found_by: list[str],
    not_by: list[str],
) -> None:
    commit(made.document("a", text))
    hits = {query: len(texts(store, index, query)) for query in found_by + not_by}
    assert hits == {**dict.fromkeys(found_by, 1), **dict.fromkeys(not_by, 0)}


def test_one_letter_may_be_wrong(library: RecordStore, index: TantivyIndex) -> None:
    for query in ("hert", "haert", "hearty", "heqrt"):
        tree = parse(query).tree
        changed = respelt(tree)
        assert index.search(tree, "segment", 9) == []
        assert changed is not None
        assert len(index.search(changed, "segment", 9)) == 1


def test_better_hits_come_first_and_pages_join(library: RecordStore, index: TantivyIndex) -> None:
    tree = parse("left lung liver").tree
    hits = index.search(tree, "segment", 10)
    scores = [score for _, score in hits]
    assert len(hits) == 3
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0
    pages = [index.search(tree, "segment", 1, offset) for offset in range(4)]
    assert [hit for page in pages for hit in page] == hits


def test_places_are_segments_by_key(library: RecordStore, index: TantivyIndex) -> None:
    tree = parse("left lung liver").tree
    ids = [one for one, _ in index.search(tree, "segment", 10)]
    scores = [score for _, score in index.search(tree, "segment", 10)]
    places = index.places(tree, 10)
    assert [key for key, _ in places] == [library.segments_by_id(ids)[one].key for one in ids]
    assert [score for _, score in places] == scores
    assert index.places(parse("nothing").tree, 10) == []
    assert index.places(tree, 10, WordFilter(sources=frozenset())) == []


def test_a_document_is_found_by_words_from_all_over_it(
    library: RecordStore, index: TantivyIndex, made: Any
) -> None:
    both = parse("lung AND heart").tree
    assert [one for one, _ in index.search(both, "document", 9)] == [made.id("a")]
    assert index.search(both, "segment", 9) == []


def test_events_by_their_words(library: RecordStore, index: TantivyIndex, made: Any) -> None:
    first, second, _ = made.windows("v", 3)
    found = index.search(parse("cup").tree, "record", 9)
    assert {one for one, _ in found} == {made.event(first).id, made.event(second).id}
    assert [one for one, _ in index.search(parse("tables").tree, "record", 9)] == [made.event(second).id]
    facts = WordFilter(kinds=frozenset({"fact"}))
    assert index.search(parse("cup").tree, "record", 9, where=facts) == []


def test_filters(library: RecordStore, index: TantivyIndex, made: Any) -> None:
    tree = parse("lung").tree
    of_b = WordFilter(sources=frozenset([made.id("b")]))
    [(found, _)] = index.search(tree, "segment", 9, where=of_b)
    assert [one for one, _ in index.search(tree, "document", 9, where=of_b)] == [made.id("b")]
    keys = index.keys(tree, 9, of_b)
    assert keys.tolist() == [library.segments_by_id([found])[found].key]
    assert len(index.search(tree, "segment", 9, where=WordFilter(keys=keys))) == 1
    nothing = WordFilter(sources=frozenset(), keys=np.empty(0, np.int64))
    assert index.search(tree, "segment", 9, where=nothing) == []


def test_what_is_gone_is_not_found(
    library: RecordStore, index: TantivyIndex, made: Any, lease: Lease
) -> None:
    library.retire(made.id("a"), made.id("b"))
    drain(library, index, lease)
    assert texts(library, index, "lung liver") == {"The lung is left out."}
    assert (index.count("segment"), index.count("document")) == (4, 2)


def test_a_moved_file_is_found_by_its_new_path(
    store: RecordStore, index: TantivyIndex, made: Any, commit: Commits
) -> None:
    commit(made.document("a", "Heart."))
    commit(Commit(locations=[Location("/archive/hearts.txt", made.id("a"), 7, 1, 1.0)]))
    assert texts(store, index, "path:archive heart") == {"Heart."}
    assert texts(store, index, "path:elsewhere heart") == set()


def test_a_new_reading_takes_the_place_of_the_old_one(
    store: RecordStore, index: TantivyIndex, made: Any, commit: Commits
) -> None:
    first = made.document("a", "Heart.")
    commit(first)
    again = made.segments("a", "Liver.", run=made.reading2)
    done = [RunResult(made.id("a"), made.reading2.id, True)]
    commit(Commit(runs=made.runs, sources=first.sources, segments=again, results=done))
    assert texts(store, index, "heart") == set()
    assert [one for one, _ in index.search(parse("liver").tree, "document", 9)] == [made.id("a")]
    assert index.search(parse("heart").tree, "document", 9) == []
    assert index.count("segment") == 1


syntax = st.sampled_from(
    [*'"-*()“”„:+#.', "AND", "OR", "NOT", "lung", "left", "the", "ﬁ", "肝臓", "\ud800", "\udc00", "\x00"]
    + [f"{name}:" for name in FIELDS]
)
queries = st.one_of(
    st.text(max_size=200),
    st.text(st.characters(), max_size=60),
    st.lists(syntax | st.just(" "), max_size=60).map("".join),
    st.lists(syntax, max_size=40).map(" ".join),
    st.tuples(st.text(st.characters(), min_size=1, max_size=5), st.integers(1, 2000)).map(
        lambda pair: (pair[0] * pair[1])[:10_000]
    ),
)


@pytest.mark.slow
@fuzzed
@given(queries)
@example("(" * 10_000)
@example("-" * 10_000)
@example('"' * 9_999)
@example("\ufdfa" * 10_000)
@example("a." * 5_000)
@example(" ".join(map(chr, range(0x4E00, 0x4E00 + 5_000))))
@example("NOT " * 2_500)
@example("lung" + " OR lung" * 1_000)
def test_any_string_is_answered_or_refused_in_words(
    library: RecordStore, index: TantivyIndex, query: str
) -> None:
    try:
        asked = parse(query)
    except WrongUse as refusal:
        assert str(refusal)
        return
    asked.wording.encode()
    for tree in (asked.tree, respelt(asked.tree)):
        if tree is not None:
            for level in ("document", "segment", "record"):
                index.search(tree, level, 3)  # type: ignore[arg-type]
            index.keys(tree, 3)
