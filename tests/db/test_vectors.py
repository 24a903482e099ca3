"""The vector index: one contract, wherever the vectors are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from midspan.db.record_store import Lease
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vector_files import segment
from midspan.db.vector_files.tiers import Tiers
from midspan.db.vector_index import VectorIndex
from midspan.db.vectors_faiss import FaissIndex
from midspan.db.vectors_milvus import MilvusIndex
from midspan.db.vectors_pgvector import PgvectorIndex
from midspan.errors import LeaseLost, StoreError, StoreUnavailable, WrongUse

DIM = 128
SERVERS = {"pgvector": PgvectorIndex, "milvus": MilvusIndex}
NONE = np.array([], dtype=np.int64)
Floats = npt.NDArray[np.float32]
Open = Callable[..., VectorIndex]


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqlRecordStore]:
    engine = make_engine(sqlite_url)
    opened = SqlRecordStore(engine)
    yield opened
    opened.close()
    engine.dispose()


@pytest.fixture
def lease(store: SqlRecordStore) -> Lease:
    lease = store.acquire("projector", "here", 600.0)
    assert lease is not None
    return lease


class Tended(FaissIndex):
    """Does at once what a projector does beside its work."""

    def apply(self, keys: Any, vectors: Any, removed: Any, through: int, lease: Lease) -> None:
        super().apply(keys, vectors, removed, through, lease)
        tend(self, lease)


def tend(index: VectorIndex, lease: Lease) -> None:
    while (install := index.upkeep()) is not None:
        install(lease)


SMALL = Tiers(delta_rows=16, together=2, most_rows=64)
KINDS: dict[str, dict[str, Any]] = {
    "in the log": {},
    "in segments": {"tiers": SMALL},
    "by estimates": {"tiers": SMALL, "exact_numbers": 0},
    "in cells": {"tiers": SMALL, "exact_numbers": 0},
}


def with_cells(kind: str, patch: pytest.MonkeyPatch) -> None:
    """Make small segments lie in cells, for that kind."""
    if kind == "in cells":
        patch.setattr(segment, "CELLS_FROM", 16)


@pytest.fixture(params=list(KINDS))
def faiss_opened(
    request: pytest.FixtureRequest, tmp_path: Path, store: SqlRecordStore, monkeypatch: pytest.MonkeyPatch
) -> Open:
    """Opens an index whose vectors are in its log, or in segments that are compared whole or by estimates."""
    with_cells(request.param, monkeypatch)

    def open_(model: str = "m", dim: int = DIM) -> VectorIndex:
        return Tended(tmp_path / "vectors", store, "vectors.text", dim, model, **KINDS[request.param])

    return open_


@pytest.fixture(params=[*KINDS, *SERVERS])
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, store: SqlRecordStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens an index of one of the kinds, over nothing."""
    with_cells(request.param, monkeypatch)
    made: list[VectorIndex] = []
    server = SERVERS.get(request.param)
    url = request.getfixturevalue(f"{request.param}_url") if server else ""

    def open_(model: str = "m", dim: int = DIM) -> VectorIndex:
        if server:
            made.append(server(url, store.identity(), "vectors.text", dim, model))
        else:
            files = tmp_path / "vectors"
            made.append(Tended(files, store, "vectors.text", dim, model, **KINDS[request.param]))
        return made[-1]

    yield open_
    for index in made:
        index.close()


def unit(count: int, seed: int = 0) -> Floats:
    vectors = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def put(index: VectorIndex, keys: list[int], vectors: Floats, lease: Lease, through: int = 1) -> None:
    index.apply(np.array(keys, dtype=np.int64), vectors, NONE, through, lease)


def test_an_empty_index_finds_nothing(opened: Open, lease: Lease) -> None:
    index = opened()

    assert (index.search(unit(1)[0], 5), index.count(), index.applied()) == ([], 0, 0)

    index.apply(NONE, np.empty((0, DIM), np.float32), NONE, 4, lease)
    assert (index.search(unit(1)[0], 5), index.count(), index.applied()) == ([], 0, 4)


def test_each_vector_finds_itself_first_with_cosine_one(opened: Open, lease: Lease) -> None:
    index, vectors = opened(), unit(60)
    put(index, list(range(100, 160)), vectors, lease)

    for row in (0, 30, 59):
        (key, cosine), *_ = index.search(vectors[row], 3)
        assert key == 100 + row
        assert cosine == pytest.approx(1.0, abs=1e-3)


def test_hits_come_best_first(opened: Open, lease: Lease) -> None:
    index = opened()
    put(index, list(range(60)), unit(60), lease)

    scores = [score for _, score in index.search(unit(1, seed=5)[0], 10)]

    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)


def test_more_than_there_is_gives_what_there_is(opened: Open, lease: Lease) -> None:
    index = opened()
    put(index, [7, 9], unit(2), lease)

    assert {key for key, _ in index.search(unit(1)[0], 50)} == {7, 9}


