"""Builds that are killed, repeated, or meet another."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.made_dump import write_dump
from midspan.errors import WrongUse
from midspan.models.facts.kg import building
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.format import CARD
from midspan.models.facts.kg.source import Piece
from midspan.models.facts.kg.sources.wikidata import WikidataDump
from midspan.models.facts.kg.stored import StoredGraph

COUNT = 5000
BUILDING = """
import sys, time
from pathlib import Path
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.sources.wikidata import WikidataDump

def report(progress):
    if progress.step == sys.argv[3]:
        print("there", flush=True)
        time.sleep(600)

build(Path(sys.argv[1]), WikidataDump(Path(sys.argv[2])), report)
"""


class Watched(WikidataDump):
    """Remembers from where it was read."""

    def read(self, position: int) -> Iterator[Piece]:
        self.began = position
        return super().read(position)


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dump") / "dump.json.gz"
    write_dump(path, COUNT)
    return path


@pytest.fixture(scope="module")
def undisturbed(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> StoredGraph:
    folder = tmp_path_factory.mktemp("undisturbed") / "graph"
    build(folder, WikidataDump(dump))
    return StoredGraph(folder)


def kill_at(step: str, folder: Path, dump: Path) -> None:
    command = [sys.executable, "-c", BUILDING, str(folder), str(dump), step]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "there\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def rows(graph: StoredGraph) -> list[object]:
    tables = ("entity", "alias", "type", "predicate", "relation", "gram")
    return [graph._rows(f"SELECT * FROM {table}") for table in tables]


@pytest.mark.parametrize("step", ["reading", "names", "spellings"])
def test_a_killed_build_is_gone_on_with_and_ends_as_an_undisturbed_one(
    step: str, dump: Path, undisturbed: StoredGraph, tmp_path: Path
) -> None:
    folder = tmp_path / "graph"
    kill_at(step, folder, dump)
    assert not folder.exists()  # half a graph is none
    source = Watched(dump)
    card = build(folder, source)
    graph = StoredGraph(folder)
    assert card.sha256 == undisturbed.sha256 and rows(graph) == rows(undisturbed)
    assert files(folder) == files(undisturbed.folder)
    assert files(tmp_path) == ["graph"]
    if step == "reading":
        assert source.began > 0
    else:
        assert not hasattr(source, "began")  # it was read to its end before


@pytest.mark.parametrize("step", ["reading", "spellings"])
def test_a_build_of_another_source_begins_anew(step: str, dump: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    write_dump(other, 30)
    kill_at(step, tmp_path / "graph", dump)
    source = Watched(other)
    assert build(tmp_path / "graph", source).entities == 40
    assert source.began == 0


def test_building_again_replaces_and_who_has_it_open_reads_on(tmp_path: Path) -> None:
    write_dump(tmp_path / "small.json", 30)
    write_dump(tmp_path / "large.json", 90)
    build(tmp_path / "graph", WikidataDump(tmp_path / "small.json"))
    before = StoredGraph(tmp_path / "graph")
    build(tmp_path / "graph", WikidataDump(tmp_path / "large.json"))
    assert len(list(before)) == 40 and len(list(StoredGraph(tmp_path / "graph"))) == 100


def test_a_source_without_entities_makes_no_graph(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_bytes(b"[\n{\n]\n")
    with pytest.raises(WrongUse, match=r"no entity in it \(1 lines were skipped\)"):
        build(tmp_path / "graph", WikidataDump(tmp_path / "empty.json"))
    assert not (tmp_path / "graph").exists()


def test_two_do_not_build_the_same_at_once(dump: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILDING, str(tmp_path / "graph"), str(dump), "reading"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "there\n"
        with pytest.raises(WrongUse, match="another process is building"):
            build(tmp_path / "graph", WikidataDump(dump))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_an_entity_that_comes_twice_is_kept_as_it_came_first(tmp_path: Path) -> None:
    line = '{{"type": "item", "id": "Q1", "labels": {{"en": {{"value": "{}"}}}}}}'
    twice = [line.format("first"), line.format("second")]
    (tmp_path / "dump.json").write_text("[\n" + ",\n".join(twice) + "\n]\n")
    build(tmp_path / "graph", WikidataDump(tmp_path / "dump.json"))
    graph = StoredGraph(tmp_path / "graph")
    assert [entity.name for entity in graph] == ["first"] and graph.named("second") == []
    assert (tmp_path / "graph" / CARD).is_file() and building.LOCK not in files(tmp_path / "graph")
