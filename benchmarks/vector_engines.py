"""midspan's FAISS index beside pgvector's HNSW on the same vectors: what a later engine would buy and cost.

    python -m benchmarks.vector_engines [--sizes 10000 100000]

pgvector comes with the PostgreSQL of the tests. It is no part of midspan: this is the measurement behind the
advice in docs/scaling.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from benchmarks.common import seconds, write
from benchmarks.growth import looks, on_sqlite, some, taken
from midspan.db.vectors_faiss import FaissIndex
from services.postgres import Postgres

DIM, FOUND, QUESTIONS = 384, 10, 50
EF_SEARCH = 100
Floats = npt.NDArray[np.float32]
Search = Callable[[Floats], list[int]]


def recall(search: Search, vectors: Floats, questions: Floats) -> float:
    """Share of the exact nearest ``FOUND`` that are found."""
    exact = np.argsort(-(questions @ vectors.T), axis=1)[:, :FOUND]
    hits = [
        len(set(search(question)) & set(best.tolist()))
        for question, best in zip(questions, exact, strict=True)
    ]
    return sum(hits) / (FOUND * len(questions))


def row(name: str, build: float, more: float, search: Search, vectors: Floats, asked: Floats) -> list[Any]:
    turns = iter(asked[np.arange(10_000) % len(asked)])
    return [
        *(name, f"{len(vectors):,}", f"{build:.1f}", f"{1000 * more:.0f}"),
        *(f"{looks(lambda: search(next(turns))):.1f}", f"{recall(search, vectors, asked):.3f}"),
    ]


def faiss(folder: Path, vectors: Floats, asked: Floats) -> list[Any]:
    """As midspan uses it: in segments, with a log for what is one more."""
    with on_sqlite(folder) as (store, _):
        index, lease = FaissIndex(folder, store, "vectors.text", DIM, "benchmark"), taken(store)
        keys, nothing = np.arange(len(vectors)), np.empty(0, dtype=np.int64)
        build = seconds(partial(index.apply, keys[:-1], vectors[:-1], nothing, 1, lease))
        more = seconds(partial(index.apply, keys[-1:], vectors[-1:], nothing, 2, lease))

        def search(question: Floats) -> list[int]:
            return [key for key, _ in index.search(question, FOUND)]

        return row("FAISS", build, more, search, vectors, asked)


def pgvector(server: Postgres, vectors: Floats, asked: Floats) -> list[Any]:
    with server.connect() as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        connection.execute("DROP TABLE IF EXISTS benchmark")
        connection.execute(f"CREATE TABLE benchmark (key bigint PRIMARY KEY, v vector({DIM}))")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute(f"SET hnsw.ef_search = {EF_SEARCH}")

        def build() -> None:
            copy(connection, vectors[:-1])
            connection.execute("CREATE INDEX ON benchmark USING hnsw (v vector_ip_ops)")

        spent = seconds(build)
        more = seconds(lambda: copy(connection, vectors[-1:], len(vectors) - 1))

        def search(question: Floats) -> list[int]:
            asked = "SELECT key FROM benchmark ORDER BY v <#> %s::vector LIMIT %s"
            return [key for (key,) in connection.execute(asked, (literal(question), FOUND)).fetchall()]

        return row("pgvector, HNSW", spent, more, search, vectors, asked)


def copy(connection: psycopg.Connection, vectors: Floats, first: int = 0) -> None:
    with connection.cursor() as cursor, cursor.copy("COPY benchmark FROM STDIN") as rows:
        for key, vector in enumerate(vectors, first):
            rows.write_row((key, literal(vector)))


def literal(vector: Floats) -> str:
    return "[" + ",".join(f"{value:.6f}" for value in vector) + "]"


def measure(sizes: list[int], folder: Path) -> Iterator[list[Any]]:
    server = Postgres(folder / "postgres")
    server.start()
    try:
        for size in sizes:
            generator = np.random.default_rng(size)
            _, vectors, _ = some(generator, 0, size, DIM)
            _, asked, _ = some(generator, 0, QUESTIONS, DIM)
            scratch = folder / f"faiss-{size}"
            scratch.mkdir()
            yield faiss(scratch, vectors, asked)
            yield pgvector(server, vectors, asked)
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    rows: list[list[Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for made in measure(options.sizes, Path(scratch)):
            print(made, flush=True)
            rows.append(made)
    write(
        "vector_engines",
        "FAISS as midspan uses it, and pgvector",
        ["engine", "vectors", "build, s", "one more, ms", "ms a search", f"recall@{FOUND}"],
        rows,
        [
            f"{DIM} dimensions, around 1,000 centres; recall against the exact ones, {QUESTIONS} questions",
            f"pgvector: m 16, ef_construction 64 (its defaults), ef_search {EF_SEARCH}; one run each",
            "FAISS: exact up to some 50,000 vectors; its search includes no transport",
        ],
    )


if __name__ == "__main__":
    main()
