"""Projecting on several machines over one record store: each is a folder of its own here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.record_store import (
    FORGET_SECONDS,
    SHARED,
)
from midspan.db.records import dialect
from midspan.platform import doctor
from midspan.records import digest
from services.neo4j import Neo4j
from tests.platform.machines import Boot, Machine, document


@pytest.fixture
def neo4j_graph(neo4j_server: Neo4j, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neo4jGraph]:
    monkeypatch.setattr("midspan.db.graph.neo4j_driver.RETRY_SECONDS", 1.0)
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


@pytest.mark.parametrize("record_store_url", ["sqlite"], indirect=True)
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
