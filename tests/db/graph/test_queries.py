"""Typed-in queries, on both graph stores: values, limits, refusals."""

from __future__ import annotations

import json

import pytest

from midspan.db.graph_store import GraphStore
from midspan.db.record_store import Lease
from midspan.errors import CypherRefused, QueryTimeout, WrongUse
from tests.db.graph.graph_model import KNEW, expected, fact, read, slot


def test_values_are_plain_json_of_one_shape(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(1)], [], 1, lease)

    rows = graph.query(
        "MATCH p = (a:Entity {uid: 'wd:Q1'})-[f:FACT]->(b) "
        "RETURN a, f, p, [a, {inner: f}] AS mixed, date('2026-01-31') AS day, null AS nothing, 0.5 AS half"
    )

    assert rows.columns == ("a", "f", "p", "mixed", "day", "nothing", "half")
    ((a, f, p, mixed, day, nothing, half),) = rows.rows
    ada = {"uid": "wd:Q1", "name": "Ada Lovelace", "kind": "wd", "in_kg": True, "mentioned": True}
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
