"""Segments, log and merging of the FAISS index: what holds whatever is merged, cut, killed or damaged."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midspan.db.record_store import Generation, Lease
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.vector_files import log, segment
from midspan.db.vector_files.log import Record
from midspan.db.vector_files.manifest import Manifest, check_all
from midspan.db.vector_files.tiers import Tiers
from midspan.db.vectors_faiss import FaissIndex
from midspan.errors import DamagedGeneration, LeaseLost, StoreUnavailable, WrongUse

DIM = 128
NONE = np.array([], dtype=np.int64)
SMALL = Tiers(delta_rows=8, together=2, most_rows=64)
Floats = np.ndarray[Any, np.dtype[np.float32]]


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqlRecordStore]:
    engine = make_engine(sqlite_url)
    yield SqlRecordStore(engine)
    engine.dispose()


@pytest.fixture
def lease(store: SqlRecordStore) -> Lease:
    return taken(store)


def taken(store: SqlRecordStore, holder: str = "here") -> Lease:
    lease = store.acquire("projector", holder, 600.0)
    assert lease is not None
    return lease


def index_in(folder: Path, store: SqlRecordStore, tiers: Tiers = SMALL, exact_numbers: int = 0) -> FaissIndex:
    return FaissIndex(
        folder / "vectors", store, "vectors.text", DIM, "m", tiers=tiers, exact_numbers=exact_numbers
    )


def unit(count: int, seed: int = 0) -> Floats:
    vectors = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def put(index: FaissIndex, keys: list[int], vectors: Floats, lease: Lease, through: int = 1) -> None:
    index.apply(np.array(keys, dtype=np.int64), vectors, NONE, through, lease)


def take_out(index: FaissIndex, keys: list[int], lease: Lease, through: int = 1) -> None:
    index.apply(NONE, np.empty((0, DIM), np.float32), np.array(keys), through, lease)


def tend(index: FaissIndex, lease: Lease) -> int:
    """How often there was something to do."""
    times = 0
    while (install := index.upkeep()) is not None:
        install(lease)
        times += 1
    return times


def held(index: FaissIndex) -> set[int]:
    return {key for key, _ in index.search(unit(1, seed=9)[0], 10_000)}


def newest(store: SqlRecordStore) -> Generation:
    row = store.generation("vectors.text")
    assert row is not None
    return row


def files(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / "vectors").glob(f"vectors.text.{kind}*"))


def segments(folder: Path, store: SqlRecordStore) -> list[int]:
    """Rows of each."""
    manifest = Manifest.read(folder / "vectors" / newest(store).file)
    return [entry.rows for entry in manifest.segments]


# --- growth ---


def test_small_batches_are_appended_and_the_file_stays(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    index, vectors = index_in(tmp_path, store), unit(4)
    put(index, [0], vectors[:1], lease)
    first = newest(store)

    for key in (1, 2, 3):
        put(index, [key], vectors[key : key + 1], lease, through=key)

    assert newest(store).file == first.file
    assert len(files(tmp_path, "l")) == 1
    assert held(index_in(tmp_path, store)) == {0, 1, 2, 3}


def test_a_grown_log_becomes_a_segment_and_like_segments_become_one(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    index, vectors = index_in(tmp_path, store), unit(40)
    for key in range(40):
        put(index, [key], vectors[key : key + 1], lease, through=key)
        tend(index, lease)

    assert segments(tmp_path, store) == [32, 8]
    assert held(index_in(tmp_path, store)) == set(range(40))
    assert all(index.search(vectors[key], 1)[0][0] == key for key in range(40))


def test_what_is_written_while_a_log_becomes_a_segment_stays(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    index, vectors = index_in(tmp_path, store), unit(12)
    for key in range(8):
        put(index, [key], vectors[key : key + 1], lease)
    install = index.upkeep()
    assert install is not None

    put(index, [3, 9], vectors[9:11], lease, through=2)
    take_out(index, [5], lease, through=3)
    install(lease)

    again = index_in(tmp_path, store)
    assert (held(again), again.applied()) == ({0, 1, 2, 3, 4, 6, 7, 9}, 3)
    assert again.search(vectors[9], 1)[0] == (3, pytest.approx(1.0, abs=1e-3))
    put(index, [10], vectors[:1], lease, through=4)
    assert held(again) == {0, 1, 2, 3, 4, 6, 7, 9, 10}


def test_what_is_taken_out_while_segments_are_merged_stays_out(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    index, vectors = index_in(tmp_path, store), unit(16)
    for start in (0, 8):
        put(index, list(range(start, start + 8)), vectors[start : start + 8], lease)
    install = index.upkeep()
    assert install is not None

    take_out(index, [1, 9], lease, through=2)
    install(lease)

    assert segments(tmp_path, store) == [16]
    assert held(index) == held(index_in(tmp_path, store)) == set(range(16)) - {1, 9}


def test_a_segment_made_of_what_is_there_no_more_is_dropped(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    index, vectors = index_in(tmp_path, store), unit(16)
    for start in (0, 8):
        put(index, list(range(start, start + 8)), vectors[start : start + 8], lease)
    install = index.upkeep()
    assert install is not None
    index.rebuild([(np.array([70]), vectors[:1])], 9, lambda: lease)

    install(lease)

    assert held(index) == held(index_in(tmp_path, store)) == {70}
    assert files(tmp_path, "tmp") == []


def test_segments_of_which_little_is_left_are_written_anew(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    index = index_in(tmp_path, store)
    put(index, list(range(64)), unit(64), lease)

    take_out(index, list(range(10, 64)), lease, through=2)
    tend(index, lease)

    assert sum(segments(tmp_path, store)) == 10
    assert held(index) == set(range(10))


@pytest.mark.parametrize("cells_from", [256, 10**9])
def test_neighbours_that_do_not_count_hide_no_others(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, monkeypatch: pytest.MonkeyPatch, cells_from: int
) -> None:
    """More of them than a search looks at lie nearer to the question than anything that counts."""
    monkeypatch.setattr(segment, "CELLS_FROM", cells_from)
    index = index_in(tmp_path, store, Tiers(delta_rows=8, least_share=0.0))
    question = unit(1)[0]
    near = question + 0.05 * unit(1500, seed=1)
    put(index, list(range(1500)), near / np.linalg.norm(near, axis=1, keepdims=True), lease)
    put(index, list(range(2000, 2600)), unit(600, seed=2), lease)

    take_out(index, list(range(1500)), lease, through=2)

    assert len(index.search(question, 10)) == 10
    assert {key for key, _ in index.search(question, 10)} <= set(range(2000, 2600))


def test_estimates_find_what_comparing_all_finds(tmp_path: Path, store: SqlRecordStore, lease: Lease) -> None:
    vectors = unit(4000)
    put(index_in(tmp_path, store, Tiers()), list(range(4000)), vectors, lease)
    put(index_in(tmp_path, store, Tiers(delta_rows=3000)), list(range(4000)), vectors, lease, through=2)
    compared = index_in(tmp_path, store, exact_numbers=10**9)
    estimated = index_in(tmp_path, store)

    same = [
        len({key for key, _ in estimated.search(one, 10)} & {key for key, _ in compared.search(one, 10)})
        for one in unit(20, seed=3)
    ]

    assert sum(same) >= 195  # 99 of 100, of vectors that have no near neighbours at all


def test_the_nearest_cells_have_what_comparing_all_finds(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment, "CELLS_FROM", 4000)
    heaps = np.repeat(unit(100), 80, axis=0) + 0.7 * unit(8000, seed=1)
    vectors = np.asarray(heaps / np.linalg.norm(heaps, axis=1, keepdims=True), dtype=np.float32)
    put(index_in(tmp_path, store, Tiers()), list(range(8000)), vectors, lease)
    put(index_in(tmp_path, store, Tiers(delta_rows=3000)), list(range(8000)), vectors, lease, through=2)
    compared, estimated = index_in(tmp_path, store, exact_numbers=10**9), index_in(tmp_path, store)

    same = [
        len({key for key, _ in estimated.search(one, 10)} & {key for key, _ in compared.search(one, 10)})
        for one in vectors[::400]
    ]

    assert sum(same) >= 198
    everything = {key for key, _ in estimated.search(vectors[0], 8000)}
    assert everything == set(range(8000))


def test_vectors_beyond_half_precision_are_refused(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    index = index_in(tmp_path, store)
    with pytest.raises(WrongUse, match="65504"):
        put(index, [1], 1e6 * unit(1), lease)
    assert index.count() == 0


keys = st.integers(0, 30)
steps = st.one_of(
    st.tuples(
        st.just("set"), st.dictionaries(keys, st.integers(0, 40), max_size=12), st.sets(keys, max_size=6)
    ),
    st.tuples(st.just("tend")),
    st.tuples(st.just("open")),
    st.tuples(st.just("other holder")),
    st.tuples(st.just("prepare")),
    st.tuples(st.just("install")),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(steps, min_size=1, max_size=14))
def test_any_work_leaves_what_a_dictionary_would_hold(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, work: list[tuple[Any, ...]]
) -> None:
    """Batches, merges, merges that others come between, new holders of the lease, in any order."""
    folder, vectors = tmp_path_factory.mktemp("any"), unit(41)
    engine = make_engine(f"sqlite:///{shutil.copy(sqlite_template, folder / 'store.db')}")
    store = SqlRecordStore(engine)
    lease, index = taken(store), index_in(folder, store)
    follower = index_in(folder, store)
    expected: dict[int, int] = {}
    install: Callable[[Lease], None] | None = None
    for through, (what, *given_) in enumerate(work, start=1):
        if what == "set":
            sets, removed = given_
            chosen = vectors[list(sets.values())].reshape(-1, DIM)
            index.apply(np.array(list(sets), dtype=np.int64), chosen, np.array(list(removed)), through, lease)
            expected = {key: row for key, row in expected.items() if key not in removed} | sets
        elif what == "tend":
            tend(index, lease)
        elif what == "open":
            index, install = index_in(folder, store), None
        elif what == "other holder":
            store.release(lease)
            lease = taken(store, f"holder {through}")
        elif what == "prepare":
            install = index.upkeep() or install
        elif install is not None:
            install(lease)
            install = None
        assert follower.count() == len(expected)

    for one in (index, follower, index_in(folder, store)):
        assert one.count() == len(expected)
        for key, row in expected.items():
            assert one.search(vectors[row], 1, allowed=np.array([key])) == [(key, pytest.approx(1, abs=1e-3))]
    engine.dispose()


# --- damage ---


def test_records_are_read_back_up_to_the_first_that_is_torn_or_changed(tmp_path: Path) -> None:
    records = [Record(n, np.array([n]), np.array([5, 6]), unit(2, n).astype(np.float16)) for n in (1, 2, 3)]
    data = b"".join(map(log.pack, records))
    path = tmp_path / "log"
    path.write_bytes(data)
    found, reached = log.read(path, 0, len(data), DIM)
    assert reached == len(data)
    assert [(one.through, one.removed.tolist(), one.keys.tolist()) for one in found] == [
        (n, [n], [5, 6]) for n in (1, 2, 3)
    ]
    assert all((one.vectors == was.vectors).all() for one, was in zip(found, records, strict=True))

    second = len(data) // 3
    for place in range(second, 2 * second, 37):
        path.write_bytes(data[:place])
        assert log.read(path, 0, len(data), DIM)[1] == second
        flipped = bytearray(data)
        flipped[place] ^= 4
        path.write_bytes(flipped)
        assert log.read(path, 0, len(data), DIM)[1] == second


def test_of_several_records_the_last_word_on_each_key_counts() -> None:
    vectors = unit(4).astype(np.float16)
    said = log.joined(
        [
            Record(1, np.array([7]), np.array([1, 2]), vectors[:2]),
            Record(2, np.array([1, 8]), np.array([3]), vectors[2:3]),
            Record(3, NONE, np.array([8]), vectors[3:]),
        ]
    )
    assert (said.through, said.removed.tolist(), said.keys.tolist()) == (3, [1, 7], [2, 3, 8])
    assert (said.vectors == vectors[1:]).all()


@pytest.mark.parametrize("how", ["flipped", "cut"])
def test_a_damaged_end_of_the_log_is_cut_off_and_applied_again(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, how: str
) -> None:
    index, vectors = index_in(tmp_path, store, Tiers()), unit(3)
    for key in range(3):
        put(index, [key], vectors[key : key + 1], lease, through=key + 1)
    (path,) = files(tmp_path, "l")
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data if how == "flipped" else data[:-5])

    again = index_in(tmp_path, store, Tiers())
    assert (held(again), again.applied()) == ({0, 1}, 2)
    with pytest.raises(DamagedGeneration, match="true up to"):
        check_all(tmp_path / "vectors", newest(store))

    put(again, [2], vectors[2:], lease, through=3)
    assert (held(index_in(tmp_path, store)), held(index), again.applied()) == ({0, 1, 2}, {0, 1, 2}, 3)
    check_all(tmp_path / "vectors", newest(store))


@pytest.mark.parametrize("kind", ["s", "l"])
def test_a_file_that_is_missing_is_an_alarm(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, kind: str
) -> None:
    index = index_in(tmp_path, store)
    put(index, list(range(8)), unit(8), lease)
    put(index, [9], unit(1), lease)
    files(tmp_path, kind)[0].unlink()

    with pytest.raises(DamagedGeneration, match=r"missing.*midspan reindex"):
        index_in(tmp_path, store).count()
    with pytest.raises(DamagedGeneration, match="missing"):
        check_all(tmp_path / "vectors", newest(store))


@pytest.mark.parametrize("ending", [".keys", ".codes", ".rows"])
def test_a_bit_that_flips_in_a_segment_is_an_alarm(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, ending: str
) -> None:
    put(index_in(tmp_path, store), list(range(8)), unit(8), lease)
    (path,) = [one for one in files(tmp_path, "s") if one.suffix == ending]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    with pytest.raises(DamagedGeneration, match=f"{ending} should have SHA-256"):
        index_in(tmp_path, store).count()


def test_the_one_file_of_an_earlier_midspan_is_built_anew(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    old = tmp_path / "vectors" / "vectors.text.g000001.t1.faiss"
    old.parent.mkdir()
    old.write_bytes(b"what FAISS wrote")
    store.publish(Generation("vectors.text", 1, old.name, "0" * 64, 7, {"vectors": 3}, "m", DIM), lease)

    index = index_in(tmp_path, store)
    assert (index.count(), index.applied()) == (0, 0)
    index.rebuild([(np.array([1]), unit(1))], 7, lambda: lease)
    put(index, list(range(8)), unit(8), lease, through=8)
    put(index, list(range(8, 16)), unit(8), lease, through=9)

    assert held(index) == set(range(16))
    assert not old.exists()


# --- writers that die or are late ---


def test_files_that_nothing_names_are_swept_and_those_of_live_processes_are_not(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    index = index_in(tmp_path, store)
    put(index, list(range(8)), unit(8), lease)
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    left = [f"vectors.text.tmp{dead.stdout.strip()}-abc.rows", "vectors.text.s000001.t1.5.rows"]
    theirs = [
        f"vectors.text.tmp{os.getpid()}-abc.rows",
        "vectors.text.s000009.t7.0.rows",
        "vectors.visual.s000001.t1",
    ]
    for name in left + theirs:
        (tmp_path / "vectors" / name).write_bytes(b"x")

    put(index, list(range(8, 16)), unit(8), lease)

    there = {path.name for path in (tmp_path / "vectors").iterdir()}
    assert there & set(left + theirs) == set(theirs)


def test_a_late_holder_of_the_lease_harms_nothing(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    late, vectors = index_in(tmp_path, store), unit(30)
    put(late, [0], vectors[:1], lease)
    for key in range(1, 9):
        put(late, [key], vectors[key : key + 1], lease)
    install = late.upkeep()
    assert install is not None
    store.release(lease)
    theirs, successor = taken(store, "there"), index_in(tmp_path, store)
    put(successor, [20], vectors[20:21], theirs, through=5)

    for attempt in (
        lambda: put(late, [21], vectors[:1], lease, through=6),
        lambda: put(late, list(range(30)), vectors, lease, through=6),
        lambda: late.rebuild([(np.array([1]), vectors[:1])], 9, lambda: lease),
        lambda: install(lease),
    ):
        with pytest.raises(LeaseLost):
            attempt()
        put(successor, [22], vectors[:1], theirs, through=7)

    for one in (late, successor, index_in(tmp_path, store)):
        assert (held(one), one.applied()) == ({*range(9), 20, 22}, 7)


def test_an_append_that_fails_leaves_the_log_as_it_was(
    tmp_path: Path, store: SqlRecordStore, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, vectors = index_in(tmp_path, store, Tiers()), unit(3)
    put(index, [0], vectors[:1], lease)
    (path,) = files(tmp_path, "l")
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("midspan.db.vectors_faiss.os.fsync", full)
        with pytest.raises(StoreUnavailable, match="free space and retry"):
            put(index, [1], vectors[1:2], lease, through=2)

    assert path.read_bytes() == before
    assert held(index) == {0}
    put(index, [2], vectors[2:], lease, through=2)
    assert held(index_in(tmp_path, store)) == {0, 2}


def test_readers_see_each_state_whole_while_a_writer_merges(
    tmp_path: Path, store: SqlRecordStore, lease: Lease
) -> None:
    """Each key is set again and again to the vector of its round; rounds never mix in one answer."""
    writer, reader, vectors = index_in(tmp_path, store), index_in(tmp_path, store), unit(12)
    stop, wrong = threading.Event(), list[Any]()

    def look() -> None:
        seen = 0
        while not stop.is_set():
            hits = reader.search(vectors[0], 100)
            rounds = {round(score, 2) for _, score in hits}
            if len(hits) not in (0, 10) or len(rounds) > 1 or reader.applied() < seen:
                wrong.append(hits)
            seen = reader.applied()

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for round_ in range(12):
        put(writer, list(range(10)), np.repeat(vectors[round_ : round_ + 1], 10, axis=0), lease, round_ + 1)
        tend(writer, lease)
    stop.set()
    for thread in threads:
        thread.join(timeout=60)

    assert wrong == []
    assert reader.count() == 10


KILLED = """
import os, pathlib, random, signal, sys, threading, time
import numpy as np
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from tests.db.test_vector_files import index_in, put, take_out, tend, unit

