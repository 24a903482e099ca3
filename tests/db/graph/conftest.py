"""Both graph stores, empty, over a record store that gives the lease."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from midspan.db import migrate
from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import Lease
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from services.neo4j import Neo4j
from tests.db.graph.graph_model import taken
from tests.db.graph.honest_graph import Both, facts, merges


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqlRecordStore]:
    engine = make_engine(sqlite_url)
    opened = SqlRecordStore(engine)
    yield opened
    opened.close()
    engine.dispose()


@pytest.fixture
def lease(store: SqlRecordStore) -> Lease:
    return taken(store, "here")


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


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, neo4j_server: Neo4j) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("honest")
    url = f"sqlite:///{folder / 'store.db'}"
    migrate.upgrade(url)
    store = SqlRecordStore(make_engine(url))
    neo4j_server.wipe()
    lease = store.acquire("projector", "here", 600.0)
    assert lease is not None
    graphs = Both(EmbeddedGraph(folder / "graph", store), Neo4jGraph.at(neo4j_server.url))
    for graph in (graphs.embedded, graphs.server):
        graph.apply([*facts(), *merges()], [], 1, lease)
    yield graphs
    for graph in (graphs.embedded, graphs.server):
        graph.close()
    store.close()
    neo4j_server.wipe()
