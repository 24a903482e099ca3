"""Nearest neighbours on FAISS: one index a space, kept as generation files.

Up to ``flat_limit`` vectors the index is flat, and exact. Above, publishing makes an inverted file
(IVF-Flat): it compares a query with the vectors of the nearest cells only, and may miss some neighbours.
A search among ``allowed`` keys is exact with both.

Where FAISS is built for GPUs and one is there, searches without ``allowed`` run on it by themselves.
That path was written from FAISS's documentation and has not been run.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from midspan.db.generations import Generations
from midspan.db.record_store import LOCAL, Lease, Outbox, Target
from midspan.db.vector_index import VectorIndex
from midspan.errors import DamagedGeneration, StoreError, WrongUse

FLAT_LIMIT = 200_000
TRAINING_VECTORS_A_CELL = 50
TRAINING_ROUNDS = 10


@dataclass(frozen=True)
class _Index:
    cpu: Any
    gpu: Any = None
    gpu_turn: threading.Lock = field(default_factory=threading.Lock)
    """A GPU index serves one search at a time."""


class FaissIndex(VectorIndex):
    """Vectors of one space in ``folder``; safe to share between threads.

    Each ``apply`` rewrites the file, so batches should be large. ``model`` is the run id of the encoder:
    vectors of another model or dimension are not used, the index counts as empty then.
    """

    def __init__(
        self,
        folder: Path,
        store: Outbox,
        target: Target,
        dim: int,
        model: str,
        *,
        flat_limit: int = FLAT_LIMIT,
        replica: str = LOCAL,
    ) -> None:
        """Raises ``StoreError`` where faiss-cpu and faiss-gpu are both installed."""
        _check_that_one_is_installed()
        self._dim = dim
        self._flat_limit = flat_limit
        self._generations = Generations(
            folder, store, target, suffix=".faiss", read=_read, model=model, dim=dim, replica=replica
        )

    def apply(
        self,
        keys: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32],
        removed: npt.NDArray[np.int64],
        through: int,
        lease: Lease,
    ) -> None:
        """A key that is set and removed in one call is held. Raises ``WrongUse`` for vectors that are
        not finite or not of the index's dimension; nothing is changed then."""
        keys, vectors = self._checked(keys, vectors)
        snapshot = self._generations.current()
        index = _flat(self._dim) if snapshot is None else faiss.clone_index(snapshot.value.cpu)
        gone = np.unique(np.concatenate([np.asarray(removed, dtype=np.int64).reshape(-1), keys]))
        if len(gone) and index.ntotal:
            index.remove_ids(faiss.IDSelectorBatch(gone))
        if len(keys):
            index.add_with_ids(vectors, keys)
        applied = 0 if snapshot is None else snapshot.generation.applied
        self._publish(_fitted(index, self._flat_limit), max(through, applied), lease)

    def search(
        self, query: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        question = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        self._check_vectors(question)
        snapshot = self._generations.current()
        if snapshot is None or k < 1 or not snapshot.value.cpu.ntotal:
            return []
        if allowed is not None and not len(allowed):
            return []
        scores, keys = _search(snapshot.value, question, min(k, snapshot.value.cpu.ntotal), allowed)
        return [(int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key >= 0]

    def applied(self) -> int:
        snapshot = self._generations.current()
        return 0 if snapshot is None else snapshot.generation.applied

    def count(self) -> int:
        snapshot = self._generations.current()
        return 0 if snapshot is None else int(snapshot.value.cpu.ntotal)

    def clear(self, lease: Lease) -> None:
        self._publish(_flat(self._dim), 0, lease)

    def rebuild(
        self,
        batches: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
        through: int,
        prolong: Callable[[], Lease],
    ) -> None:
        index = _flat(self._dim)
        for batch in batches:
            prolong()
            keys, vectors = self._checked(*batch)
            if len(keys):
                index.add_with_ids(vectors, keys)
        self._publish(_fitted(index, self._flat_limit), through, prolong())

    def close(self) -> None:
        """Nothing is held open: files are read whole."""

    def _publish(self, index: Any, applied: int, lease: Lease) -> None:
        self._generations.publish(
            _ready(index),
            lambda path: _write(index, path),
            applied=applied,
            counts={"vectors": int(index.ntotal)},
            lease=lease,
        )

    def _checked(
        self, keys: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The arrays as FAISS wants them, with the last vector of a key that comes more than once."""
        keys = np.asarray(keys, dtype=np.int64).reshape(-1)
        if not len(keys) and not np.size(vectors):
            return keys, np.empty((0, self._dim), dtype=np.float32)
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._check_vectors(vectors)
        if len(keys) != len(vectors):
            raise WrongUse(f"{len(keys)} keys came with {len(vectors)} vectors; one key a vector is expected")
        if (keys < 0).any():
            raise WrongUse(f"keys are whole numbers from 0; got {int(keys.min())}")
        last = len(keys) - 1 - np.unique(keys[::-1], return_index=True)[1]
        return keys[last], np.ascontiguousarray(vectors[last])

    def _check_vectors(self, vectors: npt.NDArray[np.float32]) -> None:
        if vectors.ndim != 2 or vectors.shape[1] != self._dim:
            raise WrongUse(
                f"vectors of shape (n, {self._dim}) are expected, got {vectors.shape}; another encoder needs "
                "its own index: run `midspan reindex`"
            )
        bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
        if len(bad):
            raise WrongUse(
                f"{len(bad)} of {len(vectors)} vectors hold NaN or infinity, the first is number {bad[0]}; "
                "encode those segments again"
            )


def _flat(dim: int) -> Any:
    return faiss.IndexIDMap2(faiss.IndexFlatIP(dim))


def _fitted(index: Any, flat_limit: int) -> Any:
    """The index itself, or a new one of the kind and number of cells that suit its size by now.

    The limits for going back are half as far, so that an index at a limit does not change at each batch.
    """
    inverted = hasattr(index, "nlist")
    count = int(index.ntotal)
    wants_inverted = count > (flat_limit / 2 if inverted else flat_limit)
    if not wants_inverted and not inverted:
        return index
    if wants_inverted and inverted and _cells(count) < 2 * index.nlist:
        return index
    keys, vectors = _contents(index)
    fitted = _inverted(vectors) if wants_inverted else _flat(index.d)
    fitted.add_with_ids(vectors, keys)
    return fitted


def _cells(count: int) -> int:
    """A power of two near twice the square root of the number of vectors."""
    return 1 << max(0, round(math.log2(2 * math.sqrt(count))))


def _inverted(vectors: npt.NDArray[np.float32]) -> Any:
    """A trained, empty inverted file; k-means starts from a fixed seed, so it is the same each time."""
    count, dim = vectors.shape
    cells = min(_cells(count), count)
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dim), dim, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = TRAINING_ROUNDS
    index.cp.min_points_per_centroid = 1
    step = max(1, count // (cells * TRAINING_VECTORS_A_CELL))
    index.train(np.ascontiguousarray(vectors[::step]))
    index.nprobe = max(8, cells // 16)
    return index


def _contents(index: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """All (keys (n,), vectors (n, d)) of a flat or an inverted index."""
    if not hasattr(index, "nlist"):
        flat = faiss.downcast_index(index.index)
        return faiss.vector_to_array(index.id_map), flat.reconstruct_n(0, flat.ntotal)
    keys, vectors = [], []
    lists = index.invlists
    for cell in range(index.nlist):
        size = lists.list_size(cell)
        if size:
            keys.append(faiss.rev_swig_ptr(lists.get_ids(cell), size).copy())
            codes = faiss.rev_swig_ptr(lists.get_codes(cell), size * index.code_size).copy()
            vectors.append(codes.view(np.float32).reshape(size, index.d))
    return np.concatenate(keys), np.concatenate(vectors)


def _check_that_one_is_installed() -> None:
    """Both have the same files: whichever was installed last has overwritten the other's."""
    if all(any(distributions(name=name)) for name in ("faiss-cpu", "faiss-gpu")):
        raise StoreError(
            "faiss-cpu and faiss-gpu are both installed, over each other's files; keep one: "
            "pip uninstall --yes faiss-cpu faiss-gpu, then pip install faiss-gpu"
        )


def _search(
    index: _Index, question: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.int64] | None
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    if allowed is None:
        if index.gpu is not None:
            with index.gpu_turn:
                return _pair(index.gpu.search(question, k))
        return _pair(index.cpu.search(question, k))
    selector = faiss.IDSelectorBatch(np.ascontiguousarray(allowed, dtype=np.int64))
    inverted = hasattr(index.cpu, "nlist")
    parameters: Any = faiss.SearchParametersIVF() if inverted else faiss.SearchParameters()
    parameters.sel = selector
    if inverted:
        parameters.nprobe = index.cpu.nlist
    return _pair(index.cpu.search(question, k, params=parameters))


def _pair(found: Any) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    scores, keys = found
    return scores, keys


def _ready(index: Any) -> _Index:
    if hasattr(faiss, "StandardGpuResources") and faiss.get_num_gpus():
        return _Index(index, faiss.index_cpu_to_all_gpus(index))
    return _Index(index)


def _write(index: Any, path: Path) -> None:
    """FAISS's own writer only prints that closing a file has failed, so what it says goes through ours.

    Raises ``OSError``.
    """
    problems: list[OSError] = []
    with path.open("wb") as file:

        def put(block: bytes) -> None:
            try:
                file.write(block)
            except OSError as error:  # one that went through FAISS would come out as another
                problems.append(error)

        faiss.write_index(index, faiss.PyCallbackIOWriter(put))  # type: ignore[attr-defined]
        if problems:
            raise problems[0]


def _read(path: Path) -> _Index:
    try:
        index = faiss.read_index(str(path))
    except RuntimeError as error:
        raise DamagedGeneration(f"{path.name} is whole, but FAISS {faiss.__version__}: {error}") from error
    return _ready(index)
