"""Attempts are refused before any engine sees them; and if one saw them, it would not write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph.neo4j_address import Neo4jAddress
from midspan.db.graph.neo4j_readers import Neo4jReaders
from midspan.errors import CypherRefused, QueryTimeout, StoreError, WrongUse
from services.neo4j import Neo4j
from tests.db.graph.cypher_corpus import REFUSED, WRITING


class Untouched:
    """Stands where an engine would, and fails the test that reaches it."""

    def query(self, *arguments: object) -> object:
        raise AssertionError("an engine was asked")


@pytest.mark.parametrize("cypher", REFUSED)
def test_an_attempt_never_reaches_neo4j(cypher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Neo4jGraph.at("bolt://127.0.0.1:9")
    monkeypatch.setattr(graph, "_readers", Untouched())
    with pytest.raises(CypherRefused):
        graph.query(cypher)
    graph._driver.close()


@pytest.mark.parametrize("cypher", REFUSED)
def test_an_attempt_never_reaches_the_embedded_engine(
    cypher: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmbeddedGraph, "_current", lambda self: Untouched())
    graph = EmbeddedGraph(tmp_path, object())  # type: ignore[arg-type]
    with pytest.raises(CypherRefused):
        graph.query(cypher)


def test_there_are_enough_attempts() -> None:
    assert len(set(REFUSED)) == len(REFUSED) >= 60


@pytest.fixture(scope="module")
def readers(neo4j_server: Neo4j) -> Iterator[Neo4jReaders]:
    opened = Neo4jReaders(Neo4jAddress.of(neo4j_server.url))
    neo4j_server.wipe()
    yield opened
    opened.close()
    neo4j_server.wipe()


@pytest.mark.parametrize("cypher", WRITING)
def test_what_writes_is_refused_by_a_reading_session_too(
    cypher: str, readers: Neo4jReaders, neo4j_server: Neo4j
) -> None:
    with neo4j_server._driver(neo4j_server.password) as driver, driver.session() as session:
        session.run("MERGE (:Entity {uid: 'wd:Q1', name: 'Ada'})").consume()
    with pytest.raises((WrongUse, StoreError)):
        readers.query(cypher, {}, 10, 10.0)
    assert readers.query("MATCH (n) WHERE NOT n:Migration RETURN n.name", {}, 10, 10.0).rows == (("Ada",),)


@pytest.mark.parametrize(
    "cypher",
    [
        "UNWIND range(1, 50000000) AS x RETURN collect(x)",
        "RETURN reduce(s = 'ab', i IN range(1, 26) | s + s) AS s",
        "RETURN range(1, 100000000) AS x",
    ],
)
def test_memory_and_size_are_limited(cypher: str, readers: Neo4jReaders) -> None:
    with pytest.raises(QueryTimeout):
        readers.query(cypher, {}, 10, 4.0)
    assert readers.query("RETURN 1", {}, 10, 10.0).rows == ((1,),)


def test_rows_of_many_bytes_are_cut(readers: Neo4jReaders) -> None:
    cypher = "UNWIND range(1, 40) AS n RETURN reduce(s = 'ab', i IN range(1, 19) | s + s) AS s"
    rows = readers.query(cypher, {}, 1000, 30.0)
    assert rows.truncated
    assert 1 <= len(rows.rows) <= 16
    assert {len(row[0]) for row in rows.rows} == {1 << 20}
