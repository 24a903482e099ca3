"""Numbered graph steps: recorded once, safe to repeat, the same on both engines, newer ones refused."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph.schema import FULL_TEXT, LABELS
from midspan.db.graph.steps import pending, read_steps, steps, upgrade
from midspan.db.record_store import Lease
from midspan.errors import LeaseLost, NewerSchema, StoreError
from services.neo4j import Neo4j

LEASE = Lease("projector", "here", 1, 0.0)
Run = Callable[..., list[Mapping[str, Any]]]


@pytest.fixture
def graph(neo4j_server: Neo4j) -> Iterator[Neo4jGraph]:
    """Over a database without nodes, constraints or indexes."""
    opened = Neo4jGraph.at(neo4j_server.url)
    neo4j_server.wipe()
    forget(opened._write_one)
    yield opened
    neo4j_server.wipe()
    forget(opened._write_one)
    opened.close()


def forget(run: Run) -> None:
    run("MATCH (m:Migration) DELETE m")
    for row in run("SHOW CONSTRAINTS YIELD name"):
        run(f"DROP CONSTRAINT {row['name']} IF EXISTS")
    for row in run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'"):
        run(f"DROP INDEX {row['name']} IF EXISTS")


def schema(graph: Neo4jGraph) -> set[tuple[str, ...]]:
    rows = graph._read("SHOW INDEXES YIELD name, type, labelsOrTypes, properties WHERE type <> 'LOOKUP'")
    return {(r["name"], r["type"], *(r["labelsOrTypes"] or []), *(r["properties"] or [])) for r in rows}


WANTED = {
    *((f"{label.lower()}_uid", "RANGE", label, "uid") for label in LABELS),
    *((name, "FULLTEXT", *place) for name, place in FULL_TEXT.items()),
    ("assertion_status", "RANGE", "Assertion", "status"),
    ("projection_name", "RANGE", "Projection", "name"),
    ("migration_number", "RANGE", "Migration", "number"),
}


def test_a_new_graph_gets_constraints_and_indexes_and_their_record(graph: Neo4jGraph) -> None:
    assert len(pending(graph._read)) == len(steps())
    graph.apply([], [], 1, LEASE)
    assert schema(graph) == WANTED
    rows = graph._read("MATCH (m:Migration) RETURN m.number AS n, m.name AS name, m.sha256 AS h ORDER BY n")
    assert [(r["n"], r["name"], r["h"]) for r in rows] == [(s.number, s.name, s.sha256) for s in steps()]
    assert pending(graph._read) == []


def test_killed_behind_any_statement_it_goes_on(graph: Neo4jGraph) -> None:
    allowed = 0

    class Killed(Exception):
        pass

    def once_more(cypher: str, parameters: Mapping[str, Any]) -> Any:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        return graph._write_one(cypher, parameters)

    while True:
        left = allowed = allowed + 1
        try:
            upgrade(once_more)
            break
        except Killed:
            continue
    assert allowed > len(steps())
    assert schema(graph) == WANTED
    assert graph._read("MATCH (m:Migration) RETURN count(m) AS n")[0]["n"] == len(steps())


def test_two_processes_may_upgrade_at_once(graph: Neo4jGraph, neo4j_server: Neo4j) -> None:
    code = (
        "import sys; from midspan.db.graph.neo4j import Neo4jGraph; "
        "graph = Neo4jGraph.at(sys.stdin.read()); graph._bring_up(); graph.close()"
    )
    command = [sys.executable, "-c", code]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        assert process.stdin is not None
        process.stdin.write(neo4j_server.url)
        process.stdin.close()
    assert [process.wait() for process in both] == [0, 0]
    assert schema(graph) == WANTED


def test_a_newer_graph_is_refused_and_left_alone(graph: Neo4jGraph, neo4j_server: Neo4j) -> None:
    graph.apply([], [], 7, LEASE)
    graph._write_one("CREATE (:Migration {number: 99, sha256: 'x'})")
    another = Neo4jGraph.at(neo4j_server.url)
    with pytest.raises(NewerSchema, match=r"0099.*newer midspan"):
        another.clear(LEASE)
    another.close()
    assert graph.applied() == 7


def test_a_graph_of_a_newer_schema_is_not_emptied(graph: Neo4jGraph) -> None:
    graph.apply([], [], 7, LEASE)
    graph._write_one("MATCH (p:Projection) SET p.schema = 99")
    with pytest.raises(NewerSchema, match="99"):
        graph.apply([], [], 8, LEASE)


def test_clearing_is_fenced(graph: Neo4jGraph) -> None:
    graph.apply([], [], 7, replace(LEASE, token=5))
    with pytest.raises(LeaseLost):
        graph.clear(LEASE)
    assert graph.applied() == 7


def test_another_file_under_a_taken_number_is_refused(
    graph: Neo4jGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(graph._write_one)
    other = (replace(steps()[0], sha256="0" * 64), *steps()[1:])
    monkeypatch.setattr("midspan.db.graph.steps.steps", lambda: other)
    with pytest.raises(StoreError, match="0001"):
        upgrade(graph._write_one)


def test_every_statement_is_safe_to_repeat() -> None:
    said = [statement for step in steps() for statement in step.statements]
    assert len(said) == 10
    for statement in said:
        assert re.search(r"\b(IF NOT EXISTS|IF EXISTS|MERGE)\b", statement), statement


def test_a_gap_in_the_numbers_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "0002_late.cypher").write_text("MERGE (:X);\n")
    with pytest.raises(StoreError, match="0001"):
        read_steps(tmp_path)
