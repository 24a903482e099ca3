"""Damage is seen, says what to do, and is never carried into what was whole."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from midspan import Workspace
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact, Target
from midspan.errors import DamagedGeneration, ProjectionAhead, StoreUnavailable
from midspan.platform.answers import Check, IngestReport
from midspan.records import digest
from services.neo4j import Neo4j
from tests.platform.machines import Boot, Machine, document

PAGE = 4096


@pytest.fixture
def copied(tmp_path: Path, ingested: tuple[Path, Path, IngestReport]) -> Path:
    """A workspace with everything in it, to be broken."""
    return Path(shutil.copytree(ingested[0], tmp_path / "copy"))


def found(folder: Path, name: str) -> Check:
    with Workspace.open(folder, create=False) as workspace:
        return next(check for check in workspace.doctor().checks if check.name == name)


def database(folder: Path) -> Path:
    """The whole of it in one file."""
    path = folder / "midspan.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def zero(path: Path, tables: list[str]) -> None:
    """Zero the first page of each of these tables or indexes."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, rootpage FROM sqlite_master").fetchall()
    roots = dict(rows)
    with path.open("r+b") as file:
        for table in tables:
            file.seek(PAGE * (roots[table] - 1))
            file.write(bytes(PAGE))


def newest(folder: Path, target: Target) -> Path:
    return max((folder / target.partition(".")[0]).glob(f"{target}.g*"))


# --- a damaged record store ---


def test_what_is_whole_passes_every_check(workspace: Workspace) -> None:
    checks = {check.name: check for check in workspace.doctor().checks}
    for name in ("integrity", "rows", "files", "origin"):
        assert checks[name].ok, checks[name].detail


def test_zeroed_pages_are_seen_and_reindex_leaves_what_was_built(copied: Path) -> None:
    with Workspace.open(copied) as workspace:
        before = workspace.projected()
    assert before["graph"]["Mention"] > 0
    zero(database(copied), ["fact", "embedding", "chunk", "atlas_grounding"])

    check = found(copied, "integrity")
    assert not check.ok
    assert "restore" in check.detail
    with Workspace.open(copied) as workspace:
        with pytest.raises(StoreUnavailable, match="stays as it was"):
            workspace.reindex()
        assert workspace.projected() == before
        assert (
            workspace.cypher("MATCH (m:Mention) RETURN count(m) AS n").rows[0][0]
            == before["graph"]["Mention"]
        )


def test_a_byte_in_a_vector_is_seen_and_not_carried_into_the_index(copied: Path) -> None:
    path = database(copied)
    with closing(sqlite3.connect(path)) as connection:
        (vector,) = connection.execute("SELECT vector FROM embedding LIMIT 1").fetchone()
    data = path.read_bytes()
    assert data.count(vector[:64]) == 1
    place = data.index(vector[:64]) + 7
    path.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])

    assert "of embedding do not match" in found(copied, "rows").detail
    with Workspace.open(copied) as workspace, pytest.raises(StoreUnavailable, match="damaged"):
        workspace.reindex(["vectors.text"])


# --- files of projections ---


def test_a_newest_generation_that_is_gone_is_an_alarm(copied: Path) -> None:
    newest(copied, "graph").unlink()
    check = found(copied, "files")
    assert not check.ok
    assert "is missing" in check.detail
    with Workspace.open(copied, create=False) as workspace:
        with pytest.raises(DamagedGeneration, match="midspan reindex"):
            workspace.parts.graph.counts()
        workspace.reindex()
    assert found(copied, "files").ok
    assert found(copied, "stores").ok


def test_an_upload_that_was_changed_is_seen(copied: Path) -> None:
    with Workspace.open(copied) as workspace, (Path(__file__)).open("rb") as file:
        kept = workspace.upload("notes.txt", file)
    assert found(copied, "files").ok
    kept.write_bytes(kept.read_bytes()[:-1])
    check = found(copied, "files")
    assert not check.ok
    assert kept.name in check.detail


# --- a record store that is not the one the projections were made from ---


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.fixture
def older(tmp_path: Path, fresh: Workspace) -> Iterator[Path]:
    """A workspace whose database was put back to what it was before the last document."""
    documents = tmp_path / "documents"
    documents.mkdir()
    for name, text in (("one.txt", "Marie Curie was born in Warsaw."), ("two.txt", "Paris is in France.")):
        shutil.copy(database(fresh.folder), tmp_path / "before.db")
        (documents / name).write_text(text)
        fresh.ingest([documents])
    fresh.close()
    database(fresh.folder)
    for log in fresh.folder.glob("midspan.db-*"):
        log.unlink()
    shutil.copy(tmp_path / "before.db", fresh.folder / "midspan.db")
    yield fresh.folder


