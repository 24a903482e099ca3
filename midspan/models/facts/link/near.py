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
import numpy.typing as npt

from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.link.keys import all_keys
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.words import Bags

Near = Callable[[Floats, int], list[list[tuple[str, float]]]]
"""Unit queries (n, dim) and k to up to k entities each, best first: uid and cosine."""
Search = Callable[[Floats, int], tuple[Floats, npt.NDArray[np.int64]]]
"""The same to cosines and places in a graph's order, (n, k) each; -1 is no place."""

FLAT_LIMIT = 10_000
"""Above, an exact search costs more than all else that is asked of a name: four bits for each two numbers are
looked through first, in less than a third of the time, and what is best by them is compared exactly."""
CELLS_FROM = 1_000_000
"""From so many keys on a sixteenth of the cells is looked through."""
LOOKED_THROUGH = 16
A_CELL = 40
"""Keys a cell that k-means sees."""
COMPARED = 8
"""Times as many as are asked for are compared exactly: 99.7 % of the true ten are found among 25,000
(``benchmarks/link_near.py``)."""
CHUNK = 4096


def near_in(graph: KnowledgeGraph, space: Space, bags: Bags, sha256: str) -> Near:
    """A search over all of a graph. ``sha256``: of the weights of ``space``; empty: its keys are not kept."""
    if isinstance(graph, Graphs):
        return _of_all([near_in(one, space, bags, sha256) for one in graph.graphs])
    if isinstance(graph, StoredGraph) and sha256:
        return _searching(_stored(graph, space, bags, sha256), lambda rows: graph.uids_at(rows))
    uids: list[str] = []
    flat = faiss.IndexFlatIP(space.dim)
    for some, keys in all_keys(graph, space, bags):
        uids += some
        flat.add(keys)
    return _searching(flat.search, lambda rows: {row: uids[row] for row in rows})


def _searching(search: Search, uids_at: Callable[[Iterable[int]], dict[int, str]]) -> Near:
    def near(queries: Floats, k: int) -> list[list[tuple[str, float]]]:
        scores, rows = search(np.ascontiguousarray(queries, dtype=np.float32), k)
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


def _stored(graph: StoredGraph, space: Space, bags: Bags, sha256: str) -> Search:
    """The search over a graph's keys, made now where there are none."""
    keys = graph.folder / f"link-{sha256[:12]}.npy"
    large = len(graph) > FLAT_LIMIT
    if not keys.is_file() or (large and not _coarse(keys).is_file()):
        try:
            _write(keys, graph, space, bags)
        except OSError:  # a folder that others own
            keys = Path(tempfile.mkdtemp(prefix="midspan-kg-")) / keys.name
            _write(keys, graph, space, bags)
    rows = np.load(keys, mmap_mode="r")
    if large:
        return coarse_to_fine(faiss.read_index(str(_coarse(keys))), rows)
    flat = faiss.IndexFlatIP(space.dim)
    flat.add(rows.astype(np.float32))
    search: Search = flat.search
    return search


def coarse_to_fine(index: Any, keys: Floats) -> Search:
    """What ``index`` finds, compared exactly with ``keys`` (n, dim)."""

    def search(queries: Floats, k: int) -> tuple[Floats, npt.NDArray[np.int64]]:
        _, rows = index.search(queries, min(COMPARED * k, len(keys)))
        cosines = np.einsum("qd,qkd->qk", queries, keys[rows].astype(np.float32))
        cosines[rows < 0] = -np.inf
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(cosines, best, axis=1), np.take_along_axis(rows, best, axis=1)

    return search


def coarse_index(keys: Floats) -> Any:
    """Trained on a sample drawn evenly, filled a chunk at a time."""
    count, dim = keys.shape
    codes, cells = f"PQ{dim // 2}x4fs", 1 << round(float(np.log2(2 * np.sqrt(count))))
    celled = count >= CELLS_FROM
    sort = f"IVF{cells},{codes}" if celled else codes
    index: Any = faiss.index_factory(dim, sort, faiss.METRIC_INNER_PRODUCT)
    step = max(1, count // (cells * A_CELL))
    index.train(np.ascontiguousarray(keys[::step], dtype=np.float32))
    for start in range(0, count, CHUNK):
        index.add(keys[start : start + CHUNK].astype(np.float32))
    if celled:
        index.nprobe = cells // LOOKED_THROUGH
    return index


def _coarse(keys: Path) -> Path:
    return keys.with_suffix(".pq.faiss")


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
            faiss.write_index(coarse_index(rows), str(_coarse(made)))
            _coarse(made).replace(_coarse(path))
        made.replace(path)