folder, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2])
store = SqlRecordStore(make_engine(f"sqlite:///{folder / 'midspan.db'}"))
chosen = random.Random(seed)
lease = store.acquire("projector", f"writer {seed}", 0.0)
index = index_in(folder, store)
calls, last = 0, chosen.randint(1, 400)

def dying(frame, event, argument):
    global calls
    if frame.f_code.co_filename.startswith(sys.argv[3]) and event in ("call", "line"):
        calls += 1
        if calls == last * 3:
            for path in folder.glob("vectors/*.log"):
                if chosen.random() < 0.5:
                    with path.open("ab") as file:
                        file.write(os.urandom(chosen.randint(1, 900)))
            os.kill(os.getpid(), signal.SIGKILL)
    return dying

print("from", index.applied(), flush=True)
sys.settrace(dying)
through = max(0, index.applied() - 1)  # the round that was at work is done again
while True:
    through += 1
    put(index, [through % 40], unit(1, through), lease, through)
    if through % 7 == 0:
        take_out(index, [(through - 3) % 40], lease, through)
    tend(index, lease)
    sys.stdout.write(f"{through}\\n")
    sys.stdout.flush()
"""


def model(through: int, *, half: bool = False) -> dict[int, int]:
    """Which seed each key's vector has after so many rounds of what the killed process does; ``half`` is
    without what the last round takes out."""
    expected: dict[int, int] = {}
    for round_ in range(1, through + 1):
        expected[round_ % 40] = round_
        if round_ % 7 == 0 and not (half and round_ == through):
            expected.pop((round_ - 3) % 40, None)
    return expected


def test_kills_at_any_line_lose_nothing_that_was_said(tmp_path: Path, store: SqlRecordStore) -> None:
    """Processes one after the other, each killed at some line of the index's own code, also with
    rubbish behind the log: what a round has answered is there, and at most the round at work beyond it."""
    root = Path(__file__).parents[2]
    said = 0
    for seed in range(8):
        arguments = [
            sys.executable,
            "-c",
            KILLED,
            str(tmp_path),
            str(seed),
            str(root / "midspan" / "db" / "vector"),
        ]
        child = subprocess.run(arguments, capture_output=True, text=True, timeout=300, cwd=root)
        assert child.returncode == -signal.SIGKILL, child.stderr
        first, *rounds = child.stdout.split()[1:]
        assert int(first) >= said
        said = int(rounds[-1]) if rounds else int(first)

        index = index_in(tmp_path, store)
        assert said <= index.applied() <= said + 1
        whole = index.applied() == said and rounds
        states = [model(index.applied())] + ([] if whole else [model(index.applied(), half=True)])
        (expected, *_) = [one for one in states if one.keys() == held(index)]
        for key, of in expected.items():
            assert index.search(unit(1, of)[0], 1, allowed=np.array([key]))[0][1] > 0.999
        check_all(tmp_path / "vectors", newest(store))
        said = index.applied()
