"""The embedded graph: its files' generations, its process, its limits."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

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
from tests.db.graph.graph_model import expected, fact, read, slot, taken


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
    with monkeypatch.context() as patch:
        patch.setattr(GraphProcess, "save", lambda self, path: path.write_bytes(b"no graph"))
        embedded.apply([fact(1)], [], 1, lease)

    damaged = EmbeddedGraph(tmp_path / "graph", store)
    with pytest.raises(DamagedGeneration, match="midspan reindex"):
        damaged.query("MATCH (n) RETURN n")
    damaged.clear(lease)
    assert damaged.applied() == 0


def files(graph: EmbeddedGraph) -> list[str]:
    return sorted(path.name for path in graph._generations._folder.glob("graph.g*"))


def named(graph: GraphStore, words: str) -> set[str]:
    """Uids of entities that full text finds."""
    found = graph.query(
        "CALL db.index.fulltext.queryNodes('entity_name', $words) YIELD node RETURN node.uid",
        {"words": words},
    )
    return {uid for (uid,) in found.rows}


def test_a_small_batch_writes_no_file(
    embedded: EmbeddedGraph, tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    embedded.apply([fact(1), fact(2)], [], 1, lease)
    before = files(embedded)
    for number in range(3, 6):
        embedded.apply([fact(number)], [f"fact-{number - 2}"], number, lease)

    assert files(embedded) == before
    for graph in (embedded, EmbeddedGraph(tmp_path / "graph", store)):
        assert (graph.applied(), read(graph)) == (5, expected([fact(4), fact(5)]))
        assert graph.counts()["Mention"] == 2


def test_a_tail_that_has_grown_becomes_a_file(
    embedded: EmbeddedGraph,
    tmp_path: Path,
    store: SqlRecordStore,
    lease: Lease,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(graph_embedded, "TAIL_LEAST", 3 * (1 + graph_embedded.BATCH_WEIGHT) - 1)
    other = EmbeddedGraph(tmp_path / "graph", store)
    for number in range(1, 8):
        embedded.apply([fact(number)], [f"fact-{number - 2}"], number, lease)
        assert read(other) == expected([fact(number), *([fact(number - 1)] if number > 1 else [])])

    newest, before = store.generations("graph")
    assert (newest.number, before.number, newest.applied, before.applied) == (3, 2, 7, 7)
    assert store.tail_size(newest).batches == 0
    reopened = EmbeddedGraph(tmp_path / "graph", store)
    assert read(reopened) == read(embedded) == expected([fact(6), fact(7)])


def test_full_text_over_names_follows_each_batch(
    embedded: EmbeddedGraph, tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    embedded.apply([fact(1)], [], 1, lease)
    assert named(embedded, "Babbage") == {"wd:Q2"}
    later = slot("Turing", "wd:Q3", "Alan Turing")

    embedded.apply([fact(2, object_=later)], ["fact-1"], 2, lease)

    for graph in (embedded, EmbeddedGraph(tmp_path / "graph", store)):
        assert named(graph, "turing") == {"wd:Q3"}
        assert named(graph, "Babbage") == set()


def test_full_text_outlasts_many_deletions(
    embedded: EmbeddedGraph, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Upon which the engine tidies up and drops its full-text indexes."""
    many = [fact(n, slot(f"man {n}", f"wd:Q{n}"), segment=n) for n in range(1, 3002)]
    embedded.apply(many, [], 1, lease)
    embedded.apply([], [one.id for one in many[1:]], 2, lease)
    assert named(embedded, "man") == {"wd:Q1"}


