"""Projecting on several machines over one record store: each is a folder of its own here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import (
    FORGET_SECONDS,
    LOCAL,
    READING,
    SHARED,
    Commit,
    RunResult,
    Target,
    TextChunk,
)
from midspan.db.records import dialect
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vectors_faiss import FaissIndex
from midspan.errors import StoreUnavailable
from midspan.platform import doctor
from midspan.platform import projector as module
from midspan.platform.projector import Projector
from midspan.records import Embedding, Fact, FactSlot, Location, Provenance, Run, Segment, Source, digest
from services.neo4j import Neo4j

DIM = 4
READ, SAY, ENCODE = Run(READING, 1), Run("facts", 1, "facts.small", "aa"), Run("encode", 1, "minilm")


def document(name: str, sentences: int = 3) -> Commit:
    """A source with a fact and a vector a sentence."""
    source_id = digest(name)
    commit = Commit(runs=[READ, SAY, ENCODE])
    commit.sources.append(Source(source_id, "document", "text/plain", name, 7, 1000.0))
    commit.chunks.append(TextChunk(source_id, READ.id, 0, "x" * 10 * sentences))
    commit.locations.append(Location(f"/data/{name}", source_id, 7, 1, 1.0))
    for ordinal in range(sentences):
        start, end = 10 * ordinal, 10 * ordinal + 9
        segment_id = digest("segment", name, ordinal)
        commit.segments.append(
            Segment(
                segment_id,
                source_id,
                ordinal,
                "sentence",
                "char",
                start,
                end,
                f"{name} {ordinal}.",
                run_id=READ.id,
            )
        )
        vector = np.random.default_rng(int(digest(name, ordinal)[:8], 16)).normal(size=DIM).astype(np.float32)
        vector /= np.linalg.norm(vector)
        commit.products.append(
            Embedding(segment_id, source_id, ENCODE.id, "text", vector, digest(name, ordinal))
        )
        commit.products.append(
            Fact(
                id=digest("fact", name, ordinal),
                provenance=Provenance(source_id, SAY.id, segment_id, "char", start, end),
                text=f"{name} {ordinal}.",
                subject=FactSlot(name, 0, 3, None, name, 0.5),
                predicate=FactSlot("knows", 4, 6, None, "knows", 0.5),
                object=FactSlot(str(ordinal), 7, 8, None, str(ordinal), 0.5),
                polarity="affirmed",
                status="partial",
                score=0.5,
            )
        )
    commit.results += [RunResult(source_id, run.id, True) for run in (READ, SAY, ENCODE)]
    return commit


class Machine:
    """A workspace folder's stores and projector."""

    def __init__(self, folder: Path, url: str, name: str = LOCAL, graph: GraphStore | None = None) -> None:
        self.folder = folder
        self.name = name
        self.store = SqlRecordStore(make_engine(url))
        self.graph = graph or EmbeddedGraph(folder / "graph", self.store, name)
        self.index = FaissIndex(folder / "vectors", self.store, "vectors.text", DIM, ENCODE.id, replica=name)
        self.projector = Projector(
            self.store,
            self.graph,
            {"vectors.text": self.index},
            replica=name,
            name=str(folder),
            graph_is_shared=graph is not None,
        )

    def is_equal(self) -> bool:
        """Whether vectors and graph hold what the record store holds, by every single id."""
        keys, vectors = self.store.vectors(
            "text", [int(key) for ids in self.all("vectors.text") for key in ids]
        )
        found = [
            self.index.search(vector, 1, allowed=np.array([key]))
            for key, vector in zip(keys, vectors, strict=True)
        ]
        right = all(len(hits) == 1 and hits[0][1] > 0.999 for hits in found)
        said = {
            row[0] for row in self.graph.query("MATCH (m:Mention) RETURN m.uid AS uid", limit=10_000).rows
        }
        wanted = {fact_id for ids in self.all("graph") for fact_id in ids}
        return right and self.index.count() == len(keys) and said == wanted

    def all(self, target: Target) -> list[list[str]]:
        return list(self.store.all_ids(target))

    def close(self) -> None:
        self.projector.close()
        self.graph.close()
        self.store.close()


Boot = Callable[..., Machine]


@pytest.fixture
def machine(tmp_path: Path, record_store_url: str) -> Iterator[Boot]:
    """Makes machines that share one record store."""
    made: list[Machine] = []

    def boot(name: str = "a", graph: GraphStore | None = None) -> Machine:
        made.append(Machine(tmp_path / name, record_store_url, name, graph))
        return made[-1]

    yield boot
    for each in made:
        each.close()


@pytest.fixture
def neo4j_graph(neo4j_server: Neo4j) -> Iterator[Neo4jGraph]:
    graph = Neo4jGraph.at(neo4j_server.url)
    with graph._session("WRITE") as session:
        session.run("MATCH (n) DETACH DELETE n").consume()
    yield graph
    graph.close()


