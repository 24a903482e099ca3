"""midspan's three vector indexes on the same vectors, each as the workspace uses it.

    python -m benchmarks.vector_engines [--sizes 10000 100000] [--milvus milvus://HOST:PORT]

PostgreSQL with pgvector is started for it. Milvus is measured where a server is named by ``--milvus``:
milvus-lite, on which midspan is tested, is written in Python and no measure of Milvus's speed. Times are CPU
of this process and of PostgreSQL together, and wall time, which alone counts what a named server takes.
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

from benchmarks.common import clocked, write
from benchmarks.growth import on_sqlite, some, taken
from midspan.db.record_store import Lease
from midspan.db.vector_index import VectorIndex
from midspan.db.vectors_faiss import FaissIndex
from midspan.db.vectors_milvus import MilvusIndex
from midspan.db.vectors_pgvector import PgvectorIndex
from services.postgres import Postgres

DIM, FOUND, QUESTIONS, ADDED, PORTION = 384, 10, 50, 1000, 20_000
BUILDING_MEMORY = "1GB"
Floats = npt.NDArray[np.float32]
NOTHING: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)


def recall(index: VectorIndex, vectors: Floats, questions: Floats) -> float:
    """Share of the exact nearest ``FOUND`` that are found."""
    exact = np.argsort(-(questions @ vectors.T), axis=1)[:, :FOUND]
    hits = [
        len({key for key, _ in index.search(question, FOUND)} & set(best.tolist()))
        for question, best in zip(questions, exact, strict=True)
    ]
    return sum(hits) / (FOUND * len(questions))


def milliseconds(work: Callable[[], object], times: int = 1) -> str:
    """CPU, and wall time."""
    spent = clocked(work)
    return f"{1000 * spent.cpu / times:,.1f} ({1000 * spent.wall / times:,.1f})"


def searched(index: VectorIndex, asked: Floats, among: npt.NDArray[np.int64] | None) -> str:
    """Of a search, on average: a server's CPU is counted in hundredths of a second."""
    index.search(asked[0], FOUND, among)

    def work() -> None:
        for question in asked:
            index.search(question, FOUND, among)

    return milliseconds(work, len(asked))


def row(name: str, index: VectorIndex, lease: Lease, vectors: Floats, asked: Floats) -> list[Any]:
    """Fill it anew as a reindex does, then add, take out and search as a projector and a search do."""
    first = vectors[:-ADDED]
    batches = [
        (np.arange(start, min(start + PORTION, len(first))), first[start : start + PORTION])
        for start in range(0, len(first), PORTION)
    ]
    build = milliseconds(partial(index.rebuild, batches, 1, lambda: lease))
    keys = np.arange(len(first), len(vectors))
    more = milliseconds(partial(index.apply, keys, vectors[-ADDED:], NOTHING, 2, lease))
    search = searched(index, asked, None)
    filtered = searched(index, asked, np.arange(0, len(vectors), 20))
    found = recall(index, vectors, asked)
    gone = np.arange(0, ADDED)
    less = milliseconds(partial(index.apply, NOTHING, np.empty((0, DIM), np.float32), gone, 3, lease))
    return [name, f"{len(vectors):,}", build, more, less, search, filtered, f"{found:.3f}"]


def measure(sizes: list[int], milvus: str | None, folder: Path) -> Iterator[list[Any]]:
    server = Postgres(folder / "postgres")
    server.start()
    try:
        for size in sizes:
            yield from at_size(size, server, milvus, folder)
    finally:
        server.stop()


def at_size(size: int, server: Postgres, milvus: str | None, folder: Path) -> Iterator[list[Any]]:
    _, vectors, _ = some(np.random.default_rng(size), 0, size, DIM)
    _, asked, _ = some(np.random.default_rng(size + 1), 0, QUESTIONS, DIM)
    scratch = folder / f"faiss-{size}"
    scratch.mkdir()
    with on_sqlite(scratch) as (store, _):
        lease = taken(store)
        given = ("benchmark", "vectors.text", DIM, "benchmark")
        memory = f"?options=-c%20maintenance_work_mem%3D{BUILDING_MEMORY}"
        kinds: dict[str, VectorIndex] = {
            "FAISS, in this process": FaissIndex(scratch, store, "vectors.text", DIM, "benchmark"),
            "pgvector": PgvectorIndex(server.url + memory, *given),
        }
        if milvus is not None:
            kinds["Milvus"] = MilvusIndex(milvus, *given)
        for name, index in kinds.items():
            shown = name if name.startswith("FAISS") else index.describe().partition(" at ")[0]
            yield row(shown, index, lease, vectors, asked)
            if not name.startswith("FAISS"):
                index.clear(lease)
            index.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--milvus")
    options = parser.parse_args()
    rows: list[list[Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for made in measure(options.sizes, options.milvus, Path(scratch)):
            print(made, flush=True)
            rows.append(made)
    write(
        "vector_engines",
        "The vector indexes: FAISS, pgvector, Milvus",
        [
            *("index", "vectors", "build, ms", f"add {ADDED:,}, ms", f"take out {ADDED:,}, ms"),
            *("a search, ms", "among a twentieth, ms", f"recall@{FOUND}"),
        ],
        rows,
        [
            f"{DIM} dimensions, 1,000 made-up centres; recall against the exact, {QUESTIONS} questions",
            "CPU of this process and PostgreSQL together (wall time, of a machine with other work); one run; "
            "a search: the mean of all questions; build: into an empty index, as `midspan reindex` does",
            "HNSW on the servers (16 neighbours, 100 candidates to build, 200 to search), on the cores "
            f"of this process; pgvector over 16-bit copies, maintenance_work_mem {BUILDING_MEMORY}",
        ],
    )


if __name__ == "__main__":
    main()