def test_an_engine_that_dies_in_mid_batch_is_begun_anew(
    embedded: EmbeddedGraph, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.apply([fact(1)], [], 1, lease)
    read(embedded)
    embedded.apply([fact(2)], ["fact-1"], 2, lease)

    def failing(self: GraphProcess, batch: bytes) -> None:
        self._child.kill()
        raise StoreUnavailable("out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(GraphProcess, "apply", failing)
        with pytest.raises(StoreUnavailable):
            embedded.query("RETURN 1")

    assert (embedded.applied(), read(embedded)) == (2, expected([fact(2)]))


def test_a_batch_is_taken_in_while_a_bomb_runs(embedded: EmbeddedGraph, lease: Lease) -> None:
    embedded.apply([fact(n) for n in range(40)], [], 1, lease)
    with ThreadPoolExecutor(1) as pool:
        bomb = pool.submit(embedded.query, BOMBS[1], seconds=20.0)
        wait([bomb], timeout=1.0)
        embedded.apply([fact(40)], [], 2, lease)
        answered = embedded.query("MATCH (m:Mention) RETURN count(m)").rows
        assert not bomb.done()
        assert answered == ((41,),)
        assert isinstance(bomb.exception(), QueryTimeout)
    assert embedded.query("MATCH (m:Mention) RETURN count(m)").rows == ((41,),)


def test_a_batch_that_is_not_what_was_kept_is_an_alarm(
    embedded: EmbeddedGraph, tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    embedded.apply([fact(1)], [], 1, lease)
    embedded.apply([fact(2)], [], 2, lease)
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tail SET data = x'00'")

    opened = EmbeddedGraph(tmp_path / "graph", store)
    with pytest.raises(DamagedGeneration, match="midspan reindex"):
        opened.query("MATCH (n) RETURN n")
    opened.rebuild([[fact(1), fact(2)]], 2, lambda: lease)
    assert read(opened) == expected([fact(1), fact(2)])


KILLED = """
import os, pathlib, signal, sys
from midspan.db.graph import embedded
from midspan.db.graph.process import GraphProcess
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from tests.db.graph.graph_model import expected, fact, read, slot, taken

folder, name, nth, when = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
owner = {"append": SqlRecordStore, "publish": SqlRecordStore}.get(name, GraphProcess)
real, seen = getattr(owner, name), 0

def dying(self, *arguments):
    global seen
    seen += 1
    if seen == nth and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answered = real(self, *arguments)
    if seen == nth and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return answered

setattr(owner, name, dying)
embedded.TAIL_LEAST = 3 * (1 + embedded.BATCH_WEIGHT) - 1
store = SqlRecordStore(make_engine(f"sqlite:///{folder / 'midspan.db'}"))
graph = embedded.EmbeddedGraph(folder / "graph", store)
lease = taken(store, "killed")
for number in range(1, 9):
    graph.apply([fact(number)], [f"fact-{number - 3}"], number, lease)
    print(number, flush=True)
"""


@pytest.mark.parametrize(
    ("name", "nth", "when"),
    [
        ("append", 2, "before"),
        ("append", 2, "after"),
        ("apply", 3, "before"),
        ("apply", 3, "after"),
        ("save", 2, "before"),
        ("save", 2, "after"),
        ("publish", 2, "before"),
        ("publish", 2, "after"),
    ],
)
def test_a_kill_at_any_point_loses_nothing_and_doubles_nothing(
    embedded: EmbeddedGraph, tmp_path: Path, store: SqlRecordStore, name: str, nth: int, when: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), name, str(nth), when],
        stdout=subprocess.PIPE,
        timeout=300,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    told = len(done.stdout.split())

    applied = embedded.applied()
    assert applied in (told, told + 1)
    assert read(embedded) == expected([fact(n) for n in range(max(1, applied - 2), applied + 1)])
    assert embedded.counts()["Mention"] == min(3, applied)
    lease = taken(store, "killed")
    for number in range(applied + 1, 10):
        embedded.apply([fact(number)], [f"fact-{number - 3}"], number, lease)
    assert read(embedded) == expected([fact(7), fact(8), fact(9)])


def test_queries_that_make_too_many_rows_on_their_way_are_ended(embedded: EmbeddedGraph) -> None:
    with pytest.raises(QueryTimeout, match="rows"):
        embedded.query("UNWIND range(1, 6000000) AS a RETURN count(a)", seconds=60)


def test_a_process_that_died_is_replaced(embedded: EmbeddedGraph, lease: Lease) -> None:
    embedded.apply([fact(1)], [], 1, lease)
    held = embedded._current()
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
    before = embedded._current()
    with pytest.raises(QueryTimeout, match="ran longer than"):
        embedded.query(bomb, seconds=0.5)
    assert embedded.query("MATCH (m:Mention) RETURN count(m)").rows == ((40,),)
    assert embedded._current() is before


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
    engine = psutil.Process(embedded._current()._child.pid)
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
        embedded.query("RETURN size(reduce(s = 'ab', i IN range(1, 33) | s + s)) AS n", seconds=60.0)
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