# --- several machines ---


def test_each_machine_has_files_of_its_own_and_all_of_them(machine: Boot) -> None:
    a, b = machine("a"), machine("b")
    a.store.commit(document("one"))
    assert a.projector.project().complete
    assert (a.index.count(), b.index.count()) == (3, 0)
    assert b.projector.lag() == {"vectors.text": 1, "graph": 1}

    assert b.projector.project().complete
    b.store.commit(document("two"))
    assert a.projector.project().complete

    assert a.is_equal()
    assert not b.is_equal()
    assert b.projector.project().complete
    assert b.is_equal()


def test_a_machine_that_holds_its_leases_does_not_hold_up_another(machine: Boot) -> None:
    a, b = machine("a"), machine("b")
    a.store.commit(document("one"))
    for target in ("vectors.text", "graph"):
        assert a.store.acquire(f"projector.a.{target}", "somebody", 60) is not None

    assert a.projector.project(wait_seconds=0).waiting == ("vectors.text", "graph")
    assert b.projector.project(wait_seconds=0).complete


def test_a_new_machine_is_built_from_the_records_when_the_outbox_is_pruned(machine: Boot) -> None:
    a = machine("a")
    for name in ("one", "two", "three"):
        a.store.commit(document(name))
        a.projector.project()
    assert a.store.outbox_lag("vectors.text", 0) == 2  # the generation before the last ends at the first

    b = machine("b")
    b.projector.project()

    assert b.is_equal()


