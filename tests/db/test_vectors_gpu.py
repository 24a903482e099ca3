"""FAISS on a GPU, where faiss-gpu is installed and finds one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import pytest

from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vectors_faiss import FaissIndex

HAS_GPU = hasattr(faiss, "StandardGpuResources") and faiss.get_num_gpus() > 0
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not HAS_GPU, reason="no faiss-gpu with a CUDA device")]

DIM = 64


def test_searches_on_the_gpu_find_what_comparing_with_all_finds(tmp_path: Path, sqlite_url: str) -> None:
    vectors = np.random.default_rng(0).normal(size=(5000, DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    store = SqlRecordStore(make_engine(sqlite_url))
    lease = store.acquire("projector", "here", 600.0)
    assert lease is not None
    index = FaissIndex(tmp_path / "vectors", store, "vectors.text", DIM, "m")
    index.apply(np.arange(5000), vectors, np.empty(0, dtype=np.int64), 1, lease)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda row: index.search(vectors[row], 10), range(0, 5000, 50)))

    shared = 0
    for row, hits in zip(range(0, 5000, 50), found, strict=True):
        exact = np.argsort(-(vectors @ vectors[row]))[:10]
        assert hits[0] == (row, pytest.approx(1.0, abs=1e-3))
        shared += len({key for key, _ in hits} & set(exact.tolist()))
    assert shared >= 0.99 * 1000
    index.apply(np.empty(0, dtype=np.int64), np.empty((0, DIM), np.float32), np.array([0]), 2, lease)
    assert index.search(vectors[0], 1)[0][0] != 0
    store.close()
