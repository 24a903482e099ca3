"""How the cost of each store grows with what is in it: the slopes behind docs/scaling.md.

    python -m benchmarks.growth [--part records graph] [--sizes 1000 10000 100000]

Each store is filled to one size after the other and measured there: what the last thousand rows cost to
write, what all of them take on disk, and what a look costs (median of 30). Rows are made, not read: sentences
recombined from the bundled corpus, a point for every fourth of them, facts from a seeded generator. Vectors
have ``benchmarks.vector_growth``.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common import seconds, write
from benchmarks.throughput import corpus_sentences
from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph_store import GraphStore
from midspan.db.migrate import upgrade
from midspan.db.record_store import Commit, GraphFact, Lease, RecordStore, RunResult, TextChunk
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.pipelines.segmenting import reading_run
from midspan.records import (
    AtlasGrounding,
    Fact,
    FactSlot,
    Location,
    Provenance,
    Run,
    Segment,
    Source,
    digest,
    record_id,
)
from services.neo4j import Neo4j
from services.postgres import Postgres

PARTS = ["records", "graph"]
A_SOURCE = 1000
LOOKS = 30
NOTES = {
    "records": [
        "rows are sentences, every fourth with a point; rows/s is of the last thousand, a commit",
    ],
    "graph": [
        "rows are facts; facts/s is of the last thousand, a batch that is applied and then asked for",
        "kglite's bytes are those of its file, Neo4j's of its files, with room reserved ahead",
    ],
}
SAME = f"one run; ms: median of {LOOKS} looks in one process, while nothing else is asked"
ATLAS = "stylised-adult"
COLUMNS = ["store", "rows in it", "rows/s written there", "bytes a row", "looked up", "ms a look"]


def looks(look: Callable[[], Any]) -> float:
    """Median milliseconds of a look."""
    look()
    return 1000 * median(seconds(look) for _ in range(LOOKS))


# --- records ---


def records(name: str, sizes: list[int], store: RecordStore, disk: Callable[[], int]) -> Iterator[list[Any]]:
    chosen = random.Random(0)
    sentences = corpus_sentences()
    sources = 0
    for size in sizes:
        while sources < size // A_SOURCE:
            commit = source_of_points(sources, sentences, chosen)
            spent = seconds(partial(store.commit, commit))
            sources += 1
        rate, a_row = A_SOURCE / spent, disk() / (sources * A_SOURCE)

        def nearest() -> None:
            store.near_points(ATLAS, in_body(chosen), 10)

        yield [
            name,
            f"{size:,}",
            f"{rate:,.0f}",
            f"{a_row:,.0f}",
            "ten nearest points",
            f"{looks(nearest):.1f}",
        ]


def source_of_points(number: int, sentences: list[str], chosen: random.Random) -> Commit:
    """A document of ``A_SOURCE`` sentences, every fourth with a point in the body."""
    reading, placing = reading_run(), Run("atlas", 1, "growth benchmark")
    source_id = digest("growth benchmark", number)
    commit = Commit(runs=[reading, placing])
    commit.sources.append(Source(source_id, "document", "text/plain", f"source {number}", 1, time.time()))
    texts, position = [], 0
    for ordinal in range(A_SOURCE):
        text = " ".join(" ".join(chosen.sample(sentences, 2)).split()[:24])
        start, end = position, position + len(text)
        identity = record_id("seg", source_id, reading.id, start, end)
        segment = Segment(
            identity, source_id, ordinal, "sentence", "char", start, end, text, run_id=reading.id
        )
        commit.segments.append(segment)
        if ordinal % 4 == 0:
            commit.products.append(point(segment, placing, chosen))
        texts.append(text)
        position = end + 1
    commit.chunks.append(TextChunk(source_id, reading.id, 0, " ".join(texts)))
    commit.locations.append(Location(f"/nowhere/{number}", source_id, 1, 0, time.time()))
    commit.results += [RunResult(source_id, run.id, True) for run in (reading, placing)]
    return commit


def in_body(chosen: random.Random) -> tuple[float, float, float]:
    return chosen.uniform(-200, 200), chosen.uniform(-100, 100), chosen.uniform(0, 900)


def point(segment: Segment, run: Run, chosen: random.Random) -> AtlasGrounding:
    x, y, z = in_body(chosen)
    return AtlasGrounding(
        id=record_id("atlas", segment.source_id, run.id, segment.start),
        provenance=Provenance(segment.source_id, run.id, segment.id, "char", segment.start, segment.end),
        text=segment.text,
        atlas=ATLAS,
        status="grounded",
        reason="named",
        x_mm=x,
        y_mm=y,
        z_mm=z,
        organ="liver",
        organs={"liver": 1.0},
        laterality="",
        named=True,
        negated=False,
        score=1.0,
    )


@contextmanager
def on_sqlite(folder: Path) -> Iterator[tuple[RecordStore, Callable[[], int]]]:
    with opened(f"sqlite:///{folder / 'midspan.db'}") as store:
        yield store, lambda: sum(path.stat().st_size for path in folder.glob("midspan.db*"))


@contextmanager
def on_postgres(folder: Path) -> Iterator[tuple[RecordStore, Callable[[], int]]]:
    server = Postgres(folder / "postgres")
    server.start()
    try:
        with opened(server.url) as store:
            yield store, lambda: database_size(server)
    finally:
        server.stop()


@contextmanager
def opened(url: str) -> Iterator[RecordStore]:
    upgrade(url)
    store = SqlRecordStore(make_engine(url))
    try:
        yield store
    finally:
        store.close()


def database_size(server: Postgres) -> int:
    with server.connect() as connection:
        row = connection.execute("SELECT pg_database_size('midspan')").fetchone()
    assert row is not None
    return int(row[0])


# --- the graph ---


def graph(
    name: str, sizes: list[int], store: GraphStore, lease: Lease, disk: Callable[[], int]
) -> Iterator[list[Any]]:
    there = 0
    for size in sizes:
        while there < size:
            batch = [made_fact(number) for number in range(there, there + A_SOURCE)]
            spent = seconds(partial(shown, store, batch, there, lease))
            there += A_SOURCE
        ask = "MATCH (s:Entity {uid: $uid})-[f:FACT]->(o:Entity) RETURN o.name, f.support LIMIT 25"
        look = looks(partial(store.query, ask, {"uid": f"wd:Q{size // 16}"}))
        yield [
            *(name, f"{size:,}", f"{A_SOURCE / spent:,.0f}", f"{disk() / size:,.0f}"),
            *("facts of an entity", f"{look:.1f}"),
        ]


def shown(store: GraphStore, batch: list[GraphFact], through: int, lease: Lease) -> None:
    """Apply a batch and ask: the embedded graph takes it in when it is asked."""
    store.apply(batch, [], through, lease)
    store.query("RETURN 1")


def made_fact(number: int) -> GraphFact:
    """Facts over entities of which there are an eighth as many, four sentences a document."""
    chosen = random.Random(number)
    entities = 1 + number // 8

    def slot(prefix: str, many: int) -> FactSlot:
        which = chosen.randrange(many)
        return FactSlot(f"name {which}", 0, 6, f"wd:{prefix}{which}", f"name {which}", 0.9)

    place = Provenance(f"source-{number // 4}", "run", f"segment-{number}", "char", 0.0, 40.0)
    said = Fact(
        id=f"fact-{number}",
        provenance=place,
        text=f"What sentence number {number} of the benchmark says.",
        subject=slot("Q", entities),
        predicate=slot("P", 40),
        object=slot("Q", entities),
        polarity="affirmed",
        status="linked",
        score=0.5,
    )
    return GraphFact(said, f"source {number // 4}", f"/nowhere/{number // 4}")


# --- all of it ---


def taken(store: RecordStore) -> Lease:
    lease = store.acquire("projector", "growth benchmark", 36_000.0)
    assert lease is not None
    return lease


def folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def newest_size(folder: Path) -> int:
    return max(folder.glob("*.kgl"), key=lambda path: path.stat().st_mtime).stat().st_size


def measure(part: str, sizes: list[int], folder: Path) -> Iterator[list[Any]]:
    if part == "records":
        for name, opening in {"SQLite": on_sqlite, "PostgreSQL": on_postgres}.items():
            with opening(folder) as (store, disk):
                yield from records(name, sizes, store, disk)
        return
    with on_sqlite(folder) as (store, _):
        files = folder / "graph"
        embedded = EmbeddedGraph(files, store)
        yield from graph("kglite", sizes, embedded, taken(store), lambda: newest_size(files))
        embedded.close()
        server = Neo4j(folder / "neo4j")
        server.start()
        data = server.folder / "data" / "databases"
        try:
            served = Neo4jGraph.at(server.url)
            yield from graph("Neo4j", sizes, served, taken(store), lambda: folder_size(data))
            served.close()
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", nargs="+", default=PARTS, choices=PARTS)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options = parser.parse_args()
    for part in options.part:
        rows: list[list[Any]] = []
        with tempfile.TemporaryDirectory() as scratch:
            for row in measure(part, options.sizes, Path(scratch)):
                print(row, flush=True)
                rows.append(row)
        write(f"growth_{part}", f"What {part} cost as they grow", COLUMNS, rows, [*NOTES[part], SAME])


if __name__ == "__main__":
    main()
