"""Facts by what they say, on each engine: filters, merging, counts, and all of them in a stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from midspan.db.graph.rows import assertion_uid, slot_uid
from midspan.db.record_store import Commit, FactFilter, RecordStore, RunResult, TextChunk
from midspan.db.record_store.facts import KEY_LENGTH, words_key
from midspan.records import BELIEVED, Fact, FactSlot

EVERYTHING = FactFilter(everything=True)


def slot(name: str, uid: str | None = None, **more: Any) -> FactSlot:
    return FactSlot(name, 0, 1, uid, name, 0.75, **more)


CURIE = slot("Marie Curie", "wd:Q7186")
PIERRE = slot("Pierre", "wd:Q37463")
WARSAW = slot("Warsaw", "wd:Q270")
BORN = slot("place of birth", "wd:P19")
SPOUSE = slot("spouse", "wd:P26")
FOUND = slot("found")
RADIUM = slot("Radium")


@dataclass(frozen=True)
class Said:
    """What a sentence of a document says."""

    subject: FactSlot
    predicate: FactSlot
    object: FactSlot
    score: float = 0.75
    polarity: Any = "affirmed"
    modality: Any = ""

    def status(self) -> Any:
        parts = (self.subject, self.predicate, self.object)
        known = [part.uid is not None or bool(part.literal) for part in parts]
        return "linked" if all(known) else "partial" if any(known) else "out_of_kg"


def write(store: RecordStore, made: Any, name: str, said: Sequence[Said]) -> list[Fact]:
    """A document with a sentence for each of these."""
    segments = made.segments(name, *(f"Sentence {number}." for number in range(len(said))))
    facts = [
        replace(
            made.fact(segment),
            subject=one.subject,
            predicate=one.predicate,
            object=one.object,
            score=one.score,
            polarity=one.polarity,
            modality=one.modality,
            status=one.status(),
        )
        for segment, one in zip(segments, said, strict=True)
    ]
    store.commit(
        Commit(
            runs=made.runs,
            sources=[made.source(name)],
            chunks=[TextChunk(made.id(name), made.reading.id, 0, " ".join(s.text for s in segments))],
            segments=segments,
            products=list(facts),
            results=[RunResult(made.id(name), run.id, True) for run in (made.reading, made.facts)],
            locations=[made.location(f"/data/{name}", name)],
        )
    )
    return facts


def ids(facts: Sequence[Fact]) -> set[str]:
    return {fact.id for fact in facts}


def test_believed_is_said_outright_and_likelier_right_than_wrong(store: RecordStore, made: Any) -> None:
    facts = write(
        store,
        made,
        "a.txt",
        [
            Said(CURIE, BORN, WARSAW, score=BELIEVED),
            Said(CURIE, BORN, WARSAW, score=BELIEVED - 0.01),
            Said(CURIE, BORN, WARSAW, polarity="negated"),
            Said(CURIE, BORN, WARSAW, polarity="hedged", modality="doubted"),
            Said(CURIE, BORN, WARSAW, modality="reported"),
        ],
    )
    assert [fact.believed for fact in facts] == [True, False, False, False, False]
    assert store.find_facts(FactFilter(), 10) == facts[:1]
    assert store.count_facts(FactFilter()) == 1
    assert ids(store.find_facts(EVERYTHING, 10)) == ids(facts)
    assert store.count_facts(EVERYTHING) == 5


@pytest.fixture
def two_documents(store: RecordStore, made: Any) -> list[Fact]:
    """Six facts: three in each document."""
    return [
        *write(
            store,
            made,
            "a.txt",
            [
                Said(CURIE, BORN, WARSAW, score=0.75),
                Said(CURIE, SPOUSE, PIERRE, score=0.875),
                Said(CURIE, FOUND, RADIUM, score=0.625),
            ],
        ),
        *write(
            store,
            made,
            "b.txt",
            [
                Said(CURIE, BORN, WARSAW, score=1.0),
                Said(PIERRE, BORN, slot("Paris", "wd:Q90"), score=0.5),
                Said(PIERRE, FOUND, RADIUM, polarity="negated"),
            ],
        ),
    ]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (FactFilter("wd:Q7186"), {0, 1, 2, 3}),
        (FactFilter("wd:Q37463"), {1, 4}),
        (FactFilter("wd:Q37463", everything=True), {1, 4, 5}),
        (FactFilter("wd:nobody"), set()),
        (FactFilter(words_key("radium")), {2}),
        (FactFilter(predicate="wd:P19"), {0, 3, 4}),
        (FactFilter(predicate=words_key("found")), {2}),
        (FactFilter(least_score=0.75), {0, 1, 3}),
        (FactFilter(linked=True), {0, 1, 3, 4}),
        (FactFilter(linked=False), {2}),
        (FactFilter(polarity="negated", everything=True), {5}),
        (FactFilter(polarity="negated"), set()),
        (FactFilter("wd:Q7186", predicate="wd:P19", least_score=0.8), {3}),
    ],
)
def test_a_filter_leaves_what_fits(
    store: RecordStore, two_documents: list[Fact], where: FactFilter, found: set[int]
) -> None:
    assert ids(store.find_facts(where, 10)) == ids([two_documents[number] for number in found])
    assert store.count_facts(where) == len(found)
    assert {item.fact.id for item in store.all_facts(where)} == ids([two_documents[n] for n in found])


def test_a_filter_by_source(store: RecordStore, made: Any, two_documents: list[Fact]) -> None:
    first = FactFilter(source_ids=frozenset({made.id("a.txt")}))
    assert ids(store.find_facts(first, 10)) == ids(two_documents[:3])
    assert store.find_facts(FactFilter(source_ids=frozenset()), 10) == []


def test_the_best_facts_come_first_page_by_page(store: RecordStore, two_documents: list[Fact]) -> None:
    every = store.find_facts(EVERYTHING, 10)
    assert [fact.score for fact in every] == [1.0, 0.875, 0.75, 0.75, 0.625, 0.5]
    assert [fact for start in (0, 2, 4) for fact in store.find_facts(EVERYTHING, 2, start)] == every


def test_facts_that_say_the_same_are_one_edge(store: RecordStore, two_documents: list[Fact]) -> None:
    found = store.fact_edges(FactFilter("wd:Q7186"), 10)
    assert found.total == 3
    best = found.edges[0]
    assert (best.subject, best.predicate, best.object) == ("wd:Q7186", "wd:P19", "wd:Q270")
    assert (best.subject_name, best.predicate_name, best.object_name) == (
        "Marie Curie", "place of birth", "Warsaw",
    )  # fmt: skip
    assert (best.support, best.confidence, best.polarity, best.literal) == (2, 1.0, "affirmed", False)
    assert best.fact == min(two_documents[0].id, two_documents[3].id)
    assert [edge.predicate for edge in found.edges[1:]] == ["wd:P26", words_key("found")]


def test_a_denied_fact_is_an_edge_of_its_own(store: RecordStore, made: Any) -> None:
    write(store, made, "a.txt", [Said(CURIE, BORN, WARSAW), Said(CURIE, BORN, WARSAW, polarity="negated")])
    assert {edge.polarity for edge in store.fact_edges(EVERYTHING, 10).edges} == {"affirmed", "negated"}


def test_what_is_said_with_another_reserve_is_an_edge_of_its_own(store: RecordStore, made: Any) -> None:
    ways = (("hedged", "doubted"), ("hedged", "planned"), ("hedged", "planned"))
    facts = write(store, made, "a.txt", [Said(CURIE, BORN, WARSAW, 0.75, *way) for way in ways])
    edges = store.fact_edges(EVERYTHING, 10).edges
    assert [(one.modality, one.support) for one in edges] == [("planned", 2), ("doubted", 1)]
    like = FactFilter(like=facts[1].id, everything=True)
    assert ids(store.find_facts(like, 10)) == ids(facts[1:])


def test_facts_are_joined_as_in_the_graph(store: RecordStore, made: Any) -> None:
    """A person's name of one word is somebody else in another document."""
    somebody = [
        *(slot(name, kind="person") for name in ("Jane", "jane", "Jane  Roe", "Jane\nRoe", "JANE ROE")),
        slot("Jane", kind="place"),
        slot("She", kind="person", antecedent="Jane"),
        slot("jane"),
    ]
    said = [Said(one, FOUND, RADIUM) for one in somebody]
    facts = [*write(store, made, "a.txt", said), *write(store, made, "b.txt", said)]
    by_graph = Counter(assertion_uid(one) for one in facts)
    edges = store.fact_edges(FactFilter(), 50).edges
    assert Counter(one.support for one in edges) == Counter(by_graph.values())
    for one in facts:
        like = store.find_facts(FactFilter(like=one.id), 50)
        assert ids(like) == ids([other for other in facts if assertion_uid(other) == assertion_uid(one)])
    for edge in edges:
        uids = {
            slot_uid(one.subject, one.provenance.source_id)
            for one in store.find_facts(FactFilter(edge.subject), 50)
        }
        assert len(uids) == 1