def test_vectors_are_read_by_their_keys(opened: Open, lease: Lease) -> None:
    index, vectors = opened(), unit(62)
    assert [part.shape for part in index.vectors(np.array([1]))] == [(0,), (0, DIM)]
    put(index, list(range(60)), vectors[:60], lease)
    put(index, [3, 100], vectors[60:], lease, through=2)
    index.apply(NONE, np.empty((0, DIM), np.float32), np.array([5]), 3, lease)

    keys, found = index.vectors(np.array([100, 59, 5, 3, 4711, 3]))

    assert keys.tolist() == [3, 59, 100]
    np.testing.assert_allclose(found, vectors[[60, 59, 61]], atol=1e-3)
    assert [part.shape for part in index.vectors(NONE)] == [(0,), (0, DIM)]


def test_a_key_set_again_has_its_new_vector_only(opened: Open, lease: Lease) -> None:
    index, vectors = opened(), unit(61)
    put(index, list(range(60)), vectors[:60], lease)

    put(index, [3], vectors[60:], lease, through=2)

    assert index.count() == 60
    (best, cosine), *_ = index.search(vectors[60], 1)
    assert (best, cosine) == (3, pytest.approx(1.0, abs=1e-3))


def test_the_same_batch_again_changes_nothing(opened: Open, lease: Lease) -> None:
    index, vectors = opened(), unit(60)
    for _ in range(2):
        index.apply(np.arange(60), vectors, np.array([99]), 5, lease)

    assert (index.count(), index.applied()) == (60, 5)
    keys = [key for key, _ in index.search(vectors[0], 60, allowed=np.arange(60))]
    assert sorted(keys) == list(range(60))


def test_removed_keys_are_gone_and_unknown_ones_are_no_error(opened: Open, lease: Lease) -> None:
    index, vectors = opened(), unit(60)
    put(index, list(range(60)), vectors, lease)

    index.apply(NONE, np.empty((0, DIM), np.float32), np.array([0, 1, 4711]), 2, lease)

    assert index.count() == 58
    assert index.search(vectors[0], 1)[0][0] != 0


def test_a_key_that_is_set_and_removed_at_once_is_held(opened: Open, lease: Lease) -> None:
    index, vectors = opened(), unit(1)
    index.apply(np.array([5]), vectors, np.array([5]), 1, lease)

    assert [key for key, _ in index.search(vectors[0], 1)] == [5]


def test_the_last_of_two_vectors_under_one_key_counts(opened: Open, lease: Lease) -> None:
    index, vectors = opened(), unit(2)
    put(index, [5, 5], vectors, lease)

    assert index.count() == 1
    assert index.search(vectors[1], 1)[0][1] == pytest.approx(1.0, abs=1e-3)


def test_a_filtered_search_is_exact(opened: Open, lease: Lease) -> None:
    index, vectors, query = opened(), unit(300), unit(1, seed=9)[0]
    put(index, list(range(300)), vectors, lease)
    allowed = np.arange(0, 300, 7)

    found = index.search(query, 5, allowed=allowed)

    cosines = vectors[allowed] @ query
    assert [key for key, _ in found] == allowed[np.argsort(-cosines)[:5]].tolist()


def test_allowing_nothing_or_unknown_keys_finds_nothing(opened: Open, lease: Lease) -> None:
    index = opened()
    put(index, list(range(30)), unit(30), lease)

    assert index.search(unit(1)[0], 5, allowed=NONE) == []
    assert index.search(unit(1)[0], 5, allowed=np.array([1000, 2000])) == []


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_vector_that_is_not_finite_is_refused_and_nothing_changes(
    opened: Open, lease: Lease, wrong: float
) -> None:
    index, vectors = opened(), unit(3)
    put(index, [1], vectors[:1], lease)
    vectors[2, 4] = wrong

    with pytest.raises(WrongUse, match="1 of 3 vectors"):
        put(index, [2, 3, 4], vectors, lease, through=2)
    with pytest.raises(WrongUse, match="NaN"):
        index.search(vectors[2], 1)

    assert (index.count(), index.applied()) == (1, 1)


@pytest.mark.parametrize("shape", [(2, DIM + 1), (2, DIM - 1), (DIM,), (3, DIM)])
def test_arrays_of_another_shape_are_refused(opened: Open, lease: Lease, shape: tuple[int, ...]) -> None:
    with pytest.raises(WrongUse, match="expected"):
        opened().apply(np.array([1, 2]), np.zeros(shape, np.float32), NONE, 1, lease)


def test_negative_keys_are_refused(opened: Open, lease: Lease) -> None:
    with pytest.raises(WrongUse, match="-3"):
        put(opened(), [1, -3], unit(2), lease)


def test_a_query_of_another_dimension_is_refused(opened: Open, lease: Lease) -> None:
    index = opened()
    put(index, [1], unit(1), lease)

    with pytest.raises(WrongUse, match=str(DIM)):
        index.search(np.zeros(DIM + 1, np.float32), 1)


