"""The graph on a Neo4j that is killed, dead, hung or short of memory: nothing is lost, nothing half done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import neo4j
import pytest

from midspan.db.graph.neo4j import CHANGES_A_TRANSACTION, Neo4jGraph
from midspan.db.record_store import Lease
from midspan.errors import StoreUnavailable
from services.neo4j import Neo4j
from tests.conftest import started
from tests.db.graph.graph_model import expected, fact, read, slot

pytestmark = pytest.mark.slow

PATIENCE = 180.0
"""Seconds until a call that does not return fails its test; no time that anybody should wait."""
LEASE = Lease("projector", "here", 1, 0.0)
WHOLE = [
    fact(number, slot("she", f"wd:Q{number % 70}"), source=f"source-{number // 50}", segment=number)
    for number in range(2, CHANGES_A_TRANSACTION + 1)
]
"""With one fact that is taken out a single transaction, which a server works at for a while."""
LARGE = [
    fact(number, slot("she", f"wd:Q{number}"), source=f"source-{number}", segment=number)
    for number in range(2, 3002)
]
"""More than one transaction may hold."""

MORE = LARGE[: 2 * CHANGES_A_TRANSACTION]
"""Two transactions."""

CALLS: dict[str, Callable[[Neo4jGraph], object]] = {
    "apply": lambda graph: graph.apply([fact(2)], [], 2, LEASE),
    "clear": lambda graph: graph.clear(LEASE),
    "applied": lambda graph: graph.applied(),
    "counts": lambda graph: graph.counts(),
    "describe": lambda graph: graph.describe(),
    "query": lambda graph: graph.query("MATCH (e:Entity) RETURN e.name"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    """One of this module's own, to be ill-treated."""
    made = Neo4j(tmp_path_factory.mktemp("neo4j"))
    started(made)
    yield made
    made.kill()


@pytest.fixture
def graph(server: Neo4j, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neo4jGraph]:
    """With one fact in it, its connections open and a reader at work, as in a program that runs for long."""
    monkeypatch.setattr("midspan.db.graph.neo4j_driver.RETRY_SECONDS", 1.0)
    server.wipe()
    opened = Neo4jGraph.at(server.url)
    opened.apply([fact(1)], [], 1, LEASE)
    opened.query("MATCH (e:Entity) RETURN e.name")
    yield opened
    server.resume()
    server.start()
    opened.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(len(CALLS) + 1)
    yield pool
    pool.shutdown(wait=False)


def wait_for_mentions(server: Neo4j, batch: Future[None]) -> None:
    """Until the server is at work at the batch's mentions, which come behind all else that it adds."""
    at_work = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS $part RETURN count(*) AS n"
    with (
        neo4j.GraphDatabase.driver(server.address, auth=(server.user, server.password)) as driver,
        driver.session() as session,
    ):
        while not session.run(at_work, part="(m:Mention {\n").single(strict=True)["n"]:
            assert not batch.done(), "the batch was over before it was seen at its mentions"
            time.sleep(0.005)


def assert_all_are_refused(server: Neo4j, graph: Neo4jGraph, pool: ThreadPoolExecutor) -> None:
    """All at once, so that waiting is done once."""
    running = {name: pool.submit(call, graph) for name, call in CALLS.items()}
    errors = {name: future.exception(PATIENCE) for name, future in running.items()}
    assert {name: type(error) for name, error in errors.items()} == dict.fromkeys(CALLS, StoreUnavailable)
    for error in errors.values():
        assert server.address in str(error)
        assert server.password not in str(error)


def test_killed_in_mid_batch_the_same_batch_again_makes_the_whole_graph(
    server: Neo4j, graph: Neo4jGraph, threads: ThreadPoolExecutor
) -> None:
    batch = threads.submit(graph.apply, MORE, ["fact-1"], 2, LEASE)
    wait_for_mentions(server, batch)
    server.kill()
    with pytest.raises(StoreUnavailable):
        batch.result(PATIENCE)
    server.start()

    assert graph.applied() == 1
    for _ in range(2):
        graph.apply(MORE, ["fact-1"], 2, LEASE)
        assert (graph.applied(), read(graph)) == (2, expected(MORE))


def test_more_facts_than_one_transaction_can_hold_are_taken_in(graph: Neo4jGraph) -> None:
    graph.apply(LARGE, ["fact-1"], 2, LEASE)
    assert (graph.applied(), read(graph)) == (2, expected(LARGE))


def test_a_dead_server_is_an_error_and_one_that_is_back_is_used_again(
    server: Neo4j, graph: Neo4jGraph, threads: ThreadPoolExecutor
) -> None:
    server.kill()
    assert_all_are_refused(server, graph, threads)
    server.start()

    assert (graph.applied(), read(graph)) == (1, expected([fact(1)]))
    graph.apply([fact(2)], [], 2, LEASE)
    assert (graph.applied(), read(graph)) == (2, expected([fact(1), fact(2)]))


def test_a_server_that_hangs_in_mid_batch_leaves_nothing_half_done(
    server: Neo4j, graph: Neo4jGraph, threads: ThreadPoolExecutor
) -> None:
    """While it hangs whatever is asked is an error, once it goes on it is used again."""
    batch = threads.submit(graph.apply, WHOLE, ["fact-1"], 2, LEASE)
    wait_for_mentions(server, batch)
    server.hang()
    assert_all_are_refused(server, graph, threads)
    with pytest.raises(StoreUnavailable):
        batch.result(PATIENCE)
    server.resume()

    assert (graph.applied(), read(graph)) == (1, expected([fact(1)]))
    graph.apply(WHOLE, ["fact-1"], 2, LEASE)
    assert (graph.applied(), read(graph)) == (2, expected(WHOLE))