def test_facts_that_say_the_same_as_one(store: RecordStore, two_documents: list[Fact]) -> None:
    for number, alike in {0: {0, 3}, 2: {2}, 4: {4}, 5: {5}}.items():
        like = FactFilter(like=two_documents[number].id, everything=True)
        assert ids(store.find_facts(like, 10)) == ids([two_documents[n] for n in alike])
    assert store.find_facts(FactFilter(like="no such fact", everything=True), 10) == []
    assert store.find_facts(FactFilter(like=two_documents[5].id), 10) == []


def test_edges_are_counted_beyond_the_limit(store: RecordStore, two_documents: list[Fact]) -> None:
    found = store.fact_edges(EVERYTHING, 2)
    assert (len(found.edges), found.total) == (2, 5)
    assert store.fact_edges(FactFilter("wd:nobody"), 2).total == 0


def test_an_unknown_name_is_the_same_in_any_case_and_by_its_pronoun(store: RecordStore, made: Any) -> None:
    facts = write(
        store,
        made,
        "a.txt",
        [
            Said(slot("École Normale"), FOUND, RADIUM),
            Said(slot("école normale"), FOUND, RADIUM),
            Said(slot("She", antecedent="ÉCOLE NORMALE"), FOUND, RADIUM),
        ],
    )
    (edge,) = store.fact_edges(FactFilter(), 10).edges
    assert (edge.subject, edge.support) == (words_key("école normale"), 3)
    assert ids(store.find_facts(FactFilter(edge.subject), 10)) == ids(facts)


