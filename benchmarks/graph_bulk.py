"""The first load of a Neo4j server: by ``neo4j-admin database import``, and by the projector over Bolt.

    python -m benchmarks.graph_bulk [--facts N]

Made-up facts lie in a record store. One server is filled by ``midspan export neo4j-admin`` and the import,
started, and gets its constraints and indexes; an empty one, which runs, is filled by a rebuild. Both must
hold the same counts.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import made_facts
from benchmarks.common import seconds, write
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


def by_files(store: SqlRecordStore, folder: Path) -> tuple[list[float], dict[str, int]]:
    """Seconds of the export, the import, the start and the indexes; what the server holds then."""
    server = Neo4j(folder / "by-files")
    try:
        spent = [seconds(partial(export_graph, store, folder / "files"))]
        spent.append(seconds(partial(server.load, folder / "files", ARGUMENTS)))
        spent.append(seconds(server.start))
        graph = Neo4jGraph.at(server.url, store.identity())
        lease = taken(store)
        spent.append(seconds(partial(graph.apply, [], [], store.outbox_end("graph"), lease)))
        counts = graph.counts()
        graph.close()
        return spent, counts
    finally:
        server.stop()


def by_bolt(store: SqlRecordStore, folder: Path) -> tuple[float, dict[str, int]]:
    server = Neo4j(folder / "by-bolt")
    server.start()
    try:
        graph = Neo4jGraph.at(server.url, store.identity())
        lease = taken(store)
        spent = seconds(partial(graph.rebuild, portions(store), store.outbox_end("graph"), lambda: lease))
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
    whole = sum(parts)
    table = [
        ["midspan export neo4j-admin", f"{parts[0]:.1f}", f"{given.facts / parts[0]:,.0f}"],
        ["neo4j-admin database import full", f"{parts[1]:.1f}", f"{given.facts / parts[1]:,.0f}"],
        ["start of the server", f"{parts[2]:.1f}", ""],
        ["its constraints and indexes", f"{parts[3]:.1f}", ""],
        ["all of these", f"{whole:.1f}", f"{given.facts / whole:,.0f}"],
        ["rebuild over Bolt", f"{bolt:.1f}", f"{given.facts / bolt:,.0f}"],
    ]
    write(
        "graph_bulk",
        "The first load of a Neo4j server",
        ["way", "seconds", "facts/s"],
        table,
        [
            f"{given.facts:,} facts, once each, on the same machine; both servers hold the same counts",
            f"export and import alone took {bolt / sum(parts[:2]):.1f} times less than the rebuild, "
            f"all of the first way {bolt / whole:.1f} times",
        ],
    )


if __name__ == "__main__":
    main()
