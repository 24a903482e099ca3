"""A real server is filled from the files by ``neo4j-admin``, and the projector goes on from there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from midspan import Workspace
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.record_store import FactFilter, GraphMerge, RecordStore
from midspan.errors import WrongUse
from midspan.platform.export.neo4j_admin import ARGUMENTS
from midspan.records import Named
from services.neo4j import Neo4j
from tests.conftest import started
from tests.db.graph.graph_model import Graph, expected, outside, read
from tests.platform.facts_by_hand import fact, slot, variety, write

NASTY = 'He said "no", \\"; a\\\r\nline,\n\nand \t\u2028 an \U0001f600.'
KINDS_OF_VALUES = """
MATCH (n) WHERE NOT n:Projection AND NOT n:Migration
UNWIND keys(n) AS name RETURN labels(n)[0] AS of, name, collect(DISTINCT valueType(n[name])) AS kinds
UNION ALL
MATCH ()-[r]->() UNWIND keys(r) AS name
RETURN type(r) AS of, name, collect(DISTINCT valueType(r[name])) AS kinds
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        yield opened


def wanted(store: RecordStore) -> Graph:
    """The graph of all that is in a store, said again in plain Python."""
    merges = [GraphMerge(one) for one in store.decisions() if one.holds]
    return expected([*store.all_facts(FactFilter(everything=True)), *merges])


@pytest.mark.slow
def test_a_server_filled_by_neo4j_admin_is_gone_on_with(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(workspace, 'Curie <"&> \x01.txt', variety())
    said = fact(slot("Ada", "wd:Q1"), slot("knew"), slot("Zuse"), NASTY + " Ada knew Zuse.")
    write(workspace, "nasty.txt", [said])
    store = workspace.parts.store
    store.decide("same", outside("Konrad Zuse"), Named("wd:Q7", 'Konrad "Z" Zuse'), "me", NASTY)
    assert workspace.project().complete
    done = workspace.export_graph(tmp_path / "files")

    server = Neo4j(tmp_path / "neo4j")
    try:
        server.load(done.path, ARGUMENTS)
        started(server)
        graph = Neo4jGraph.at(server.url, store.identity())
        assert graph.applied() == done.applied == store.outbox_end("graph")
        assert read(graph) == wanted(store)

        write(
            workspace,
            "later.txt",
            [fact(slot("Ada", "wd:Q1"), slot("met"), slot("Babbage"), "Ada met Babbage.")],
        )
        workspace.close()
        monkeypatch.setenv("MIDSPAN_GRAPH_URL", server.url)
        monkeypatch.setattr(Neo4jGraph, "rebuild", None)
        with Workspace.open(workspace.folder) as again:
            assert again.project().complete
            checks = {check.name: check for check in again.doctor().checks}
            for name in ("graph", "stores", "outbox", "origin"):
                assert checks[name].ok, checks[name].detail
            assert read(graph) == wanted(again.parts.store)
        kinds = graph._read(KINDS_OF_VALUES)
        assert [dict(row) for row in kinds if len(row["kinds"]) != 1] == []
        graph.close()
    finally:
        server.stop()


def test_what_the_files_end_at_is_not_pruned(workspace: Workspace, tmp_path: Path) -> None:
    write(workspace, "one.txt", variety())
    done = workspace.export_graph(tmp_path / "files")
    for number in range(3):
        write(workspace, f"{number}.txt", [fact(slot("Ada"), slot("met"), slot(f"man {number}"))])
        workspace.reindex(["graph"])
    after = workspace.parts.store.outbox("graph", done.applied, 10)
    assert len(after) == 3


def test_an_empty_workspace_makes_empty_files(workspace: Workspace, tmp_path: Path) -> None:
    done = workspace.export_graph(tmp_path / "files")
    assert (done.nodes, done.relations, done.applied) == (1, 0, 0)
    with (done.path / "Projection.csv").open(newline="") as file:
        assert next(csv.reader(file))[:2] == ["graph", "0"]


def test_a_folder_that_is_there_is_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="is there already"):
        workspace.export_graph(tmp_path)
    assert not list(tmp_path.glob("*.partial"))
