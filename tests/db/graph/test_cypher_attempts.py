"""Attempts on both engines: none gets through, and nobody else waits for a query that will not end."""

from __future__ import annotations

import contextlib
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from midspan.db.graph.cypher_bounds import check_bounded, is_slow
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import Lease
from midspan.errors import CypherRefused, MidspanError, QueryTimeout, WrongUse
from services.neo4j import Neo4j
from tests.db.graph.cypher_attempts import ATTEMPTS, PARAMETERS, UNSTOPPABLE
from tests.db.graph.graph_model import expected, fact, read, slot

FACTS = [fact(number, slot(f"name {number}")) for number in range(40)]
ROWS = (
    "MATCH (a), (b), (c), (d), (e), (f) WHERE a.uid = b.uid + c.uid + d.uid + e.uid + f.uid RETURN count(*)"
)
GATHERED = "UNWIND range(1, 1000000000) AS x RETURN collect(toString(x) + ' and more')"


def test_there_are_enough() -> None:
    assert len(ATTEMPTS) >= 300


def test_none_of_the_attempts_gets_through(graph: GraphStore, lease: Lease) -> None:
    graph.apply(FACTS, [], 1, lease)
    through = []
    for attempt in ATTEMPTS:
        try:
            through.append((attempt, graph.query(attempt, seconds=5.0)))
        except CypherRefused:
            continue
    assert through == []
    assert read(graph) == expected(FACTS)


@pytest.mark.parametrize("cypher", UNSTOPPABLE)
def test_what_a_server_cannot_stop_never_reaches_it(cypher: str) -> None:
    with pytest.raises(CypherRefused):
        check_bounded(cypher, PARAMETERS)


def test_what_a_server_cannot_stop_ends_on_either_engine(graph: GraphStore) -> None:
    """By the limits or by an answer; and no error is one that nobody foresaw."""
    for cypher in UNSTOPPABLE:
        try:
            json.dumps(graph.query(cypher, PARAMETERS, seconds=0.5).rows)
        except MidspanError:
            continue
    assert graph.query("RETURN 1").rows == ((1,),)


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH p = (a)-[:FACT*1..3]->(b) RETURN reduce(t = 0, r IN relationships(p) | t + r.support) AS t",
        "MATCH p = (a)-[:FACT*1..3]->(b) RETURN reduce(s = '', n IN nodes(p) | s + ', ' + n.name) AS names",
        "RETURN reduce(most = 0, x IN [3, 1, 2] | CASE WHEN x > most THEN x ELSE most END) AS most",
        "MATCH (n:Entity) WITH collect(n.name) AS names RETURN [x IN names WHERE x <> 'a' | toUpper(x)] AS u",
        "MATCH p = (a)-->(b) WHERE all(n IN nodes(p) WHERE any(l IN labels(n) WHERE l = 'X')) RETURN a",
        "UNWIND range(1, 100000) AS x RETURN sum(x) AS total",
        "WITH [1, 2, 3] AS l RETURN [i IN range(0, size(l) - 1) | l[i]] AS same",
        "RETURN round(2.345, 2) AS x",
        "MATCH (n:Entity) WHERE n.name =~ '(?i).*ada.*lovelace.*' RETURN n",
        "MATCH (n:Entity) RETURN n.name + ' (' + n.kind + ')' AS shown, [n.uid, n.kind] AS both",
        "RETURN reduce(l = [], x IN range(1, 9) | l + [x]) AS l",
        "MATCH (n) WHERE (n.a = 1 OR n.b = 2) AND NOT (n.c = 3 AND n.d = 4) RETURN n",
    ],
)
def test_honest_loops_run_on_both(graph: GraphStore, cypher: str) -> None:
    graph.query(cypher)


@pytest.mark.parametrize(
    ("pattern", "slow"),
    [
        ("(?i)ada.*", False),
        (".*heart.*valve.*", False),
        ("(ada|mary) lovelace", False),
        ("(ab)+c", True),
        ("a{1,90}a{1,90}a{1,90}b", True),
        (r"(a)\1", True),
    ],
)
def test_patterns_that_may_backtrack_for_long_are_told(pattern: str, slow: bool) -> None:
    assert is_slow(pattern) is slow


