"""Rows a second through the record store's own commit, against the barest way to write the same rows.

    python -m benchmarks.rows [--rounds N] [--sentences N]

Documents of made-up sentences, each with a fact, an atlas point and a vector a sentence, go into an empty
database: by ``commit`` of the record store, and as rows made before, by bare COPY on PostgreSQL and by bare
executemany on SQLite, into the same tables with the same indexes, in the same transactions. All ways take
turns in one run; PostgreSQL and its fsync are as they come.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from benchmarks.common import seconds, spread, write
from midspan.db import migrate
from midspan.db.record_store import READING, Commit, RunResult, TextChunk
from midspan.db.records import codec
from midspan.db.records.engine import make_engine
from midspan.db.records.kinds import KINDS
from midspan.db.records.relational import SqlRecordStore
from midspan.records import (
    AtlasGrounding,
    Embedding,
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
from services.postgres import Postgres

RUNS = (Run(READING, 1), Run("facts", 1), Run("atlas", 1), Run("encode", 1))
WORDS = (
    *("liver", "lung", "heart", "stone", "kidney", "vein", "patient", "left", "right", "above"),
    *("behind", "shows", "small", "large", "the", "of", "in"),
)
Rows = dict[str, list[dict[str, Any]]]


def document(number: int, sentences: int, rng: random.Random) -> Commit:
    """Everything of one document, as the ingest loop commits it."""
    source = Source(digest("bench", number), "document", "text/plain", f"document {number}", 1, float(number))
    reading, facts, atlas, encode = RUNS
    commit = Commit(
        runs=list(RUNS), sources=[source], results=[RunResult(source.id, r.id, True) for r in RUNS]
    )
    vectors = np.random.default_rng(number).normal(size=(sentences, 384)).astype(np.float32)
    start = 0
    for ordinal in range(sentences):
        text = " ".join(rng.choices(WORDS, k=12))
        end = start + len(text)
        segment_id = record_id("seg", source.id, reading.id, ordinal)
        commit.segments.append(
            Segment(segment_id, source.id, ordinal, "sentence", "char", start, end, text, run_id=reading.id)
        )
        slot = FactSlot(text[:10], 0, 10, "wd:Q1", "thing", 0.5)

        def said_by(run: Run, place: tuple[int, int] = (start, end), of: str = segment_id) -> Provenance:
            return Provenance(source.id, run.id, of, "char", *place)

        commit.products += [
            Fact(
                record_id("fact", source.id, facts.id, start),
                said_by(facts),
                text,
                *(slot, slot, slot),
                "affirmed",
                "linked",
                0.5,
            ),
            AtlasGrounding(
                record_id("atlas", source.id, atlas.id, start),
                said_by(atlas),
                text,
                *("adult", "grounded", "named"),
                *(rng.uniform(-200, 200) for _ in range(3)),
                "liver",
                {"liver": 0.75},
                "none",
                True,
                False,
                0.75,
            ),
            Embedding(segment_id, source.id, encode.id, "text", vectors[ordinal], digest(text)),
        ]
        start = end + 1
    commit.chunks = [TextChunk(source.id, reading.id, 0, " ".join(s.text for s in commit.segments))]
    commit.locations = [Location(f"/bench/{number}", source.id, 1, 1, 1.0)]
    return commit


def rows_of(commits: Sequence[Commit]) -> list[Rows]:
    """What each commit comes to in the tables, with the keys that an empty database gives."""
    made = []
    key = 0
    for commit in commits:
        keys = {segment.id: key + place for place, segment in enumerate(commit.segments, 1)}
        key += len(keys)
        said = commit.products
        (chunk,) = commit.chunks
        made.append(
            {
                "run": [] if made else [{**codec.run_row(run, "", 1.0), "parameters": "{}"} for run in RUNS],
                "source": [codec.source_row(source) for source in commit.sources],
                "chunk": [{**vars(chunk), "end": len(chunk.text)}],
                "segment": [{"key": keys[s.id], **codec.segment_row(s)} for s in commit.segments],
                "fact": [KINDS["fact"].full_row(p) for p in said if isinstance(p, Fact)],
                "atlas_grounding": [
                    {**KINDS["atlas"].full_row(p), "organs": json.dumps(dict(p.organs))}
                    for p in said
                    if isinstance(p, AtlasGrounding)
                ],
                "embedding": [
                    {
                        "segment_key": keys[p.segment_id],
                        "space": p.space,
                        "source_id": p.source_id,
                        "run_id": p.run_id,
                        "vector": codec.pack_vector(p.vector),
                        "text_sha256": p.text_sha256,
                    }
                    for p in said
                    if isinstance(p, Embedding)
                ],
                "source_run": [{**vars(result), "finished_at": 1.0} for result in commit.results],
                "location": [vars(place) for place in commit.locations],
            }
        )
    return made


def through_the_store(url: str, commits: Sequence[Commit]) -> float:
    store = SqlRecordStore(make_engine(url))
    store.counts()  # connected before the clock starts
    taken = seconds(lambda: [store.commit(commit) for commit in commits])
    store.close()
    return taken


def bare_copy(url: str, batches: Sequence[Rows]) -> float:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:

        def work() -> None:
            for batch in batches:
                with connection.cursor() as cursor:
                    for table, rows in batch.items():
                        if rows:
                            names = ", ".join(f'"{name}"' for name in rows[0])
                            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                                for row in rows:
                                    copy.write_row(list(row.values()))
                connection.commit()

        return seconds(work)


def bare_executemany(path: Path, batches: Sequence[Rows]) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")

    def work() -> None:
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            for table, rows in batch.items():
                if rows:
                    names = ", ".join(f'"{name}"' for name in rows[0])
                    marks = ", ".join("?" * len(rows[0]))
                    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
                    connection.executemany(statement, [tuple(row.values()) for row in rows])
            connection.execute("COMMIT")

    taken = seconds(work)
    connection.close()
    return taken


def counted(url: str) -> dict[str, int]:
    store = SqlRecordStore(make_engine(url))
    found = store.counts()
    store.close()
    return found


def compare(server: Postgres, folder: Path, commits: Sequence[Commit], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way, in turns; each into an empty database, and all end with the same counts."""
    batches = rows_of(commits)
    ways: dict[str, Callable[[str], float]] = {
        "store_postgres": lambda url: through_the_store(url, commits),
        "copy": lambda url: bare_copy(url, batches),
        "store_sqlite": lambda url: through_the_store(url, commits),
        "executemany": lambda url: bare_executemany(Path(url.removeprefix("sqlite:///")), batches),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds):
        counts = []
        for name, way in ways.items():
            database = f"{name}_{turn}_{len(commits)}"
            url = f"sqlite:///{folder / database}.db"
            if name in ("store_postgres", "copy"):
                with server.connect() as admin:
                    admin.execute(f"CREATE DATABASE {database}")  # type: ignore[call-overload]
                url = server.database_url(database)
            migrate.upgrade(url)
            taken[name].append(way(url))
            counts.append(counted(url))
        assert all(found == counts[0] for found in counts), counts
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sentences", type=int, default=10_000)
    given = parser.parse_args()
    table = []
    with tempfile.TemporaryDirectory() as name:
        server = Postgres(Path(name) / "postgres")
        server.start()
        try:
            for size in (20, 500):
                rng = random.Random(0)
                commits = [document(i, size, rng) for i in range(given.sentences // size)]
                rows = sum(len(rows) for batch in rows_of(commits) for rows in batch.values())
                taken = compare(server, Path(name), commits, given.rounds)
                for engine, ours, bare in (
                    ("PostgreSQL", "store_postgres", "copy"),
                    ("SQLite", "store_sqlite", "executemany"),
                ):
                    ratios = spread([b / o for o, b in zip(taken[ours], taken[bare], strict=True)])
                    speed = {way: rows / spread(taken[way])["median"] for way in (ours, bare)}
                    table.append(
                        [
                            *(engine, f"{size}", f"{rows:,}", f"{speed[ours]:,.0f}", f"{speed[bare]:,.0f}"),
                            f"{ratios['median']:.2f} ({ratios['min']:.2f} to {ratios['max']:.2f})",
                        ]
                    )
        finally:
            server.stop()
    write(
        "rows",
        "Rows a second into the record store",
        ["engine", "sentences a commit", "rows", "commit, rows/s", "bare, rows/s", "commit / bare"],
        table,
        [
            "Bare is COPY (text format, psycopg) on PostgreSQL and executemany on SQLite: rows made before "
            "the clock starts, no look at what is there, no outbox, no check that a source is still current.",
            "commit also makes the rows out of records, looks at what is there, locks the source, and writes "
            "the outbox; both write the same tables with the same indexes, full text and atlas points too.",
            f"{given.rounds} rounds, all ways in turns; the ratio is by round: median (least to greatest). "
            "Server and client share the machine.",
        ],
    )


if __name__ == "__main__":
    main()
