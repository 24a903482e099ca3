"""The embedded graph: its files' generations, its process, its limits."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import psutil
import pytest

from midspan.db.graph import embedded as graph_embedded
from midspan.db.graph import forks as graph_forks
from midspan.db.graph import schema as graph_schema
from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.process import GraphProcess
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import Lease
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import DamagedGeneration, QueryTimeout, StoreUnavailable, WrongUse
from tests.db.graph.graph_model import expected, fact, read


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


def test_a_file_that_the_engine_cannot_read_is_an_alarm(
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


LONG = "WITH reduce(s = 'ab', i IN range(1, 20) | s + s) AS t "
BOMBS = (
    LONG + "RETURN reduce(n = 0, x IN range(1, 4000000) | n + size(replace(t, 'a', toString(x)))) AS n",
    LONG + "RETURN all(x IN range(1, 4000000) WHERE size(replace(t, 'a', toString(x))) > 0) AS yes",
    LONG + "MATCH (m:Mention) RETURN COUNT { MATCH (a:Mention), (b:Mention), (c:Mention) "
    "WHERE replace(t, 'b', a.uid + b.uid) = c.uid } AS n",
)
"""Hours of work, of which the engine looks up in none."""


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_query_that_will_not_stop_is_ended_and_the_process_stays(
    bomb: str, embedded: EmbeddedGraph, lease: Lease
) -> None:
    embedded.apply([fact(n) for n in range(40)], [], 1, lease)
    before = embedded._frozen()
    with pytest.raises(QueryTimeout, match="ran longer than"):
        embedded.query(bomb, seconds=0.5)
    assert embedded.query("MATCH (m:Mention) RETURN count(m)").rows == ((40,),)
    assert embedded._frozen() is before


def test_a_plain_question_is_answered_while_bombs_run(embedded: EmbeddedGraph, lease: Lease) -> None:
    embedded.apply([fact(n) for n in range(40)], [], 1, lease)
    with ThreadPoolExecutor(len(BOMBS)) as pool:
        running = [pool.submit(embedded.query, bomb, seconds=20.0) for bomb in BOMBS]
        wait(running, timeout=1.0)
        answered = embedded.query("MATCH (m:Mention) RETURN count(m)").rows
        assert not any(bomb.done() for bomb in running)
        assert answered == ((40,),)
        assert {type(bomb.exception()) for bomb in running} == {QueryTimeout}


def test_a_time_out_is_nobody_elses(embedded: EmbeddedGraph, lease: Lease) -> None:
    embedded.apply([fact(n) for n in range(40)], [], 1, lease)
    with ThreadPoolExecutor(3) as pool:
        short = [pool.submit(embedded.query, BOMBS[1], seconds=0.3) for _ in range(2)]
        long = pool.submit(embedded.query, "UNWIND range(1, 2000000) AS x RETURN max(x % 7)", seconds=60.0)
        assert {type(one.exception()) for one in short} == {QueryTimeout}
        assert long.result().rows == ((6,),)


def test_when_all_places_are_taken_it_says_so(
    embedded: EmbeddedGraph, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_forks, "READERS", 1)
    embedded.apply([fact(1)], [], 1, lease)
    with ThreadPoolExecutor(1) as pool:
        bomb = pool.submit(embedded.query, BOMBS[1], seconds=10.0)
        wait([bomb], timeout=1.0)
        with pytest.raises(StoreUnavailable, match="try again"):
            embedded.query("RETURN 1", seconds=0.1)
        assert isinstance(bomb.exception(), QueryTimeout)
    assert embedded.query("RETURN 1").rows == ((1,),)


@pytest.mark.parametrize(
    ("number", "error", "says"),
    [
        (signal.SIGSEGV, WrongUse, "breaks the engine"),
        (signal.SIGABRT, QueryTimeout, "memory"),
        (signal.SIGKILL, QueryTimeout, "memory"),
    ],
)
def test_a_query_that_breaks_the_engine_breaks_its_fork_alone(
    embedded: EmbeddedGraph, lease: Lease, number: int, error: type[Exception], says: str
) -> None:
    """No query is known that does; so the fork is sent the signal that would be its end."""
    embedded.apply([fact(1)], [], 1, lease)
    engine = psutil.Process(embedded._frozen()._child.pid)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(embedded.query, BOMBS[1], seconds=60.0)
        while not engine.children():
            wait([asked], timeout=0.01)
        engine.children()[0].send_signal(number)
        with pytest.raises(error, match=says):
            asked.result()
    assert read(embedded) == expected([fact(1)])


def test_memory_is_limited(embedded: EmbeddedGraph) -> None:
    with pytest.raises((QueryTimeout, WrongUse), match="MiB"):
        embedded.query("RETURN size(reduce(s = 'ab', i IN range(1, 33) | s + s)) AS n")
    assert embedded.query("RETURN 1").rows == ((1,),)


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
