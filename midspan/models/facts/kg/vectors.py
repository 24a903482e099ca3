"""Vectors of a graph's entities: made of label and description, kept as half floats, searched by FAISS."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from midspan.errors import ModelFilesMissing
from midspan.models.facts.kg.format import INDEX, VECTORS, Card
from midspan.models.facts.knowledge_graph import Entity, Vectors
from midspan.models.kit.files import write_json

Encode = Callable[[Sequence[str]], Vectors]

FLAT_LIMIT = 300_000
"""Above, an exact search takes tens of milliseconds and an index of half the size pays."""
CHUNK = 2048
MARK = "vectors.json"
A_CELL = 40
"""Vectors a cell that k-means sees."""
PROBES = 32


def text_of(entity: Entity) -> str:
    """What is encoded."""
    return f"{entity.name}: {entity.description}" if entity.description else entity.name


class StoredVectors:
    """Raises ``ModelFilesMissing`` where the graph was built without."""

    def __init__(self, folder: Path, card: Card) -> None:
        if not card.encoder:
            raise ModelFilesMissing(
                f"the knowledge graph {card.name} has no vectors; build it again without --no-vectors"
            )
        self._folder = folder
        self._rows = np.load(folder / VECTORS, mmap_mode="r")
        self._making = threading.Lock()

    def of(self, ids: Sequence[int]) -> Vectors:
        """(n, dim); zeros for -1."""
        where = np.asarray(ids, dtype=np.int64).reshape(-1)
        found: Vectors = np.zeros((len(where), self._rows.shape[1]), dtype=np.float32)
        known = where >= 0
        found[known] = self._rows[where[known]]
        return found

    def near(self, vectors: Vectors, k: int) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Row numbers and cosines, each (n, k); -1 and ``-inf`` where there are no more."""
        with self._making:
            index = self._index
        scores, rows = index.search(np.ascontiguousarray(vectors, dtype=np.float32), k)
        scores[rows < 0] = -np.inf
        return rows, scores

    @cached_property
    def _index(self) -> Any:
        import faiss  # takes a third of a second

        path = self._folder / INDEX
        if path.is_file():
            index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            index.nprobe = PROBES
            return index
        flat = faiss.IndexFlatIP(self._rows.shape[1])
        for start in range(0, len(self._rows), CHUNK):
            flat.add(self._rows[start : start + CHUNK].astype(np.float32))
        return flat


def write_vectors(
    folder: Path,
    entities: Iterable[Entity],
    shape: tuple[int, int],
    encode: Encode,
    made_by: str,
    report: Callable[[int], None] = lambda done: None,
) -> None:
    """Vectors of the entities, a chunk at a time; a file that was begun for the same ``made_by`` (the graph
    and the encoder) is gone on with. How far it is stands beside it, in ``MARK``, after each chunk.
    """
    path, mark = folder / VECTORS, folder / MARK
    begun = json.loads(mark.read_text("utf-8")) if mark.is_file() else {}
    done = int(begun["done"]) if begun.get("made_by") == made_by and path.is_file() else 0
    if done:
        rows = np.lib.format.open_memmap(path, mode="r+")
    else:
        rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
    for chunk in _chunks(islice(entities, done, None), CHUNK):
        rows[done : done + len(chunk)] = encode([text_of(entity) for entity in chunk])
        rows.flush()
        done += len(chunk)
        write_json(mark, {"done": done, "made_by": made_by})
        report(done)


def write_index(folder: Path) -> None:
    """IVF over scalar-quantised vectors, for a graph that is beyond ``FLAT_LIMIT``; trained on a sample that
    is drawn evenly, and filled a chunk at a time."""
    import faiss

    rows = np.load(folder / VECTORS, mmap_mode="r")
    if len(rows) <= FLAT_LIMIT:
        return
    cells = 1 << round(float(np.log2(2 * np.sqrt(len(rows)))))
    index = faiss.index_factory(rows.shape[1], f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
    step = max(1, len(rows) // (cells * A_CELL))
    index.train(np.ascontiguousarray(rows[::step], dtype=np.float32))
    for start in range(0, len(rows), CHUNK):
        index.add(rows[start : start + CHUNK].astype(np.float32))
    faiss.write_index(index, str(folder / INDEX))


T = TypeVar("T")


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk
