"""The graph stores: one contract, held against a plain model of the graph that a set of facts makes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midspan.db import migrate
from midspan.db.graph import embedded as graph_embedded
from midspan.db.graph import process as graph_process
from midspan.db.graph import schema as graph_schema
from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph.process import GraphProcess
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact, Lease
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import CypherRefused, DamagedGeneration, LeaseLost, QueryTimeout, WrongUse
from services.neo4j import Neo4j
from tests.db.graph.graph_model import ADA, BABBAGE, BORN, KNEW, expected, fact, read, slot


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlRecordStore]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    migrate.upgrade(url)
    engine = make_engine(url)
    opened = SqlRecordStore(engine)
    yield opened
    opened.close()
    engine.dispose()


@pytest.fixture
def lease(store: SqlRecordStore) -> Lease:
    return taken(store, "here")


def taken(store: SqlRecordStore, holder: str) -> Lease:
    lease = store.acquire("projector", holder, 600.0)
    assert lease is not None
    return lease


@pytest.fixture(scope="module")
def server_graph(neo4j_server: Neo4j) -> Iterator[Neo4jGraph]:
    """One for the module: connections and readers are made once."""
    opened = Neo4jGraph.at(neo4j_server.url)
    yield opened
    opened.close()


@pytest.fixture(params=["embedded", "neo4j"])
def graph(request: pytest.FixtureRequest, tmp_path: Path, store: SqlRecordStore) -> Iterator[GraphStore]:
    if request.param == "embedded":
        opened = EmbeddedGraph(tmp_path / "graph", store)
        yield opened
        opened.close()
    else:
        request.getfixturevalue("neo4j_server").wipe()
        yield request.getfixturevalue("server_graph")


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


def test_who_lost_the_lease_changes_nothing(graph: GraphStore, store: SqlRecordStore, lease: Lease) -> None:
    graph.apply([fact(1)], [], 1, lease)
    store.release(lease)
    graph.apply([fact(2, segment=2)], [], 2, taken(store, "there"))

    with pytest.raises(LeaseLost):
        graph.apply([fact(3)], ["fact-1"], 3, lease)

    assert graph.applied() == 2
    assert read(graph) == expected([fact(1), fact(2, segment=2)])


# --- typed-in queries ---


def test_values_are_plain_json_of_one_shape(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1)], [], 1, lease)

    rows = graph.query(
        "MATCH p = (a:Entity {uid: 'wd:Q1'})-[f:FACT]->(b) "
        "RETURN a, f, p, [a, {inner: f}] AS mixed, date('2026-01-31') AS day, null AS nothing, 0.5 AS half"
    )

    assert rows.columns == ("a", "f", "p", "mixed", "day", "nothing", "half")
    ((a, f, p, mixed, day, nothing, half),) = rows.rows
    ada = {"uid": "wd:Q1", "name": "Ada Lovelace", "kind": "wd", "in_kg": True}
    assert a == {"id": a["id"], "labels": ["Entity"], "properties": ada}
    assert f.keys() == {"id", "type", "start", "end", "properties"}
    assert (f["type"], f["start"]) == ("FACT", a["id"])
    assert [node["id"] for node in p["nodes"]] == [f["start"], f["end"]]
    assert p["relationships"] == [f]
    assert mixed == [a, {"inner": f}]
    assert (day, nothing, half) == ("2026-01-31", None, 0.5)
    assert all(isinstance(value, str) for value in (a["id"], f["id"], f["start"], f["end"]))
    json.dumps(rows.rows)


def test_times_and_durations_are_json_too(graph: GraphStore) -> None:
    rows = graph.query(
        "RETURN datetime('2026-01-31T10:00:00Z') AS t, duration('P1DT2H') AS d, time('10:00') AS c"
    )

    assert rows.rows[0][0].startswith("2026-01-31T10:00:00")
    json.dumps(rows.rows)


def test_parameters_are_values_and_never_text(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1)], [], 1, lease)
    query = "MATCH (e:Entity) WHERE e.name = $name OR e.uid IN $uids RETURN e.uid"

    assert graph.query(query, {"name": "x' OR true //", "uids": []}).rows == ()
    assert graph.query(query, {"name": "", "uids": ["wd:Q2"]}).rows == (("wd:Q2",),)


@pytest.mark.parametrize(
    ("there", "limit", "shown", "truncated"), [(5, 4, 4, True), (5, 5, 5, False), (5, 9, 5, False)]
)
def test_rows_are_limited_and_it_says_so(
    graph: GraphStore, lease: Lease, there: int, limit: int, shown: int, truncated: bool
) -> None:
    graph.apply([fact(n, slot(f"name {n}")) for n in range(there)], [], 1, lease)

    rows = graph.query("MATCH (m:Mention) RETURN m.uid ORDER BY m.uid", limit=limit)

    assert rows.rows == tuple((f"fact-{n}",) for n in range(shown))
    assert rows.truncated is truncated


def test_a_query_that_takes_too_long_is_ended(graph: GraphStore) -> None:
    endless = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(a * b)"

    with pytest.raises(QueryTimeout):
        graph.query(endless, seconds=0.2)


@pytest.mark.parametrize(
    "cypher", ["MATCH (n) DETACH DELETE n", "CREATE (n:Entity {uid: 'x'})", "LOAD CSV FROM 'x' AS r RETURN r"]
)
def test_writing_queries_are_refused_and_change_nothing(graph: GraphStore, lease: Lease, cypher: str) -> None:
    graph.apply([fact(1)], [], 1, lease)

    with pytest.raises(CypherRefused):
        graph.query(cypher)

    assert read(graph) == expected([fact(1)])


@pytest.mark.parametrize("cypher", ["MATCH (n RETURN n", "MATCH (n) RETURN m", "RETURN $missing"])
def test_a_query_that_is_wrong_is_the_askers_fault(graph: GraphStore, cypher: str) -> None:
    with pytest.raises(WrongUse, match="cannot be run"):
        graph.query(cypher)


@pytest.mark.parametrize(
    ("index", "words", "found"),
    [("entity_name", "lovelace", ["wd:Q1"]), ("sentence_text", "sentence", ["source-1-segment-1"])],
)
def test_full_text_finds_names_and_sentences(
    graph: GraphStore, lease: Lease, index: str, words: str, found: list[str]
) -> None:
    many = [fact(n, slot(f"name {n}"), KNEW, slot(f"other {n}")) for n in range(10, 1300)]
    graph.apply([fact(1), *many], [], 1, lease)

    call = "CALL db.index.fulltext.queryNodes($index, $words) YIELD node RETURN node.uid"

    assert [uid for (uid,) in graph.query(call, {"index": index, "words": words}).rows] == found


# --- the embedded graph's files ---


@pytest.fixture
def embedded(tmp_path: Path, store: SqlRecordStore) -> EmbeddedGraph:
    return EmbeddedGraph(tmp_path / "graph", store)


def test_another_instance_sees_each_new_generation(
    embedded: EmbeddedGraph, tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    other = EmbeddedGraph(tmp_path / "graph", store)
    embedded.apply([fact(1)], [], 1, lease)
    assert read(other) == expected([fact(1)])

    embedded.apply([fact(2)], ["fact-1"], 2, lease)

    assert (other.applied(), read(other)) == (2, expected([fact(2)]))


def test_a_graph_of_another_schema_is_built_anew(
    embedded: EmbeddedGraph,
    tmp_path: Path,
    store: SqlRecordStore,
    lease: Lease,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    embedded.apply([fact(1)], [], 5, lease)
    monkeypatch.setattr(graph_embedded, "SCHEMA_VERSION", graph_schema.SCHEMA_VERSION + 1)
    newer = EmbeddedGraph(tmp_path / "graph", store)

    assert (newer.applied(), read(newer)) == (0, ({}, {}))
    newer.apply([fact(2)], [], 6, lease)
    assert (newer.applied(), read(newer)) == (6, expected([fact(2)]))


def test_a_file_that_the_engine_cannot_read_is_passed_over(
    embedded: EmbeddedGraph,
    tmp_path: Path,
    store: SqlRecordStore,
    lease: Lease,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    embedded.apply([fact(1)], [], 1, lease)
    with monkeypatch.context() as patch:
        patch.setattr(GraphProcess, "save", lambda self, path, indexes: path.write_bytes(b"no graph"))
        embedded.apply([fact(2)], [], 2, lease)

    assert EmbeddedGraph(tmp_path / "graph", store).applied() == 1
    next((tmp_path / "graph").glob("graph.g000001.*")).unlink()
    damaged = EmbeddedGraph(tmp_path / "graph", store)
    with pytest.raises(DamagedGeneration, match="midspan reindex"):
        damaged.query("MATCH (n) RETURN n")
    damaged.clear(lease)
    assert damaged.applied() == 0


def test_a_batch_that_fails_half_way_leaves_the_graph_as_it_was(
    embedded: EmbeddedGraph, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.apply([fact(1)], [], 1, lease)
    run = GraphProcess.run

    def failing(self: GraphProcess, cypher: str, parameters: Any) -> Any:
        if "SUPPORTS" in cypher and "MERGE" in cypher:
            raise RuntimeError("out of luck")
        return run(self, cypher, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(GraphProcess, "run", failing)
        with pytest.raises(RuntimeError):
            embedded.apply([fact(2)], ["fact-1"], 2, lease)

    assert (embedded.applied(), read(embedded)) == (1, expected([fact(1)]))


def test_queries_that_make_too_many_rows_on_their_way_are_ended(embedded: EmbeddedGraph) -> None:
    with pytest.raises(QueryTimeout, match="rows"):
        embedded.query("UNWIND range(1, 6000000) AS a RETURN count(a)", seconds=60)


def test_a_process_that_died_is_replaced(embedded: EmbeddedGraph, lease: Lease) -> None:
    embedded.apply([fact(1)], [], 1, lease)
    held = embedded._frozen()
    held._child.kill()
    assert read(embedded) == expected([fact(1)])


def test_a_query_that_will_not_stop_has_its_process_killed(
    embedded: EmbeddedGraph, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.apply([fact(1)], [], 1, lease)
    monkeypatch.setattr(graph_process, "GRACE_SECONDS", -1.0)
    with pytest.raises(QueryTimeout, match="was ended"):
        embedded.query("UNWIND range(1, 4000000) AS a RETURN count(a)", seconds=1)
    monkeypatch.undo()
    assert read(embedded) == expected([fact(1)])


def test_a_parameter_that_is_no_plain_value_is_refused(embedded: EmbeddedGraph) -> None:
    with pytest.raises(WrongUse, match="parameter"):
        embedded.query("RETURN $x", {"x": object()})


def test_readers_go_on_while_a_writer_publishes(
    embedded: EmbeddedGraph, tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    other = EmbeddedGraph(tmp_path / "graph", store)
    embedded.apply([fact(0)], [], 1, lease)
    stop, problems, reads = threading.Event(), [], []

    def look(graph: GraphStore) -> None:
        seen = 0
        while not stop.is_set() or not reads:
            ((mentions, support),) = graph.query(
                "MATCH (m:Mention) WITH count(m) AS mentions MATCH (a:Assertion) RETURN mentions, a.support"
            ).rows
            reads.append(mentions)
            if mentions != support or mentions < seen:
                problems.append((seen, mentions, support))
            seen = mentions

    threads = [threading.Thread(target=look, args=(which,)) for which in (embedded, other, other)]
    for thread in threads:
        thread.start()
    for number in range(1, 12):
        embedded.apply([fact(number)], [], number + 1, lease)
    stop.set()
    for thread in threads:
        thread.join(timeout=60)

    assert problems == []
    assert other.counts()["Mention"] == 12