def test_an_older_database_is_refused_with_a_choice(older: Path, tmp_path: Path) -> None:
    with Workspace.open(older) as workspace:
        for work in (
            lambda: workspace.search("Paris"),
            lambda: workspace.ingest([tmp_path / "documents"]),
            lambda: workspace.reindex(),
            lambda: workspace.cypher("MATCH (n) RETURN n"),
        ):
            with pytest.raises(ProjectionAhead, match=r"restore.*reindex --accept-records"):
                work()
    assert not found(older, "origin").ok

    with Workspace.open(older) as workspace:
        workspace.reindex(accept_records=True)
    assert found(older, "origin").ok
    with Workspace.open(older) as workspace:
        assert workspace.ingest([tmp_path / "documents"]).new == 1
        assert workspace.search("Paris").hits


def test_an_empty_database_in_its_place_is_refused(copied: Path) -> None:
    emptied(database(copied))
    with Workspace.open(copied) as workspace, pytest.raises(ProjectionAhead, match="another record store"):
        workspace.ingest([copied])


def test_another_workspaces_database_is_refused(copied: Path, fresh: Workspace) -> None:
    fresh.close()
    shutil.copy(database(fresh.folder), database(copied))
    with Workspace.open(copied) as workspace, pytest.raises(ProjectionAhead, match="another record store"):
        workspace.search("liver")


@pytest.mark.parametrize("create", [True, False])
def test_a_database_that_is_gone_is_not_begun_anew(copied: Path, create: bool) -> None:
    database(copied).unlink()
    with pytest.raises(ProjectionAhead, match=r"no midspan\.db.*restore"):
        Workspace.open(copied, create=create)
    assert not (copied / "midspan.db").exists()


# --- rebuilding ---


@pytest.fixture(params=["embedded", "neo4j"])
def graph(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphStore | None]:
    """None for the machine's own."""
    if request.param == "embedded":
        yield None
        return
    server: Neo4j = request.getfixturevalue("neo4j_server")
    server.wipe()
    opened = Neo4jGraph.at(server.url)
    yield opened
    opened.close()


def test_a_rebuild_that_fails_half_way_lowers_no_count(
    machine: Boot, graph: GraphStore | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    a: Machine = machine("a", graph)
    for number in range(4):
        a.store.commit(document(f"document {number}"))
    assert a.projector.project().complete
    before = (a.index.count(), a.graph.counts())
    monkeypatch.setattr("midspan.platform.projector.IDS_AT_ONCE", 1)
    real_facts, real_vectors, calls = a.store.facts, a.store.vectors, 0

    def break_off(real: Any, *arguments: Any) -> dict[str, GraphFact]:
        nonlocal calls
        calls += 1
        if calls % 2 == 0:
            raise StoreUnavailable("the disk failed a read")
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("midspan.db.records.projections.IDS_AN_ENTRY", 2)
        patch.setattr(a.store, "facts", lambda *given: break_off(real_facts, *given))
        patch.setattr(a.store, "vectors", lambda *given: break_off(real_vectors, *given))
        done = a.projector.rebuild()
    assert done.problems.keys() == {"graph", "vectors.text"}
    assert (a.index.count(), a.graph.counts()) == before
    assert a.is_equal()

    assert a.projector.rebuild().complete
    assert a.is_equal()


def test_a_rebuild_takes_out_what_should_not_be_there(machine: Boot, graph: GraphStore | None) -> None:
    a: Machine = machine("a", graph)
    a.store.commit(document("one"))
    a.store.commit(document("two"))
    assert a.projector.project().complete
    a.store.retire(digest("one"), "")

    assert a.projector.rebuild().complete

    assert a.is_equal()
    assert a.graph.counts()["Mention"] == 3


def test_a_graph_server_that_knows_more_than_the_record_store_is_refused(
    machine: Boot, neo4j_server: Neo4j
) -> None:
    neo4j_server.wipe()
    graph = Neo4jGraph.at(neo4j_server.url)
    a: Machine = machine("a", graph)
    a.store.commit(document("one"))
    lease = a.store.acquire("projector.shared.graph", "before", 60)
    assert lease is not None
    graph.apply([], [], 99, lease)
    a.store.release(lease)

    assert "up to entry 99" in a.projector.project().problems["graph"]
    assert "up to entry 99" in a.projector.rebuild().problems["graph"]
    for _ in range(2):
        with pytest.raises(ProjectionAhead, match="up to entry 99"):
            a.projector.freshen(["graph"])

    assert a.projector.rebuild(accept_records=True).complete
    assert a.is_equal()
    graph.close()