@pytest.mark.parametrize(
    "cypher",
    [
        "RETURN 1 / 0 AS x",
        "RETURN 9223372036854775807 + 1 AS x",
        "RETURN date('+999999999-01-01') AS x",
        "RETURN datetime({epochMillis: 9223372036854775807}) AS x",
        "RETURN duration('P999999999Y') AS x",
        "MATCH (a:Entity), (b:Entity) MATCH p = shortestPath((a)-[:FACT*..5]-(b)) RETURN count(p) AS n",
        "RETURN 1 AS `[/red]`, 2 AS ``",
        "RETURN 0.0 / 0 AS x, 1 AS x",
        "RETURN '\\ud800' AS x",
        "RETURN $x AS x",
        "RETURN " + "[" * 99 + "1" + "]" * 99 + " AS x",
        "CALL db.index.fulltext.queryNodes('nowhere', 'x') YIELD node RETURN node",
        "CALL db.index.fulltext.queryNodes('entity_name', '/[/ AND (') YIELD node RETURN node",
    ],
)
def test_odd_values_and_errors_are_rows_or_the_askers_fault(
    graph: GraphStore, lease: Lease, cypher: str, capfd: pytest.CaptureFixture[str]
) -> None:
    graph.apply(FACTS, [], 1, lease)
    with contextlib.suppress(WrongUse):
        json.dumps(graph.query(cypher, {"x": "\ud800"}).rows)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(("limit", "seconds"), [(0, 1.0), (-1, 1.0), (1, 0.0), (1, math.nan), (1, math.inf)])
def test_limits_without_sense_are_refused(graph: GraphStore, limit: int, seconds: float) -> None:
    with pytest.raises(WrongUse, match="1 row or more"):
        graph.query("RETURN 1", limit=limit, seconds=seconds)


def test_a_plain_question_is_answered_beside_three_bombs(graph: GraphStore, lease: Lease) -> None:
    graph.apply([fact(n, slot(f"a {n}"), object_=slot(f"b {n}")) for n in range(40)], [], 1, lease)
    bomb = "UNWIND range(1, 1000000000) AS x UNWIND range(1, 1000000000) AS y RETURN max(x + y)"
    if isinstance(graph, Neo4jGraph):
        bombs = [bomb, bomb, ROWS]
    else:
        text = "WITH reduce(s = 'ab', i IN range(1, 20) | s + s) AS t "
        bombs = [text + f"RETURN all(x IN range({n}, 4000000) WHERE replace(t, 'a', toString(x)) <> '') AS y"
                 for n in range(3)]  # fmt: skip
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(graph.query, one, seconds=10.0) for one in bombs]
        wait(running, timeout=1.0)
        assert graph.query("MATCH (m:Mention) RETURN count(m)").rows == ((40,),)
        assert not any(one.done() for one in running)
        assert {type(one.exception()) for one in running} == {QueryTimeout}


def test_the_writer_goes_on_beside_bombs_and_the_server_is_free_of_them_afterwards(
    neo4j_server: Neo4j, server_graph: Neo4jGraph, lease: Lease
) -> None:
    neo4j_server.wipe()
    with ThreadPoolExecutor(4) as pool:
        running = [
            pool.submit(server_graph.query, one, seconds=8.0) for one in (GATHERED, ROWS, GATHERED, GATHERED)
        ]
        for number in range(6):
            server_graph.apply(FACTS[: 5 * number], [], number + 1, lease)
        assert {type(one.exception()) for one in running} <= {QueryTimeout, type(None)}
    assert read(server_graph) == expected(FACTS[:25])
    mine = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery STARTS WITH $start RETURN count(*) AS n"
    with neo4j_server._driver(neo4j_server.password) as driver, driver.session() as session:
        while session.run(mine, start="UNWIND range").single(strict=True)["n"]:
            time.sleep(0.05)