def test_a_machine_that_was_forgotten_comes_back(machine: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = machine("a"), machine("b")
    a.store.commit(document("one"))
    a.projector.project()
    b.projector.project()
    real = dialect.now
    monkeypatch.setattr(dialect, "now", lambda connection: real(connection) + FORGET_SECONDS + 60)
    for name in ("two", "three"):
        b.store.commit(document(name))
        machine("b").projector.project()
    assert [row.id for row in a.store.replicas()] == ["b"]

    back = machine("a")
    assert back.projector.project().complete

    assert back.is_equal()
    assert [row.id for row in a.store.replicas()] == ["a", "b"]


def test_what_is_removed_is_taken_out_on_every_machine(machine: Boot) -> None:
    a, b = machine("a"), machine("b")
    a.store.commit(document("one"))
    a.store.commit(document("two"))
    a.projector.project()
    b.projector.project()
    a.store.retire(digest("one"), "")

    a.projector.project()
    b.projector.project()

    assert (a.index.count(), b.index.count()) == (3, 3)
    assert a.is_equal()
    assert b.is_equal()


def test_two_machines_at_once_while_a_third_commits(machine: Boot) -> None:
    writer = machine("writer")
    others = [machine("a"), machine("b")]
    stop = threading.Event()

    def go_on(one: Machine) -> None:
        while not stop.is_set():
            one.projector.project(wait_seconds=0)

    threads = [threading.Thread(target=go_on, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for number in range(15):
        writer.store.commit(document(f"document {number}", 2))
        if number % 4 == 3:
            writer.store.retire(digest(f"document {number - 2}"), "")
    stop.set()
    for thread in threads:
        thread.join()

    for one in others:
        assert one.projector.project().complete
        assert one.is_equal()
        assert one.index.count() == 24


def test_damaged_files_are_built_anew(machine: Boot) -> None:
    a = machine("a")
    a.store.commit(document("one"))
    a.projector.project()
    for path in (a.folder / "vectors").iterdir():
        path.write_bytes(b"not an index")

    again = machine("a")
    assert again.projector.project().complete
    assert again.is_equal()


def test_the_doctor_lists_the_other_machines_and_judges_this_one(machine: Boot) -> None:
    a, b = machine("a"), machine("b")
    a.store.commit(document("one"))
    a.projector.project()
    b.projector.project()
    a.store.commit(document("two"))
    a.projector.project()

    def told(one: Machine) -> tuple[bool, str]:
        return doctor._outbox(
            SimpleNamespace(projector=one.projector, store=one.store, replica=one.name)  # type: ignore[arg-type]
        )

    ok, detail = told(a)
    assert ok
    assert f"replica b ({b.folder}), seen 0.0 h ago: behind: " in detail
    assert "vectors.text by 1 outbox entries" in detail
    ok, detail = told(b)
    assert not ok
    assert detail.startswith("behind: vectors.text by 1 outbox entries, graph by 1 outbox entries")
    assert f"replica a ({a.folder}), seen 0.0 h ago: up to date" in detail


# --- a graph server that all share ---


def test_the_server_is_noted_and_its_entries_are_pruned(machine: Boot, neo4j_graph: Neo4jGraph) -> None:
    a, b = machine("a", neo4j_graph), machine("b", neo4j_graph)
    for name in ("one", "two", "three"):
        a.store.commit(document(name))
        assert a.projector.project().complete
    assert a.store.outbox_lag("graph", 0) == 1
    noted = a.store.generation("graph", SHARED)
    assert noted is not None
    assert (noted.applied, noted.file) == (a.store.outbox_end("graph"), "")

    assert b.projector.project().complete
    assert a.is_equal()
    assert b.is_equal()


def test_a_server_that_is_behind_the_pruned_outbox_is_built_anew(
    machine: Boot, neo4j_graph: Neo4jGraph
) -> None:
    """As after a restore of its backup."""
    a = machine("a", neo4j_graph)
    a.store.commit(document("one"))
    a.projector.project()
    old = neo4j_graph.applied()
    a.store.commit(document("two"))
    a.projector.project()
    with neo4j_graph._session("WRITE") as session:
        session.run("MATCH (m:Mention) DETACH DELETE m").consume()
        session.run("MATCH (p:Projection) SET p.applied = $old", {"old": old}).consume()

    assert a.projector.project().complete

    assert a.is_equal()


def test_a_server_that_does_not_answer_holds_up_neither_vectors_nor_pruning_of_theirs(
    machine: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("midspan.db.graph.neo4j_driver.RETRY_SECONDS", 0.5)
    gone = Neo4jGraph.at("bolt://nobody:secret@127.0.0.1:9/")
    a = machine("a", gone)
    a.store.commit(document("one"))

    done = a.projector.project()

    assert set(done.problems) == {"graph"}
    assert "cannot be reached" in done.problems["graph"]
    assert "secret" not in done.problems["graph"]
    assert a.index.count() == 3
    assert a.projector.lag() == {"vectors.text": 0, "graph": 1}
    assert a.store.outbox_lag("graph", 0) == 1


def test_a_server_that_is_back_catches_up(
    machine: Boot, neo4j_server: Neo4j, neo4j_graph: Neo4jGraph
) -> None:
    a = machine("a", neo4j_graph)
    a.store.commit(document("one"))
    assert a.projector.project().complete
    neo4j_server.kill()
    try:
        a.store.commit(document("two"))
        assert set(a.projector.project().problems) == {"graph"}
        assert a.index.count() == 6
    finally:
        neo4j_server.start()

    assert a.projector.project().complete
    assert a.is_equal()


# --- faults ---


def test_a_target_that_fails_leaves_the_others_alone(machine: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    a = machine("a")
    a.store.commit(document("one"))

    def broken(*_: object) -> None:
        raise StoreUnavailable("no space")

    with monkeypatch.context() as patch:
        patch.setattr("midspan.db.vectors_faiss._write", broken)
        done = a.projector.project()
    assert dict(done.problems) == {"vectors.text": "no space"}
    assert (a.index.count(), a.graph.counts()["Mention"]) == (0, 3)

    assert a.projector.project(wait_seconds=0).complete
    assert a.is_equal()


def test_a_lease_that_was_anothers_in_mid_rebuild_is_lost(
    machine: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one began anew and died half way; going on from where we were would leave a hole."""
    a = machine("a")
    for name in ("one", "two", "three"):
        a.store.commit(document(name))
    monkeypatch.setattr(module, "IDS_AT_ONCE", 3)
    real, calls = a.store.all_ids, 0

    def slow(target: Target) -> Iterator[list[str]]:
        nonlocal calls
        everything = [key for ids in real(target) for key in ids]
        for start in range(0, len(everything), 3):
            calls += 1
            if calls == 3:
                name = f"projector.a.{target}"
                with a.store._engine.begin() as connection:
                    connection.exec_driver_sql("UPDATE lease SET expires_at = 0")
                theirs = a.store.acquire(name, "other", 60)
                assert theirs is not None
                a.index.clear(theirs)
                a.store.release(theirs)
            yield everything[start : start + 3]

    monkeypatch.setattr(a.store, "all_ids", slow)

    assert a.projector.project(targets=["vectors.text"]).complete

    assert calls == 6
    assert a.index.count() == 9


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from midspan.db.record_store import *
from midspan.platform import projector

folder, url, point = Path(sys.argv[2]), sys.argv[3], sys.argv[4]
import importlib.util
spec = importlib.util.spec_from_file_location("test_projector", sys.argv[5])
tests = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tests)

projector.IDS_AT_ONCE = 4
machine = tests.Machine(folder, url, "a")
owner, name, nth = {
    "second batch of vectors": (machine.index, "apply", 2),
    "second generation": (machine.store, "publish", 2),
    "graph": (machine.graph, "apply", 1),
    "after clearing": (machine.index, "clear", 1),
    "giving back": (machine.store, "release", 1),
}[point]
original, calls = getattr(owner, name), 0

def dying(*arguments):
    global calls
    calls += 1
    if name == "clear":
        original(*arguments)
    if calls == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments)

setattr(owner, name, dying)
machine.projector.project()
"""


@pytest.mark.parametrize(
    "point", ["second batch of vectors", "second generation", "graph", "after clearing", "giving back"]
)
def test_a_projector_that_is_killed_loses_nothing(
    tmp_path: Path, record_store_url: str, machine: Boot, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    a = machine("a")
    for number in range(4):
        a.store.commit(document(f"document {number}"))
    root = str(Path(__file__).parents[2])
    arguments = [root, str(tmp_path / "a"), record_store_url, point, __file__]
    child = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True, timeout=300)
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    killed = "graph" if point == "graph" else "vectors.text"
    assert a.store.acquire(f"projector.a.{killed}", "somebody", 60) is None

    real = dialect.now
    monkeypatch.setattr(dialect, "now", lambda connection: real(connection) + module.LEASE_SECONDS)
    assert a.projector.project().complete

    assert a.is_equal()
    assert a.index.count() == 12


SMALL_DISK = """
import importlib.util, subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
folder, url = Path(sys.argv[2]), sys.argv[3]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], check=True)
spec = importlib.util.spec_from_file_location("test_projector", sys.argv[4])
tests = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tests)
machine = tests.Machine(folder, url, "a")
assert machine.projector.project().complete
applied = machine.projector.applied("vectors.text")
filler = folder / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)):
            pass
    except OSError:
        pass
machine.store.commit(tests.document("two", 20))
full = machine.projector.project()
left = sorted(path.name for path in folder.rglob("*.tmp"))
print("problems", sorted(full.problems), [str(p) for p in full.problems.values()], left)
assert machine.projector.applied("vectors.text") == applied
assert machine.index.count() == 3
filler.unlink()
assert machine.projector.project().complete
print("equal", machine.is_equal(), machine.index.count())
machine.close()
"""


def test_a_full_disk_keeps_the_last_generation_until_there_is_space(
    tmp_path: Path, record_store_url: str, machine: Boot
) -> None:
    a = machine("a")
    a.store.commit(document("one"))
    disk = tmp_path / "disk"
    disk.mkdir()
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*inside, "mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True).returncode:
        if os.environ.get("CI"):
            raise AssertionError("no disk of a few pages: `unshare --user --mount` is refused here")
        pytest.skip("MISSING: a disk of a few pages; `unshare --user --mount` is refused on this machine")
    arguments = [str(Path(__file__).parents[2]), str(disk), record_store_url, __file__]

    child = subprocess.run(
        [*inside, sys.executable, "-c", SMALL_DISK, *arguments], capture_output=True, text=True, timeout=300
    )

    assert child.returncode == 0, child.stderr
    full, equal = (line for line in child.stdout.splitlines() if line.startswith(("problems", "equal")))
    assert full.startswith("problems ['graph', 'vectors.text']")
    assert full.count("free space and retry") == 2
    assert full.endswith("[]")
    assert equal == "equal True 23"


# --- searches ---


def test_a_search_brings_its_machine_up(machine: Boot) -> None:
    a, b = machine("a"), machine("b")
    a.store.commit(document("one"))

    b.projector.freshen(["vectors.text"])
    b.projector.close()

    assert b.index.count() == 3
    assert b.graph.counts()["Mention"] == 0
    assert [row.id for row in a.store.replicas()] == ["b"]


def test_searches_look_once_in_a_while(machine: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    a = machine("a")
    a.projector.freshen(["vectors.text"])
    a.store.commit(document("one"))
    looks: list[str] = []
    end = a.store.outbox_end
    monkeypatch.setattr(a.store, "outbox_end", lambda target: (looks.append(target), end(target))[1])

    a.projector.freshen(["vectors.text"])
    assert (looks, a.index.count()) == ([], 0)

    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    a.projector.freshen(["vectors.text"])
    a.projector.close()
    assert a.index.count() == 3


def test_a_search_does_not_wait_for_a_long_catching_up(
    machine: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = machine("a")
    a.store.commit(document("one"))
    monkeypatch.setattr(module, "FRESHEN_SECONDS", 0.01)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    go = threading.Event()
    clear, clears = a.index.clear, []

    def waiting(lease: object) -> None:
        clears.append(1)
        go.wait()
        clear(lease)  # type: ignore[arg-type]

    monkeypatch.setattr(a.index, "clear", waiting)
    for _ in range(3):
        a.projector.freshen(["vectors.text"])
        assert a.index.count() == 0

    go.set()
    a.projector.close()
    assert len(clears) == 1
    assert a.index.count() == 3


def test_a_store_that_fails_does_not_fail_the_search(machine: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    a = machine("a")
    a.store.commit(document("one"))

    def broken(*_: object) -> int:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(a.store, "outbox_end", broken)
    a.projector.freshen(["vectors.text"])