def test_vectors_of_another_model_are_not_used(opened: Open, lease: Lease) -> None:
    put(opened("old"), [1], unit(1), lease, through=7)

    newer = opened("new")

    assert (newer.applied(), newer.count(), newer.search(unit(1)[0], 1)) == (0, 0, [])
    put(newer, [2], unit(1), lease, through=8)
    assert [key for key, _ in newer.search(unit(1)[0], 5)] == [2]


def test_clearing_leaves_an_empty_index_that_is_true_up_to_nothing(opened: Open, lease: Lease) -> None:
    index = opened()
    put(index, list(range(30)), unit(30), lease, through=7)

    index.clear(lease)

    assert (index.count(), index.applied(), index.search(unit(1)[0], 3)) == (0, 0, [])


def test_rebuilding_holds_these_vectors_and_no_others(opened: Open, lease: Lease) -> None:
    index = opened()
    put(index, list(range(30)), unit(30), lease, through=7)

    index.rebuild([(np.array([1, 2]), unit(2)), (np.array([40]), unit(1))], 5, lambda: lease)

    assert (index.count(), index.applied()) == (3, 5)
    assert {key for key, _ in index.search(unit(1)[0], 9)} == {1, 2, 40}


def test_a_rebuild_that_breaks_off_changes_nothing(opened: Open, lease: Lease) -> None:
    index = opened()
    put(index, list(range(30)), unit(30), lease, through=7)

    def broken() -> Iterator[Any]:
        yield np.array([1]), unit(1)
        raise StoreUnavailable("the disk failed a read")

    def lost() -> Lease:
        raise LeaseLost("another projector has taken over")

    with pytest.raises(StoreUnavailable):
        index.rebuild(broken(), 9, lambda: lease)
    with pytest.raises(LeaseLost):
        index.rebuild([], 9, lost)
    assert (index.count(), index.applied()) == (30, 7)


def test_an_older_entry_never_takes_back_what_is_applied(opened: Open, lease: Lease) -> None:
    index = opened()
    put(index, [1], unit(1), lease, through=7)
    put(index, [2], unit(1), lease, through=3)

    assert index.applied() == 7


def test_who_lost_the_lease_changes_nothing(opened: Open, store: SqlRecordStore, lease: Lease) -> None:
    index = opened()
    put(index, [1], unit(1), lease)
    store.release(lease)
    successor = store.acquire("projector", "there", 60.0)
    assert successor is not None
    put(index, [2], unit(1), successor, through=2)

    with pytest.raises(LeaseLost):
        put(index, [3], unit(1), lease, through=3)
    with pytest.raises(LeaseLost):
        index.rebuild([(np.array([4]), unit(1))], 4, lambda: lease)
    with pytest.raises(LeaseLost):
        index.clear(lease)

    assert (index.count(), index.applied()) == (2, 2)


def test_files_are_not_published_by_who_lost_the_lease_before_anybody_else_wrote(
    faiss_opened: Open, store: SqlRecordStore, lease: Lease
) -> None:
    index = faiss_opened()
    put(index, [1], unit(1), lease)
    store.release(lease)
    assert store.acquire("projector", "there", 60.0)

    with pytest.raises(LeaseLost):
        put(index, [2], unit(1), lease, through=2)

    assert (index.count(), index.applied()) == (1, 1)


def test_searches_go_on_while_a_writer_publishes(opened: Open, lease: Lease) -> None:
    index, reader, vectors = opened(), opened(), unit(60)
    put(index, list(range(30)), vectors[:30], lease)
    stop, wrong, searches = threading.Event(), [], []

    def search(which: VectorIndex) -> None:
        while True:
            hits = which.search(vectors[3], 60, allowed=np.arange(60))
            searches.append(len(hits))
            if hits[0][0] != 3 or len({key for key, _ in hits}) != len(hits) or len(hits) < 30:
                wrong.append(hits)
            if stop.is_set():
                return

    threads = [threading.Thread(target=search, args=(which,)) for which in (index, reader, reader)]
    for thread in threads:
        thread.start()
    for key in range(30, 60):
        put(index, [key], vectors[key : key + 1], lease, through=key)
    stop.set()
    for thread in threads:
        thread.join(timeout=60)

    assert wrong == []
    assert len(searches) >= 3
    assert len(reader.search(vectors[3], 60, allowed=np.arange(60))) == 60


def test_two_faiss_over_each_other_are_refused(
    faiss_opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faiss_opened()
    second = tmp_path / "faiss_gpu-1.15.1.dist-info"
    second.mkdir()
    (second / "METADATA").write_text("Metadata-Version: 2.1\nName: faiss-gpu\nVersion: 1.15.1\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(StoreError, match="faiss-cpu and faiss-gpu are both installed"):
        faiss_opened()
