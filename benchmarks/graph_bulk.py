"""The first load of a Neo4j server: by ``neo4j-admin database import``, and by the projector over Bolt.

    python -m benchmarks.graph_bulk [--facts N]

Made-up facts lie in a record store. One server is filled by ``midspan export neo4j-admin`` and the import,
started, and gets its constraints and indexes; an empty one, which runs, is filled by a rebuild. Both must
hold the same counts. CPU time is that of this process, the import and the server together.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import made_facts
from benchmarks.common import Spent, clocked, write
from benchmarks.growth import made_fact, taken
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.migrate import upgrade
from midspan.db.record_store import GraphFact
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.platform.export.neo4j_admin import ARGUMENTS, export_graph
from midspan.records import Run, Source, digest
from services.neo4j import Neo4j

A_DOCUMENT = 500
AT_ONCE = 20_000
SAID = Run("facts", 1, "bulk benchmark")


def fill(store: SqlRecordStore, count: int) -> None:
    for first in range(0, count, A_DOCUMENT):
        said = [made_fact(number).fact for number in range(first, min(count, first + A_DOCUMENT))]
        source = Source(digest("bulk", first), "document", "text/plain", f"document {first}", 1, 1.0)
        store.commit(made_facts.commit(source, SAID, said, f"/nowhere/{first}")[0])


def portions(store: SqlRecordStore) -> Iterator[list[GraphFact]]:
    pending: list[str] = []
    for ids in store.all_ids("graph"):
        pending += ids
        if len(pending) >= AT_ONCE:
            yield list(store.facts(pending).values())
            pending = []
    yield list(store.facts(pending).values())


def by_files(store: SqlRecordStore, folder: Path) -> tuple[list[Spent], dict[str, int]]:
    """What was spent on the export, the import, the start and the indexes; what the server holds then."""
    server = Neo4j(folder / "by-files")
    try:
        spent = [clocked(partial(export_graph, store, folder / "files"))]
        spent.append(clocked(partial(server.load, folder / "files", ARGUMENTS)))
        spent.append(clocked(server.start))
        graph = Neo4jGraph.at(server.url, store.identity())
        lease = taken(store)
        spent.append(clocked(partial(graph.apply, [], [], store.outbox_end("graph"), lease)))
        counts = graph.counts()
        graph.close()
        return spent, counts
    finally:
        server.stop()


def by_bolt(store: SqlRecordStore, folder: Path) -> tuple[Spent, dict[str, int]]:
    server = Neo4j(folder / "by-bolt")
    server.start()
    try:
        graph = Neo4jGraph.at(server.url, store.identity())
        lease = taken(store)
        spent = clocked(partial(graph.rebuild, portions(store), store.outbox_end("graph"), lambda: lease))
        counts = graph.counts()
        graph.close()
        return spent, counts
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'store.db'}"
        upgrade(url)
        store = SqlRecordStore(make_engine(url))
        fill(store, given.facts)
        parts, loaded = by_files(store, folder)
        bolt, projected = by_bolt(store, folder)
        assert loaded == projected, (loaded, projected)
        store.close()
    whole = Spent(sum(part.wall for part in parts), sum(part.cpu for part in parts))
    ways = {
        "midspan export neo4j-admin": parts[0],
        "neo4j-admin database import full": parts[1],
        "start of the server": parts[2],
        "its constraints and indexes": parts[3],
        "all of these": whole,
        "rebuild over Bolt": bolt,
    }
    write(
        "graph_bulk",
        "The first load of a Neo4j server",
        ["way", "seconds", "CPU seconds"],
        [[name, f"{spent.wall:.1f}", f"{spent.cpu:.1f}"] for name, spent in ways.items()],
        [
            f"{given.facts:,} facts, once each, on one machine; both servers hold the same counts; one run",
            "CPU seconds are those of midspan, the import and the server together",
            f"the rebuild took {bolt.cpu / (parts[0].cpu + parts[1].cpu):.1f} times the CPU time of export "
            f"and import, and {bolt.cpu / whole.cpu:.1f} times that of all of the first way",
        ],
    )


if __name__ == "__main__":
    main()
