"""The examples of the Cypher box are answered alike by both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from midspan import Workspace
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.record_store import FactFilter
from midspan.ui.kinds.fact.cypher_box import EXAMPLES
from services.neo4j import Neo4j
from tests.platform.facts_by_hand import BORN_IN, CURIE, WARSAW, fact, slot, variety, write


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, neo4j_server: Neo4j
) -> Iterator[tuple[Workspace, Neo4jGraph]]:
    """The same facts in an embedded graph and on a server."""
    neo4j_server.wipe()
    server = Neo4jGraph.at(neo4j_server.url)
    with Workspace.open(tmp_path_factory.mktemp("examples") / "workspace") as workspace:
        capital = fact(WARSAW, slot("capital of", "wd:P1376"), slot("Poland", "wd:Q36"))
        write(workspace, "a.txt", [*variety(), capital, fact(CURIE, BORN_IN, WARSAW, polarity="negated")])
        assert not workspace.project().problems
        lease = workspace.parts.store.acquire("server", "here", 600.0)
        assert lease is not None
        server.apply(list(workspace.parts.store.all_facts(FactFilter(everything=True))), [], 1, lease)
        yield workspace, server
    server.close()
    neo4j_server.wipe()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_the_same_answer_on_both_engines(
    both: tuple[Workspace, Neo4jGraph], name: str, tmp_path: Path
) -> None:
    embedded, server = both
    first, second = embedded.cypher(EXAMPLES[name]), server.query(EXAMPLES[name])
    assert first == second
    assert first.rows
