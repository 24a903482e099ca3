"""What vectors cost as they grow: segments and a log beside the one file of before, on the same vectors.

    python -m benchmarks.vector_growth [--vectors 20000] [--sentences 1200] [--encoded FILE.npy] [--estimates]
                                       [--without-before] [--publish NAME]

Vectors are those of real sentences, as far as there are: sentences that ship with midspan, encoded here
(``--sentences``), or a file (n, 384) of such vectors. The rest is made of them: a vector, and the difference
of two others that are near neighbours of each other. So what is made lies about as far from its neighbours,
and in the same directions, as real sentences do from theirs. Questions are real sentences that are not in
the index. No more vectors than there are real ones, with ``--estimates`` (a small index compares all of them
otherwise), say how well real neighbours are found.

*Before* is what midspan did until now: one FAISS index, exact up to 200,000 vectors and IVF-Flat above, of
which each change writes a whole file. CPU times are of one thread.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", MIDSPAN_THREADS="1")

import argparse
import ctypes
import gc
import math
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from benchmarks.common import write
from benchmarks.growth import on_sqlite, taken
from benchmarks.sentences import long_sentences
from midspan.db.generations import file_sha256
from midspan.db.record_store import Lease, RecordStore
from midspan.db.vector_files.view import EXACT_NUMBERS
from midspan.db.vectors_faiss import FaissIndex

DIM, FOUND, QUESTIONS, CHANGED = 384, 10, 200, 1000
FLAT_LIMIT = 200_000
AT_ONCE = 20_000
Floats = npt.NDArray[np.float32]
Keys = npt.NDArray[np.int64]
NOTHING = np.empty(0, dtype=np.int64)
NO_VECTORS = np.empty((0, DIM), dtype=np.float32)


# --- vectors ---


def encoded(count: int) -> Floats:
    from midspan.models.encoder import TextEncoder  # loads ONNX Runtime

    return TextEncoder(threads=1).encode(long_sentences(count))


@dataclass(frozen=True)
class Made:
    """Rows on demand, the same for the same number; the first are the real ones."""

    real: Floats
    pairs: npt.NDArray[np.int64]
    """(m, 2) real rows that are near neighbours."""

    @classmethod
    def of(cls, real: Floats) -> Made:
        index = faiss.IndexFlatIP(DIM)
        index.add(real)
        asked = np.random.default_rng(0).choice(len(real), min(len(real), 1000), replace=False)
        near = index.search(real[asked], 12)[1][:, 2:]
        pairs = np.stack([np.repeat(asked, near.shape[1]), near.reshape(-1)], axis=1)
        return cls(real, pairs)

    def rows(self, start: int, end: int) -> Floats:
        if end <= len(self.real):
            return self.real[start:end]
        if start < len(self.real):
            return np.concatenate([self.real[start:], self.rows(len(self.real), end)])
        generator = np.random.default_rng(start)
        count = end - start
        one, other = self.pairs[generator.integers(0, len(self.pairs), count)].T
        made = self.real[generator.integers(0, len(self.real), count)] + self.real[one] - self.real[other]
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def exact(made: Made, count: int, asked: Floats, gone: set[int]) -> list[set[int]]:
    """The ``FOUND`` best rows of each question, of those up to ``count`` that are not ``gone``."""
    best: list[list[tuple[float, int]]] = [[] for _ in asked]
    out = np.array(sorted(gone), dtype=np.int64)
    for start in range(0, count, AT_ONCE):
        rows = made.rows(start, min(count, start + AT_ONCE)).astype(np.float16).astype(np.float32)
        scores = asked @ rows.T
        scores[:, out[(out >= start) & (out < start + len(rows))] - start] = -np.inf
        for place, line in enumerate(scores):
            top = np.argpartition(-line, FOUND)[:FOUND] if len(line) > FOUND else np.arange(len(line))
            pairs = best[place] + [(float(line[row]), start + int(row)) for row in top]
            best[place] = sorted(pairs, reverse=True)[:FOUND]
    return [{row for _, row in line} for line in best]


# --- the way of before ---


class OneFile:
    def __init__(self, folder: Path, made: Made, count: int) -> None:
        self._path = folder / "before.faiss"
        if count <= FLAT_LIMIT:
            self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(DIM))
        else:
            cells = 1 << round(math.log2(2 * math.sqrt(count)))
            self._index = faiss.IndexIVFFlat(faiss.IndexFlatIP(DIM), DIM, cells, faiss.METRIC_INNER_PRODUCT)
            self._index.cp.niter, self._index.cp.min_points_per_centroid = 10, 1
            self._index.nprobe = max(8, cells // 16)
            step = max(1, count // (cells * 50))
            parts = [
                made.rows(start, min(count, start + AT_ONCE))[::step] for start in range(0, count, AT_ONCE)
            ]
            self._index.train(np.concatenate(parts))
        for start in range(0, count, AT_ONCE):
            end = min(count, start + AT_ONCE)
            self._index.add_with_ids(made.rows(start, end), np.arange(start, end))

    def apply(self, keys: Keys, vectors: Floats, removed: Keys) -> None:
        """A changed copy, its file, on the disk, and its hash."""
        index = faiss.clone_index(self._index)
        index.remove_ids(faiss.IDSelectorBatch(np.concatenate([keys, removed])))
        if len(keys):
            index.add_with_ids(vectors, keys)
        faiss.write_index(index, str(self._path))
        with self._path.open("rb") as file:
            os.fsync(file.fileno())
        file_sha256(self._path)
        self._index = index

    def search(self, question: Floats, allowed: Keys | None = None) -> set[int]:
        parameters: Any = None
        if allowed is not None:
            parameters = (
                faiss.SearchParametersIVF() if hasattr(self._index, "nlist") else faiss.SearchParameters()
            )
            parameters.sel = faiss.IDSelectorBatch(allowed)
            if hasattr(self._index, "nlist"):
                parameters.nprobe = self._index.nlist
        return set(self._index.search(question[None], FOUND, params=parameters)[1][0].tolist())


# --- measuring ---


@dataclass
class Clock:
    wall: list[float]
    cpu: list[float]

    @property
    def told(self) -> str:
        return f"{median(self.wall):.1f} ({max(self.wall):.1f}) wall, {median(self.cpu):.1f} CPU"

    @property
    def seconds(self) -> str:
        return f"{sum(self.wall) / 1000:.1f} wall, {sum(self.cpu) / 1000:.1f} CPU"


def clocked(calls: list[Callable[[], Any]]) -> tuple[list[Any], Clock]:
    """What each call gives, and milliseconds."""
    clock, given = Clock([], []), []
    for call in calls:
        wall, cpu = time.perf_counter(), time.process_time()
        given.append(call())
        clock.wall.append(1000 * (time.perf_counter() - wall))
        clock.cpu.append(1000 * (time.process_time() - cpu))
    return given, clock


def memory() -> tuple[float, float]:
    """Resident MB of this process: its own, and pages of files, which the system may take back."""
    said = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line
    )
    return int(said["RssAnon"].split()[0]) / 1024, int(said["RssFile"].split()[0]) / 1024


def recall(found: list[set[int]], wanted: list[set[int]]) -> float:
    return sum(len(one & best) for one, best in zip(found, wanted, strict=True)) / sum(map(len, wanted))


def tended(index: FaissIndex, lease: Lease) -> int:
    times = 0
    while (install := index.upkeep()) is not None:
        install(lease)
        times += 1
    return times


Told = dict[str, list[str]]
"""What was measured, and how: segments and a log first, then as before."""


def measure(
    made: Made,
    asked: Floats,
    count: int,
    before: bool,
    folder: Path,
    index: Callable[[RecordStore], FaissIndex],
) -> list[list[Any]]:
    told: Told = {}
    removed = np.arange(7, count, max(1, count // CHANGED))[:CHANGED]
    wanted = exact(made, count + CHANGED, asked, set(removed.tolist()))
    with on_sqlite(folder) as (store, _):
        grow(made, count, removed, store, index(store), told)
        ask(index(store), asked, wanted, count, told)
    disk = sum(path.stat().st_size for path in (folder / "vectors").iterdir())
    told["on disk, MB"] = [f"{disk / 1e6:.0f}"]
    if before:
        as_before(made, asked, wanted, count, removed, folder, told)
    return [[name, *cells, *["-"] * (1 + before - len(cells))] for name, cells in told.items()]


def opened(folder: Path, store: RecordStore, exact_numbers: int) -> FaissIndex:
    files = folder / "vectors"
    return FaissIndex(files, store, "vectors.text", DIM, "benchmark", exact_numbers=exact_numbers)


def grow(made: Made, count: int, removed: Keys, store: RecordStore, index: FaissIndex, told: Told) -> None:
    lease = taken(store)

    def fill() -> None:
        for first in range(0, count, AT_ONCE):
            end = min(count, first + AT_ONCE)
            index.apply(np.arange(first, end), made.rows(first, end), NOTHING, first + 1, lease)

    _, clock = clocked([fill])
    told["fill, s"] = [clock.seconds]
    times, clock = clocked([lambda: tended(index, lease)])
    told["merge until nothing is due, s"] = [f"{clock.seconds}, {times[0]} steps"]

    def add(many: int, number: int) -> Callable[[], None]:
        """By a holder of its own, as the projector of a new process is."""
        first = count + number * many % CHANGED
        vectors = made.rows(count, count + CHANGED)[first - count : first - count + many]
        keys = np.arange(first, first + many)
        return lambda: index.apply(keys, vectors, NOTHING, count + 10 * many + number, holder(store))

    _, clock = clocked([add(100, number) for number in range(10)])
    told["add 100, ms"] = [clock.told]
    index.apply(NOTHING, NO_VECTORS, np.arange(count, count + CHANGED), count + 5000, holder(store))
    _, clock = clocked([add(1000, number) for number in range(5)])
    told["add 1,000, ms"] = [clock.told]
    _, clock = clocked([lambda: index.apply(NOTHING, NO_VECTORS, removed, count + 20_000, holder(store))])
    told["delete 1,000 (all over), ms"] = [clock.told]


def ask(index: FaissIndex, asked: Floats, wanted: list[set[int]], count: int, told: Told) -> None:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed before must not hide what is taken now
    base = memory()
    _, clock = clocked([index.count])
    told["open, ms"] = [clock.told]
    index.search(asked[0], FOUND)
    found, clock = clocked([partial(index.search, one, FOUND) for one in asked])
    told["search, ms"] = [clock.told]
    told[f"recall@{FOUND}"] = [f"{recall([{key for key, _ in one} for one in found], wanted):.4f}"]
    now = memory()
    told["memory, MB"] = [f"{now[0] - base[0]:.0f} its own, {now[1] - base[1]:.0f} pages of mapped files"]
    _, clock = clocked([partial(index.search, one, FOUND, np.arange(0, count, 5)) for one in asked[:20]])
    told["search among a fifth, ms"] = [clock.told]


def as_before(
    made: Made, asked: Floats, wanted: list[set[int]], count: int, removed: Keys, folder: Path, told: Told
) -> None:
    base = memory()
    (old,), clock = clocked([lambda: OneFile(folder, made, count)])
    told["fill, s"].append(clock.seconds)
    thousand = made.rows(count, count + CHANGED)
    _, clock = clocked([lambda: old.apply(np.arange(count, count + CHANGED), thousand, NOTHING)])
    told["add 1,000, ms"].append(clock.told)
    _, clock = clocked([lambda: old.apply(NOTHING, NO_VECTORS, removed)])
    told["delete 1,000 (all over), ms"].append(clock.told)
    told["memory, MB"].append(f"{memory()[0] - base[0]:.0f} its own")
    hits, clock = clocked([partial(old.search, one) for one in asked])
    told["search, ms"].append(clock.told)
    told[f"recall@{FOUND}"].append(f"{recall(hits, wanted):.4f}")
    _, clock = clocked([partial(old.search, one, np.arange(0, count, 5)) for one in asked[:20]])
    told["search among a fifth, ms"].append(clock.told)
    told["on disk, MB"].append(f"{(folder / 'before.faiss').stat().st_size / 1e6:.0f}")


def holder(store: RecordStore) -> Lease:
    """The lease, in new hands."""
    store.release(taken(store))
    return taken(store)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=int, default=20_000)
    parser.add_argument("--sentences", type=int, default=1_200)
    parser.add_argument("--encoded", type=Path, help="vectors of real sentences, (n, 384)")
    parser.add_argument("--without-before", action="store_true")
    parser.add_argument(
        "--estimates", action="store_true", help="compare codes however few vectors there are"
    )
    parser.add_argument("--publish", default="", metavar="NAME", help="write benchmarks/results/NAME")
    options = parser.parse_args()
    real = encoded(options.sentences) if options.encoded is None else np.load(options.encoded)
    asked, real = (
        real[:QUESTIONS].astype(np.float32),
        np.ascontiguousarray(real[QUESTIONS:], dtype=np.float32),
    )
    made = Made.of(real)
    with tempfile.TemporaryDirectory() as scratch:
        index = partial(opened, Path(scratch), exact_numbers=0 if options.estimates else EXACT_NUMBERS)
        rows = measure(made, asked, options.vectors, not options.without_before, Path(scratch), index)
    for row in rows:
        print(*row, sep=" | ", flush=True)
    if options.publish:
        share = min(len(real), options.vectors)
        write(
            options.publish,
            f"{options.vectors:,} vectors: segments and a log, and one file",
            ["what", "segments and a log", *([] if options.without_before else ["one file, as before"])],
            rows,
            [
                f"{share:,} of the vectors are of real sentences, the others made of them; "
                f"{len(asked)} questions, real sentences that are not in the index; recall against all "
                "vectors compared; one run",
                "milliseconds: median (largest) wall, median CPU; adds and deletes with everything on the "
                "disk and the row in SQLite, each by a new holder of the lease",
                "memory: what opening and all searches added to the process; its own cannot be taken back, "
                f"pages of mapped files can. Peak of the process {peak():.0f} MB, which measuring needs too",
            ],
        )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
