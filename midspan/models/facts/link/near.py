"""Which entities of a graph lie near in the space: FAISS over their keys.

The keys of a graph on disk are written into its folder when they are first asked for (25,000 entities a
second) and memory-mapped from then on; they are named by the weights that made them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.link.keys import all_keys
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.words import Bags

Near = Callable[[Floats, int], list[list[tuple[str, float]]]]
"""Unit queries (n, dim) and k to up to k entities each, best first: uid and cosine."""

FLAT_LIMIT = 300_000
"""Above, an exact search takes tens of milliseconds and an index of a byte a number pays."""
A_CELL = 40
"""Keys a cell that k-means sees."""
PROBES = 32
CHUNK = 4096


def near_in(graph: KnowledgeGraph, space: Space, bags: Bags, sha256: str) -> Near:
    """A search over all of a graph. ``sha256``: of the weights of ``space``; empty: its keys are not kept."""
    if isinstance(graph, Graphs):
        return _of_all([near_in(one, space, bags, sha256) for one in graph.graphs])
    if isinstance(graph, StoredGraph) and sha256:
        index = _stored(graph, space, bags, sha256)
        return _searching(index, lambda rows: graph.uids_at(rows))
    uids: list[str] = []
    flat = faiss.IndexFlatIP(space.dim)
    for some, keys in all_keys(graph, space, bags):
        uids += some
        flat.add(keys)
    return _searching(flat, lambda rows: {row: uids[row] for row in rows})


def _searching(index: Any, uids_at: Callable[[Iterable[int]], dict[int, str]]) -> Near:
    def near(queries: Floats, k: int) -> list[list[tuple[str, float]]]:
        scores, rows = index.search(np.ascontiguousarray(queries, dtype=np.float32), k)
        uids = uids_at({int(row) for row in rows.ravel() if row >= 0})
        return [
            [(uids[int(row)], float(score)) for row, score in zip(found, values, strict=True) if row >= 0]
            for found, values in zip(rows, scores, strict=True)
        ]

    return near


def _of_all(several: Sequence[Near]) -> Near:
    def near(queries: Floats, k: int) -> list[list[tuple[str, float]]]:
        answers = [one(queries, k) for one in several]
        return [_best([pair for found in row for pair in found], k) for row in zip(*answers, strict=True)]

    return near


def _best(pairs: Iterable[tuple[str, float]], k: int) -> list[tuple[str, float]]:
    """Of an entity that several graphs have, its best score."""
    best: dict[str, float] = {}
    for uid, score in pairs:
        best[uid] = max(score, best.get(uid, -np.inf))
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:k]


def _stored(graph: StoredGraph, space: Space, bags: Bags, sha256: str) -> Any:
    """The index over a graph's keys, made now where there is none."""
    keys = graph.folder / f"link-{sha256[:12]}.npy"
    if not keys.is_file():
        try:
            _write(keys, graph, space, bags)
        except OSError:  # a folder that others own
            keys = Path(tempfile.mkdtemp(prefix="midspan-kg-")) / keys.name
            _write(keys, graph, space, bags)
    if keys.with_suffix(".faiss").is_file():
        index: Any = faiss.read_index(
            str(keys.with_suffix(".faiss")), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY
        )
        index.nprobe = PROBES
        return index
    flat = faiss.IndexFlatIP(space.dim)
    rows = np.load(keys, mmap_mode="r")
    for start in range(0, len(rows), CHUNK):
        flat.add(rows[start : start + CHUNK].astype(np.float32))
    return flat


def _write(path: Path, graph: StoredGraph, space: Space, bags: Bags) -> None:
    """In files of another name until they are whole, the keys last: their being there says that all is."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".link-") as folder:
        made = Path(folder) / path.name
        rows = np.lib.format.open_memmap(made, mode="w+", dtype=np.float16, shape=(len(graph), space.dim))
        done = 0
        for some, keys in all_keys(graph, space, bags):
            rows[done : done + len(some)] = keys
            done += len(some)
        rows.flush()
        if len(rows) > FLAT_LIMIT:
            _write_index(rows, made.with_suffix(".faiss"))
            made.with_suffix(".faiss").replace(path.with_suffix(".faiss"))
        made.replace(path)


def _write_index(rows: Any, path: Path) -> None:
    """Inverted lists of scalar-quantised keys; trained on a sample drawn evenly, filled a chunk at a time."""
    cells = 1 << round(float(np.log2(2 * np.sqrt(len(rows)))))
    index = faiss.index_factory(rows.shape[1], f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
    step = max(1, len(rows) // (cells * A_CELL))
    index.train(np.ascontiguousarray(rows[::step], dtype=np.float32))
    for start in range(0, len(rows), CHUNK):
        index.add(rows[start : start + CHUNK].astype(np.float32))
    faiss.write_index(index, str(path))