def test_a_long_name_has_a_short_key_that_finds_it(store: RecordStore, made: Any) -> None:
    facts = write(store, made, "a.txt", [Said(slot("x" * 400), FOUND, RADIUM)])
    (edge,) = store.fact_edges(FactFilter(), 10).edges
    assert len(edge.subject) == len(words_key("")) + KEY_LENGTH
    assert store.find_facts(FactFilter(edge.subject), 10) == facts


def test_a_date_is_no_entity(store: RecordStore, made: Any) -> None:
    date = slot("in 1867", literal="date", value="1867")
    other = slot("that year", literal="date", value="1867")
    born = slot("date of birth", "wd:P569")
    facts = write(store, made, "a.txt", [Said(CURIE, born, date), Said(CURIE, born, other)])
    (edge,) = store.fact_edges(FactFilter(), 10).edges
    assert (edge.object, edge.literal, edge.support) == ("date:1867", True, 2)
    assert ids(store.find_facts(FactFilter(like=edge.fact), 10)) == ids(facts)
    assert [one.key for one in store.fact_entities(FactFilter(), 10)] == ["wd:Q7186"]


def test_entities_by_how_many_facts_they_stand_in(store: RecordStore, two_documents: list[Fact]) -> None:
    named = store.fact_entities(FactFilter(), 10)
    assert [(one.key, one.name, one.facts) for one in named[:3]] == [
        ("wd:Q7186", "Marie Curie", 4),
        ("wd:Q270", "Warsaw", 2),
        ("wd:Q37463", "Pierre", 2),
    ]
    assert len(store.fact_entities(FactFilter(), 2)) == 2


@pytest.mark.parametrize(("contains", "keys"), [("CURIE", ["wd:Q7186"]), ("_", []), ("%", []), ("zz", [])])
def test_entities_by_a_part_of_their_name(
    store: RecordStore, two_documents: list[Fact], contains: str, keys: list[str]
) -> None:
    assert [one.key for one in store.fact_entities(FactFilter(), 10, contains)] == keys


def test_predicates_by_how_many_facts_they_stand_in(store: RecordStore, two_documents: list[Fact]) -> None:
    found = [(one.key, one.facts) for one in store.fact_predicates(FactFilter(), 10)]
    assert found == [("wd:P19", 3), (words_key("found"), 1), ("wd:P26", 1)]


def test_all_facts_come_by_id_with_their_document(store: RecordStore, made: Any) -> None:
    facts = write(
        store, made, "a.txt", [Said(CURIE, BORN, WARSAW, score=0.5 + n / 4096) for n in range(1200)]
    )
    found = list(store.all_facts(FactFilter()))
    assert [item.fact for item in found] == sorted(facts, key=lambda fact: fact.id)
    assert {(item.source_title, item.path) for item in found} == {("a.txt", "/data/a.txt")}


def test_all_facts_are_those_of_one_moment(store: RecordStore, made: Any) -> None:
    facts = write(store, made, "a.txt", [Said(CURIE, BORN, WARSAW) for _ in range(1200)])
    stream = store.all_facts(FactFilter())
    first = next(stream)
    store.retire(made.id("a.txt"), "")
    assert {first.fact.id, *(item.fact.id for item in stream)} == ids(facts)
    assert list(store.all_facts(FactFilter())) == []
