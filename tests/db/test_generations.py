"""Generation files: what is current, what damage does, and that no kill at any point loses anything."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from midspan.db.generations import Generations
from midspan.db.looks import Looks
from midspan.db.record_store import LOCAL, Generation, Lease
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vector_files.tiers import Tiers
from midspan.db.vectors_faiss import FaissIndex
from midspan.errors import DamagedGeneration, LeaseLost, StoreUnavailable


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqlRecordStore]:
    engine = make_engine(sqlite_url)
    opened = SqlRecordStore(engine)
    yield opened
    opened.close()
    engine.dispose()


@pytest.fixture
def lease(store: SqlRecordStore) -> Lease:
    return taken(store, "here")


def taken(store: SqlRecordStore, holder: str) -> Lease:
    lease = store.acquire("projector", holder, 60.0)
    assert lease is not None
    return lease


def opened(folder: Path, store: SqlRecordStore, model: str = "m", dim: int = 4) -> Generations[bytes]:
    return Generations(
        folder / "files", store, "graph", suffix=".bin", read=Path.read_bytes, model=model, dim=dim
    )


def put(generations: Generations[bytes], value: bytes, lease: Lease, applied: int = 0) -> None:
    generations.publish(
        value, lambda path: _write(path, value), applied=applied, counts={"bytes": len(value)}, lease=lease
    )


def _write(path: Path, value: bytes) -> None:
    path.write_bytes(value)


def content(generations: Generations[bytes]) -> bytes | None:
    snapshot = generations.current()
    return None if snapshot is None else snapshot.value


def files(folder: Path) -> list[str]:
    """Those of generations."""
    return sorted(path.name for path in (folder / "files").iterdir() if path.suffix != ".mark")


def test_nothing_was_published(tmp_path: Path, store: SqlRecordStore) -> None:
    assert opened(tmp_path, store).current() is None


def test_another_instance_reads_what_was_published(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    reader = opened(tmp_path, store)
    put(opened(tmp_path, store), b"one", lease, applied=3)
    assert content(reader) == b"one"

    put(opened(tmp_path, store), b"two", lease, applied=5)

    snapshot = reader.current()
    assert snapshot is not None
    assert (snapshot.value, snapshot.generation.applied, snapshot.generation.number) == (b"two", 5, 2)
    assert snapshot.generation.counts == {"bytes": 3}


def test_several_looks_are_one_within_once(tmp_path: Path, store: SqlRecordStore, lease: Lease) -> None:
    looks = Looks(store, LOCAL)
    reader = Generations(
        tmp_path / "files", store, "graph", suffix=".bin", read=Path.read_bytes, model="m", dim=4, looks=looks
    )
    put(opened(tmp_path, store), b"one", lease)
    with looks.once():
        assert content(reader) == b"one"
        put(opened(tmp_path, store), b"two", lease)
        assert content(reader) == b"one"
    assert content(reader) == b"two"


def test_a_file_that_went_since_the_look_is_no_damage(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    put(opened(tmp_path, store), b"one", lease)
    looks = Looks(store, LOCAL)
    reader = Generations(
        tmp_path / "files", store, "graph", suffix=".bin", read=Path.read_bytes, model="m", dim=4, looks=looks
    )
    with looks.once():
        for value in (b"two", b"three", b"four"):
            put(opened(tmp_path, store), value, lease)
        assert content(reader) == b"four"


@pytest.mark.parametrize(("model", "dim"), [("other", 4), ("m", 8)])
def test_a_generation_of_another_model_is_not_used(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, model: str, dim: int
) -> None:
    put(opened(tmp_path, store), b"one", lease)

    assert opened(tmp_path, store, model, dim).current() is None


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink], ids=["cut", "flipped bit", "missing"])
def test_a_newest_file_that_is_damaged_is_an_alarm_and_no_older_answer(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, damage: Callable[[Path], None]
) -> None:
    put(opened(tmp_path, store), b"one", lease, applied=3)
    put(opened(tmp_path, store), b"two", lease, applied=5)

    damage(tmp_path / "files" / "graph.g000002.t1.bin")

    with pytest.raises(DamagedGeneration, match="midspan reindex"):
        opened(tmp_path, store).current()


def test_after_damage_the_next_generation_has_a_new_number(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    put(opened(tmp_path, store), b"one", lease)
    put(opened(tmp_path, store), b"two", lease)
    cut(tmp_path / "files" / "graph.g000002.t1.bin")

    put(opened(tmp_path, store), b"three", lease)

    assert content(opened(tmp_path, store)) == b"three"
    assert [generation.number for generation in store.generations("graph")] == [3, 2]


def test_when_all_are_damaged_the_message_says_what_to_do(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    put(opened(tmp_path, store), b"one", lease)
    put(opened(tmp_path, store), b"two", lease)
    cut(tmp_path / "files" / "graph.g000001.t1.bin")
    flip(tmp_path / "files" / "graph.g000002.t1.bin")
    generations = opened(tmp_path, store)

    with pytest.raises(DamagedGeneration, match="midspan reindex"):
        generations.current()

    put(generations, b"anew", lease)
    assert content(generations) == b"anew"


def test_files_that_no_row_names_are_swept_but_never_younger_ones(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    generations = opened(tmp_path, store)
    put(generations, b"one", lease)
    for name in (
        "graph.g000001.t9.tmp",
        "graph.g000002.t9.bin",
        "graph.g000007.t9.tmp",
        "vectors.g000001.bin",
    ):
        (tmp_path / "files" / name).write_bytes(b"left over")

    put(generations, b"two", lease)

    assert files(tmp_path) == [
        "graph.g000001.t1.bin",
        "graph.g000002.t1.bin",
        "graph.g000007.t9.tmp",
        "vectors.g000001.bin",
    ]


def test_two_generations_stay_on_disk(tmp_path: Path, store: SqlRecordStore, lease: Lease) -> None:
    generations = opened(tmp_path, store)
    for value in (b"one", b"two", b"three", b"four"):
        put(generations, value, lease)

    assert files(tmp_path) == ["graph.g000003.t1.bin", "graph.g000004.t1.bin"]


def test_who_lost_the_lease_publishes_nothing_and_leaves_nothing(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    put(opened(tmp_path, store), b"one", lease)
    store.release(lease)
    taken(store, "there")

    with pytest.raises(LeaseLost):
        put(opened(tmp_path, store), b"stale", lease)

    assert content(opened(tmp_path, store)) == b"one"
    assert files(tmp_path) == ["graph.g000001.t1.bin"]


def test_a_writer_whose_file_was_swept_away_has_lost_its_lease(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    put(opened(tmp_path, store), b"one", lease)
    store.release(lease)
    successor = taken(store, "there")

    def slow(path: Path) -> None:
        path.write_bytes(b"stale")
        put(opened(tmp_path, store), b"two", successor)

    with pytest.raises(LeaseLost):
        opened(tmp_path, store).publish(b"stale", slow, applied=0, counts={}, lease=lease)

    assert content(opened(tmp_path, store)) == b"two"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, store: SqlRecordStore, lease: Lease) -> None:
    (tmp_path / "files").write_bytes(b"a file, not a folder")

    with pytest.raises(StoreUnavailable, match="files"):
        put(opened(tmp_path, store), b"one", lease)


def test_an_unmoved_row_is_looked_at_once_a_call(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = opened(tmp_path, store)
    put(generations, b"one", lease)
    looks: list[str] = []
    one, several = store.generation, store.generations
    monkeypatch.setattr(store, "generation", lambda *of: (looks.append("one"), one(*of))[1])
    monkeypatch.setattr(store, "generations", lambda *of: (looks.append("all"), several(*of))[1])

    for _ in range(3):
        generations.current()

    assert looks == ["one"] * 3


def test_files_that_go_while_they_are_loaded_are_looked_for_anew(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = opened(tmp_path, store)
    put(writer, b"one", lease)
    stale = [store.generations("graph")]
    for value in (b"two", b"three"):
        put(writer, value, lease)
    current = store.generations

    def rows(*of: str) -> list[Generation]:
        return stale.pop() if stale else current("graph")

    monkeypatch.setattr(store, "generations", rows)

    assert content(opened(tmp_path, store)) == b"three"


def test_readers_swap_while_a_writer_publishes(tmp_path: Path, store: SqlRecordStore, lease: Lease) -> None:
    shared, problems, last = opened(tmp_path, store), [], 25
    put(shared, b"1" * 1000, lease, applied=1)

    def read(generations: Generations[bytes]) -> None:
        seen = 0
        while seen < last:
            snapshot = generations.current()
            assert snapshot is not None
            applied = snapshot.generation.applied
            if snapshot.value != str(applied).encode() * 1000 or applied < seen:
                problems.append((seen, applied, snapshot.value[:4]))
                return
            seen = applied

    other = opened(tmp_path, store)
    threads = [threading.Thread(target=read, args=(one,)) for one in (shared, shared, other, other)]
    for thread in threads:
        thread.start()
    for applied in range(2, last + 1):
        put(shared, str(applied).encode() * 1000, lease, applied=applied)
    for thread in threads:
        thread.join(timeout=60)

    assert problems == []
    assert not any(thread.is_alive() for thread in threads)


KILLED = """
import os, pathlib, signal, sys
import numpy as np
from midspan.db import generations
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vector_files.tiers import Tiers
from midspan.db.vectors_faiss import FaissIndex

