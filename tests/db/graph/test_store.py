"""The graph stores: one contract, held against a plain model of the graph that a set of facts makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midspan.db.graph import schema as graph_schema
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact, Lease
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import LeaseLost, StoreUnavailable
from tests.db.graph.graph_model import ADA, BABBAGE, BORN, KNEW, expected, fact, read, slot, taken

# --- what facts make ---


def test_a_fact_makes_its_part_of_the_graph(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1, score=0.8)], [], 4, lease)

    assert read(graph) == expected([fact(1, score=0.8)])
    assert graph.counts() == {"Mention": 1, "Assertion": 1, "Entity": 2, "FACT": 1}
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
    day = slot("10 December 1815", None, "1815-12-10", "date")
    graph.apply([fact(1, ADA, BORN, day)], [], 1, lease)

    assert graph.counts() == {"Mention": 1, "Assertion": 1, "Entity": 1, "FACT": 0}
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
    count = graph_schema.ROWS_A_STATEMENT + 7
    graph.apply([fact(n, slot(f"name {n}"), segment=n) for n in range(count)], [], 1, lease)
    assert graph.counts() == {"Mention": count, "Assertion": count, "Entity": count + 1, "FACT": count}

    graph.apply([], [f"fact-{n}" for n in range(1, count)], 2, lease)
    assert read(graph) == expected([fact(0, slot("name 0"), segment=0)])


subjects = st.sampled_from([ADA, BABBAGE, slot("Ada"), slot("ADA"), replace(ADA, name="Ada King")])
predicates = st.sampled_from([KNEW, slot("met"), slot("Met"), replace(KNEW, name="a friend of")])
objects = st.sampled_from([BABBAGE, ADA, slot("Ada"), slot("1815", None, "1815", "date")])
facts = st.builds(
    fact,
    st.integers(0, 7),
    subjects,
    predicates,
    objects,
    polarity=st.sampled_from(["affirmed", "negated"]),
    source=st.sampled_from(["source-1", "source-2"]),
    segment=st.integers(1, 2),
    score=st.sampled_from([0.1, 0.2, 0.7]),
)
batches = st.lists(
    st.tuples(st.lists(facts, max_size=5), st.sets(st.integers(0, 9), max_size=3)), min_size=1, max_size=4
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=batches, again=st.booleans())
def test_whatever_the_batches_the_graph_is_that_of_the_facts_in_it(
    graph: GraphStore, lease: Lease, work: list[tuple[list[GraphFact], set[int]]], again: bool
) -> None:
    graph.clear(lease)
    held: dict[str, GraphFact] = {}
    for through, (upserts, numbers) in enumerate(work, start=1):
        removed = [f"fact-{number}" for number in numbers]
        for _ in range(2 if again else 1):
            graph.apply(upserts, removed, through, lease)
        for fact_id in removed:
            held.pop(fact_id, None)
        held |= {item.fact.id: item for item in upserts}

    nodes, edges = expected(list(held.values()))
    assert read(graph) == (nodes, edges)
    labels = [label for label, _ in nodes]
    counted = {name: labels.count(name) for name in ("Mention", "Assertion", "Entity")}
    assert graph.counts() == {**counted, "FACT": sum(kind == "FACT" for kind, *_ in edges)}


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
