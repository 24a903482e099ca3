"""The graph stores: one contract, held against a plain model of the graph that a set of facts makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midspan.db.graph.statements import ROWS_A_STATEMENT
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact, GraphItem, Lease
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import LeaseLost, StoreUnavailable
from midspan.records import Named
from tests.db.graph.graph_model import (
    ADA,
    BABBAGE,
    BORN,
    KNEW,
    expected,
    fact,
    merge,
    outside,
    read,
    slot,
    taken,
)

# --- what facts make ---


def test_a_fact_makes_its_part_of_the_graph(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1, score=0.8)], [], 4, lease)

    assert read(graph) == expected([fact(1, score=0.8)])
    assert graph.counts() == {"Mention": 1, "Assertion": 1, "Entity": 2, "FACT": 1, "SAME_AS": 0}
    assert graph.applied() == 4
    rows = graph.query("MATCH (a:Entity)-[f:FACT]->(b:Entity) RETURN a.name, f.name, b.name").rows
    assert rows == (("Ada Lovelace", "acquaintance", "Charles Babbage"),)


def test_the_same_statement_elsewhere_supports_one_assertion(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1, score=0.6), fact(2, source="source-2", score=0.9)], [], 1, lease)

    rows = graph.query("MATCH (a:Assertion) RETURN a.support, a.confidence").rows
    assert rows == ((2, 0.9),)
    assert graph.query("MATCH ()-[f:FACT]->() RETURN f.support, f.confidence").rows == ((2, 0.9),)


def test_denied_and_hedged_statements_are_their_own_edges(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1), fact(2, polarity="negated"), fact(3, polarity="hedged")], [], 1, lease)

    assert graph.counts()["FACT"] == 3
    plain = "MATCH ()-[f:FACT]->() WHERE f.polarity = 'affirmed' RETURN count(f)"
    assert graph.query(plain).rows == ((1,),)


def test_a_literal_is_a_value_and_no_entity(graph: GraphStore, lease: Lease) -> None:
    day = slot("10 December 1815", None, "10 December 1815", "date", value="1815-12-10")
    graph.apply([fact(1, ADA, BORN, day)], [], 1, lease)

    assert graph.counts() == {"Mention": 1, "Assertion": 1, "Entity": 1, "FACT": 0, "SAME_AS": 0}
    rows = graph.query("MATCH (a:Assertion) RETURN a.object_value, a.object_kind, a.status").rows
    assert rows == (("1815-12-10", "date", "linked"),)


def test_what_is_in_no_knowledge_graph_is_found_by_its_casefolded_surface(
    graph: GraphStore, lease: Lease
) -> None:
    graph.apply(
        [fact(1, slot("The  Engine")), fact(2, slot("the engine")), fact(3, slot("the engines"))],
        [],
        1,
        lease,
    )

    rows = graph.query("MATCH (e:Entity) WHERE NOT e.in_kg RETURN e.name, e.kind ORDER BY e.name").rows
    assert rows == (("The  Engine", "local"), ("the engines", "local"))


def test_a_persons_name_of_one_word_is_somebody_else_in_another_source(
    graph: GraphStore, lease: Lease
) -> None:
    names = {"Weber": "person", "Jo Weber": "person", "Acme": "organisation"}
    said = [
        fact(10 * place + number, slot(name, kind=kind), source=f"source-{place}")
        for place in (1, 2)
        for number, (name, kind) in enumerate(names.items())
    ]
    graph.apply(said, [], 1, lease)

    asked = "MATCH (e:Entity) WHERE NOT e.in_kg RETURN e.name AS name, e.sort, count(*) ORDER BY name"
    assert graph.query(asked).rows == (
        ("Acme", "organisation", 1),
        ("Jo Weber", "person", 1),
        ("Weber", "person", 2),
    )


def test_one_name_for_a_person_and_a_place_are_two(graph: GraphStore, lease: Lease) -> None:
    person, place = slot("Jo Paris", kind="person"), slot("jo  paris", kind="place")
    graph.apply([fact(1, person), fact(2, place)], [], 1, lease)

    rows = graph.query("MATCH (e:Entity) WHERE NOT e.in_kg RETURN e.sort ORDER BY e.sort").rows
    assert rows == (("person",), ("place",))


def test_what_is_planned_is_another_assertion_than_what_is_doubted(graph: GraphStore, lease: Lease) -> None:
    hedged = [
        fact(number, polarity="hedged", modality=why) for number, why in enumerate(("planned", "doubted"))
    ]
    graph.apply(hedged, [], 1, lease)

    assert graph.query("MATCH ()-[f:FACT]->() RETURN f.modality AS m ORDER BY m").rows == (
        ("doubted",),
        ("planned",),
    )


def test_the_same_batch_again_changes_nothing(graph: GraphStore, lease: Lease) -> None:
    batch = [fact(1), fact(2, segment=2), fact(3, BABBAGE, KNEW, ADA)]
    for _ in range(2):
        graph.apply(batch, ["fact-99"], 6, lease)

    assert read(graph) == expected(batch)
    assert graph.applied() == 6


def test_a_fact_that_says_something_else_now_replaces_what_it_said(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1), fact(2)], [], 1, lease)

    graph.apply([fact(1, ADA, KNEW, slot("Mary"))], [], 2, lease)

    assert read(graph) == expected([fact(1, ADA, KNEW, slot("Mary")), fact(2)])


def test_taking_a_mention_out_recomputes_what_it_supported(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1, score=0.9), fact(2, segment=2, score=0.4)], [], 1, lease)

    graph.apply([], ["fact-1", "unknown"], 2, lease)

    assert read(graph) == expected([fact(2, segment=2, score=0.4)])


def test_an_edge_goes_with_its_last_mention_though_its_entities_stay(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1), fact(2, predicate=slot("met"))], [], 1, lease)

    graph.apply([], ["fact-1"], 2, lease)

    assert read(graph) == expected([fact(2, predicate=slot("met"))])


@pytest.mark.parametrize("first", ["Analytical Engine", "the Engine"])
def test_a_name_does_not_depend_on_which_fact_came_first(graph: GraphStore, lease: Lease, first: str) -> None:
    for through, name in enumerate(sorted(["Analytical Engine", "the Engine"], key=lambda n: n != first)):
        graph.apply([fact(through, slot("it", "wd:Q9", name))], [], through, lease)

    rows = graph.query("MATCH (e:Entity {uid: 'wd:Q9'}) RETURN e.name").rows
    assert rows == (("Analytical Engine",),)


def test_taking_the_last_mention_out_leaves_nothing(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1), fact(2, polarity="negated")], [], 1, lease)

    graph.apply([], ["fact-1", "fact-2"], 2, lease)

    assert read(graph) == ({}, {})
    assert set(graph.counts().values()) == {0}


def test_a_name_that_nobody_uses_any_more_is_given_up(graph: GraphStore, lease: Lease) -> None:
    early, late = slot("it", "wd:Q9", "Analytical Engine"), slot("it", "wd:Q9", "the Engine")
    graph.apply([fact(1, early), fact(2, late)], [], 1, lease)
    graph.apply([], ["fact-1"], 2, lease)

    assert graph.query("MATCH (e:Entity {uid: 'wd:Q9'}) RETURN e.name").rows == (("the Engine",),)


def test_a_fact_in_both_lists_is_kept(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1)], ["fact-1"], 1, lease)

    assert read(graph) == expected([fact(1)])


def test_a_path_that_is_no_utf8_is_spelt_out(graph: GraphStore, lease: Lease) -> None:
    graph.apply([replace(fact(1), path="/library/caf\udce9.txt")], [], 1, lease)

    assert graph.query("MATCH (d:Document) RETURN d.path").rows == (("/library/caf\\udce9.txt",),)


def test_more_facts_than_one_statement_takes(graph: GraphStore, lease: Lease) -> None:
    count = ROWS_A_STATEMENT + 7
    graph.apply([fact(n, slot(f"name {n}"), segment=n) for n in range(count)], [], 1, lease)
    assert graph.counts()["Assertion"] == count

    graph.apply([], [f"fact-{n}" for n in range(1, count)], 2, lease)
    assert read(graph) == expected([fact(0, slot("name 0"), segment=0)])


PERSON = slot("Ada", kind="person")
# --- what is the same ---

ZUSE, MACHINE = slot("Zuse"), slot("Z3", "wd:Q9", "Z3")
FACTS_OF = (
    "MATCH (e:Entity {uid: $uid})-[:SAME_AS*0..8]-(:Entity)-[f:FACT]-(o:Entity) "
    "RETURN f.assertion, o.name ORDER BY o.name"
)


def test_facts_of_what_is_the_same_are_found_by_each_of_its_names(graph: GraphStore, lease: Lease) -> None:
    one, other = outside("Zuse"), outside("the inventor")
    said = [fact(1, ZUSE, KNEW, BABBAGE), fact(2, slot("the inventor"), KNEW, MACHINE), fact(3, ADA)]
    joined = [merge(1, one, Named("wd:Q7", "Konrad Zuse")), merge(2, other, one)]
    graph.apply([*said, *joined], [], 1, lease)

    for uid in (one.uid, other.uid, "wd:Q7"):
        rows = graph.query(FACTS_OF, {"uid": uid}).rows
        assert [name for _, name in rows] == ["Charles Babbage", "Z3"]
    assert graph.counts()["SAME_AS"] == 2


def test_an_entity_without_facts_stays_while_it_is_the_same_as_another(
    graph: GraphStore, lease: Lease
) -> None:
    joined = merge(1, outside("Zuse", "Mr Zuse"), Named("wd:Q7", "Konrad Zuse"))
    graph.apply([fact(1, ZUSE), joined], [], 1, lease)

    graph.apply([], ["fact-1"], 2, lease)
    assert read(graph) == expected([joined])

    graph.apply([fact(1, ZUSE)], [], 3, lease)
    assert read(graph) == expected([joined, fact(1, ZUSE)])

    graph.apply([], [joined.id, "fact-1"], 4, lease)
    assert read(graph) == ({}, {})


def test_a_merge_that_is_taken_out_leaves_the_facts(graph: GraphStore, lease: Lease) -> None:
    joined = merge(1, outside("Zuse"), Named("wd:Q7", "Konrad Zuse"))
    graph.apply([fact(1, ZUSE), joined], [], 1, lease)

    graph.apply([], [joined.id, merge(2, outside("x"), outside("y")).id], 2, lease)

    assert read(graph) == expected([fact(1, ZUSE)])


def test_rebuilding_holds_these_merges_and_no_others(graph: GraphStore, lease: Lease) -> None:
    kept, gone = (merge(n, outside(f"Zuse {n}"), Named("wd:Q7", "Konrad Zuse")) for n in (1, 2))
    graph.apply([kept, gone], [], 7, lease)

    graph.rebuild([[fact(2)], [kept]], 9, lambda: lease)

    assert read(graph) == expected([fact(2), kept])


subjects = st.sampled_from([ADA, BABBAGE, slot("Ada"), slot("ADA"), replace(ADA, name="Ada King"), PERSON])
predicates = st.sampled_from([KNEW, slot("met"), slot("Met"), replace(KNEW, name="a friend of")])
objects = st.sampled_from([BABBAGE, ADA, slot("Ada"), slot("1815", None, "1815", "date")])
facts = st.builds(
    fact,
    st.integers(0, 7),
    subjects,
    predicates,
    objects,
    polarity=st.sampled_from(["affirmed", "negated"]),
    modality=st.sampled_from(["", "planned"]),
    source=st.sampled_from(["source-1", "source-2"]),
    segment=st.integers(1, 2),
    score=st.sampled_from([0.1, 0.2, 0.7]),
)
KNOWN = Named("wd:Q1", "Countess Lovelace")
OUTSIDE = [outside("Ada"), outside("Ada", "ADA"), outside("Zuse")]
merges = st.builds(
    merge, st.integers(1, 9), st.sampled_from(OUTSIDE[:2]), st.sampled_from([KNOWN, OUTSIDE[2]])
)
ids = st.one_of(st.integers(0, 9).map("fact-{}".format), merges.map(lambda item: item.id))
batches = st.lists(
    st.tuples(st.lists(st.one_of(facts, facts, merges), max_size=6), st.sets(ids, max_size=4)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=batches, again=st.booleans())
def test_whatever_the_batches_the_graph_is_that_of_the_facts_and_merges_in_it(
    graph: GraphStore, lease: Lease, work: list[tuple[list[GraphItem], set[str]]], again: bool
) -> None:
    graph.clear(lease)
    held: dict[str, GraphItem] = {}
    for through, (upserts, removed) in enumerate(work, start=1):
        for _ in range(2 if again else 1):
            graph.apply(upserts, sorted(removed), through, lease)
        for item_id in removed:
            held.pop(item_id, None)
        held |= {item.id: item for item in upserts}

    nodes, edges = expected(list(held.values()))
    assert read(graph) == (nodes, edges)
    labels = [label for label, _ in nodes]
    counted = {name: labels.count(name) for name in ("Mention", "Assertion", "Entity")}
    kinds = [kind for kind, *_ in edges]
    assert graph.counts() == counted | {name: kinds.count(name) for name in ("FACT", "SAME_AS")}


# --- applied, clear, lease ---


def test_an_empty_graph(graph: GraphStore) -> None:
    assert graph.applied() == 0
    assert set(graph.counts().values()) == {0}
    assert graph.query("MATCH (n:Entity) RETURN n.name").rows == ()


def test_an_older_entry_never_takes_back_what_is_applied(graph: GraphStore, lease: Lease) -> None:
    graph.apply([], [], 7, lease)
    graph.apply([fact(1)], [], 3, lease)

    assert graph.applied() == 7


def test_clearing_leaves_nothing_and_can_be_built_on(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1), fact(2, slot("x"))], [], 7, lease)

    graph.clear(lease)

    assert (graph.applied(), read(graph)) == (0, ({}, {}))
    graph.apply([fact(3)], [], 9, lease)
    assert (graph.applied(), read(graph)) == (9, expected([fact(3)]))


def test_rebuilding_holds_these_facts_and_no_others(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1), fact(2, slot("x"))], [], 7, lease)

    graph.rebuild([[fact(2)], [fact(3)]], 5, lambda: lease)

    assert (graph.applied(), read(graph)) == (5, expected([fact(2), fact(3)]))


def test_rebuilding_from_nothing_leaves_nothing(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1)], [], 7, lease)
    graph.rebuild([], 8, lambda: lease)
    assert (graph.applied(), read(graph)) == (8, ({}, {}))


def test_a_rebuild_that_breaks_off_leaves_out_nothing(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1), fact(2)], [], 7, lease)

    def broken() -> Iterator[list[GraphFact]]:
        yield [fact(2)]
        raise StoreUnavailable("the disk failed a read")

    with pytest.raises(StoreUnavailable):
        graph.rebuild(broken(), 9, lambda: lease)

    assert (graph.applied(), read(graph)) == (7, expected([fact(1), fact(2)]))


def test_a_rebuild_whose_lease_is_lost_leaves_out_nothing(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1)], [], 7, lease)

    def lost() -> Lease:
        raise LeaseLost("another projector has taken over")

    with pytest.raises(LeaseLost):
        graph.rebuild([[fact(2)]], 9, lost)

    assert (graph.applied(), read(graph)) == (7, expected([fact(1)]))


def test_who_lost_the_lease_changes_nothing(graph: GraphStore, store: SqlRecordStore, lease: Lease) -> None:
    graph.apply([fact(1)], [], 1, lease)
    store.release(lease)
    graph.apply([fact(2, segment=2)], [], 2, taken(store, "there"))

    with pytest.raises(LeaseLost):
        graph.apply([fact(3)], ["fact-1"], 3, lease)

    assert graph.applied() == 2
    assert read(graph) == expected([fact(1), fact(2, segment=2)])