folder, point, seed = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def die(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)

def torn(manifest, path, write=generations.Path.write_bytes):
    write(path, np.random.default_rng(seed).bytes(100 + seed))
    die()

store = SqlRecordStore(make_engine(f"sqlite:///{folder / 'midspan.db'}"))
lease = store.acquire("projector", "killed", 60.0)
index = FaissIndex(folder / "vectors", store, "vectors.text", 4, "m", tiers=Tiers(delta_rows=5))
if point == "write":
    from midspan.db.vector_files.manifest import Manifest
    Manifest.write = torn
elif point == "fsync":
    generations._flush_and_hash = die
elif point == "rename":
    generations.Path.rename = die
elif point == "folder":
    generations._flush_folder = die
elif point == "publish":
    store.publish = die
elif point == "sweep":
    index._generations._sweep = die
keys = np.arange(100, 110)
index.apply(keys, np.random.default_rng(seed).normal(size=(10, 4)).astype("f4"), np.array([0]), 20, lease)
"""


@pytest.mark.parametrize(
    ("seed", "point"), list(enumerate(["write", "fsync", "rename", "folder", "publish", "sweep"], start=1))
)
def test_a_kill_at_any_point_loses_nothing(
    tmp_path: Path, store: SqlRecordStore, seed: int, point: str
) -> None:
    lease = taken(store, "killed")
    index = FaissIndex(tmp_path / "vectors", store, "vectors.text", 4, "m")
    keys, vectors = np.arange(50), np.random.default_rng(seed).normal(size=(50, 4)).astype(np.float32)
    index.apply(keys, vectors, np.array([], dtype=np.int64), 10, lease)

    child = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), point, str(seed)], timeout=120)
    assert child.returncode == -signal.SIGKILL

    tiers = Tiers(delta_rows=5)  # so few are a segment, and each batch here a generation
    after = FaissIndex(tmp_path / "vectors", store, "vectors.text", 4, "m", tiers=tiers)
    published = point == "sweep"
    assert (after.count(), after.applied()) == ((59, 20) if published else (50, 10))
    more = np.random.default_rng(seed).normal(size=(10, 4)).astype(np.float32)
    after.apply(np.arange(100, 110), more, np.array([0]), 20, lease)
    assert (after.count(), after.applied()) == (59, 20)
    assert len(list((tmp_path / "vectors").glob("*.g*"))) == 2
    assert {key for key, _ in after.search(vectors[1], 59)} == {*range(1, 50), *range(100, 110)}
