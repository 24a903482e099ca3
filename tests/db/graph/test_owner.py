"""Two record stores over one Neo4j database: the second is told, and nothing of the first is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from midspan.db import migrate
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.record_store import Lease
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import StoreError
from services.neo4j import Neo4j
from tests.db.graph.graph_model import expected, fact, read

LEASE = Lease("projector", "here", 1, 0.0)


@pytest.fixture
def mine(neo4j_server: Neo4j) -> Iterator[Neo4jGraph]:
    neo4j_server.wipe()
    graph = Neo4jGraph.at(neo4j_server.url, "mine")
    yield graph
    graph.close()


@pytest.fixture
def others(neo4j_server: Neo4j) -> Iterator[Neo4jGraph]:
    graph = Neo4jGraph.at(neo4j_server.url, "another's")
    yield graph
    graph.close()


def test_another_record_store_may_not_write_read_up_to_or_clear(mine: Neo4jGraph, others: Neo4jGraph) -> None:
    mine.apply([fact(1)], [], 1, LEASE)

    for work in (
        lambda: others.apply([fact(2)], ["fact-1"], 2, Lease("projector", "there", 9, 0.0)),
        lambda: others.clear(Lease("projector", "there", 9, 0.0)),
        others.applied,
        lambda: others.query("MATCH (e:Entity) RETURN e.name"),
    ):
        with pytest.raises(StoreError, match="another record store"):
            work()

    assert read(mine) == expected([fact(1)])
    mine.apply([fact(3)], [], 2, LEASE)
    assert mine.applied() == 2


def test_a_graph_of_an_older_midspan_is_taken_over(neo4j_server: Neo4j, mine: Neo4jGraph) -> None:
    mine.apply([fact(1)], [], 1, LEASE)
    mine._write_one("MATCH (p:Projection) REMOVE p.owner")

    mine.apply([fact(2)], [], 2, LEASE)

    assert mine._read("MATCH (p:Projection) RETURN p.owner AS owner") == [{"owner": "mine"}]


def test_an_emptied_database_is_anybodys(mine: Neo4jGraph, others: Neo4jGraph) -> None:
    mine.apply([fact(1)], [], 1, LEASE)
    mine._write_one("MATCH (n) DETACH DELETE n")

    others.apply([fact(2)], [], 1, LEASE)

    assert read(others) == expected([fact(2)])


def test_every_record_store_is_another(bare_url: str, tmp_path: Path) -> None:
    names = set()
    for url in (bare_url, f"sqlite:///{tmp_path / 'other.db'}"):
        migrate.upgrade(url)
        store = SqlRecordStore(make_engine(url))
        names |= {store.identity(), store.identity()}
        store.close()
    assert len(names) == 2
