"""One segment of a vector index: files that never change, and FAISS indexes over them.

``.keys`` are the keys in rising order, then the keys that it takes out of older segments. ``.rows`` are the
vectors in 16-bit floats, as the record store keeps them; the file is mapped and only what is read of it comes
into memory. ``.codes`` are RaBitQ's codes of one bit a dimension (Gao and Long, arXiv 2405.12497): they are
in memory, and what they estimate says which rows are worth a look. In a large segment they lie in cells
around means of its vectors, and only the nearest cells are compared.

Where FAISS is built for GPUs and one is there, the rows are on it and stand in for the codes. That path was
written from FAISS's documentation and has not been run.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
import numpy.typing as npt

from midspan.db.generations import file_sha256
from midspan.db.vector_files.manifest import SegmentEntry, check_segment
from midspan.errors import DamagedGeneration

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]
Keys = npt.NDArray[np.int64]
Found = tuple[Floats, npt.NDArray[np.int64]]
"""(scores (n,), rows (n,)), best first."""

KEYS, CODES, ROWS = ".keys", ".codes", ".rows"
_BLOCK = 16_384
"""Vectors that are in 32-bit floats at once."""
_TRAINED_ON = 16_384
"""Vectors whose mean the codes are taken around."""
CELLS_FROM = 100_000
"""Rows from which on codes lie in cells."""
_A_CELL = 64
"""Vectors a cell that its means are found from."""
_ROUNDS = 8
"""Of k-means."""
SHARE = 8
"""One cell of so many is looked into; benchmarks/vector_growth.py measures what is found."""
_FEW_ROWS = 2048
"""So many are read one by one rather than by a scan of all."""


class Segment:
    """Safe to share between threads."""

    def __init__(self, folder: Path, entry: SegmentEntry, dim: int) -> None:
        """Raises ``DamagedGeneration`` where a file is missing, altered or not readable by FAISS."""
        check_segment(folder, entry)
        path = folder / entry.name
        everything = np.fromfile(f"{path}{KEYS}", dtype="<i8")
        self.keys: Keys = everything[: entry.rows]
        self.gone: Keys = everything[entry.rows :]
        self._codes: Any = None
        self._cells = 0
        self._turn = threading.Lock()
        self.halves: Halves = np.empty((0, dim), dtype=np.float16)
        if entry.rows:
            self._open(path, dim)

    @property
    def rows(self) -> int:
        return len(self.keys)

    def rows_of(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The rows of those of the sorted ``keys`` that are here."""
        places = np.searchsorted(self.keys, keys)
        places[places == self.rows] = 0
        return places[self.keys[places] == keys] if self.rows else places[:0]

    def nearest(self, question: Floats, count: int, widened: int = 1) -> Found:
        """The ``count`` rows with the highest estimated inner product with (d,), of those in the nearest
        cells: with ``widened`` so many times as many cells, with ``SHARE`` all."""
        count = min(count, self.rows)
        if not count:
            return np.empty(0, dtype=np.float32), np.empty(0, dtype=np.int64)
        if self._on_gpu:
            with self._turn:  # a GPU index serves one search at a time
                return _first(self._codes.search(question[None], count))
        parameters: Any = None
        if self._cells and widened > 1:
            parameters = faiss.SearchParametersIVF()
            parameters.nprobe = min(self._cells, widened * self._codes.nprobe)
        return _first(self._codes.search(question[None], count, params=parameters))

    def exhausted(self, count: int, widened: int) -> bool:
        """Whether asking for so many in so many cells finds all rows."""
        return count >= self.rows and (not self._cells or widened >= SHARE)

    def scores(self, question: Floats, rows: npt.NDArray[np.int64]) -> Floats:
        """The inner products of these rows with (d,)."""
        return self.halves[rows].astype(np.float32) @ question

    def best(self, question: Floats, count: int, wanted: npt.NDArray[np.bool_]) -> Found:
        """The ``count`` best of the rows (n,) that are wanted, by all of their vectors."""
        rows = np.flatnonzero(wanted)
        if len(rows) <= _FEW_ROWS:
            scores = self.scores(question, rows)
            order = np.argsort(-scores, kind="stable")[:count]
            return scores[order], rows[order]
        bits = np.packbits(wanted, bitorder="little")
        selector: Any = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]
        parameters: Any = faiss.SearchParameters()
        parameters.sel = selector
        return _first(self._rows.search(question[None], min(count, len(rows)), params=parameters))

    def _open(self, path: Path, dim: int) -> None:
        try:
            self._rows = cast(Any, faiss.read_index(f"{path}{ROWS}", faiss.IO_FLAG_MMAP_IFC))
            self._codes = faiss.read_index(f"{path}{CODES}")
        except RuntimeError as error:
            raise DamagedGeneration(
                f"{path.name} is whole, but FAISS {faiss.__version__}: {error}"
            ) from error
        self._cells = getattr(self._codes, "nlist", 0)
        self.halves = _halves(self._rows)
        self._on_gpu = hasattr(faiss, "StandardGpuResources") and faiss.get_num_gpus() > 0
        if self._on_gpu:
            flat = faiss.IndexFlatIP(dim)
            flat.add(self.halves.astype(np.float32))
            options = faiss.GpuMultipleClonerOptions()
            options.useFloat16 = True
            self._codes = faiss.index_cpu_to_all_gpus(flat, options)


def write_segment(
    folder: Path, name: str, keys: Keys, halves: Iterable[Halves], gone: Keys, dim: int
) -> SegmentEntry:
    """Write a segment's files and flush them. ``keys`` rise, and ``halves`` are their vectors in blocks.

    Raises ``OSError``; what was written is taken away then.
    """
    path = folder / name
    for ending in (KEYS, CODES, ROWS):
        Path(f"{path}{ending}").unlink(missing_ok=True)  # an earlier one may be mapped still
    writers: dict[str, Any] = {KEYS: lambda file: _write_keys(file, keys, gone)}
    if len(keys):
        rows, codes = _indexes(halves, dim)
        writers |= {ROWS: lambda file: write_index(rows, file), CODES: lambda file: write_index(codes, file)}
    try:
        return SegmentEntry(
            name,
            len(keys),
            len(gone),
            {ending: _flushed(Path(f"{path}{ending}"), put) for ending, put in writers.items()},
        )
    except BaseException:
        for ending in writers:
            Path(f"{path}{ending}").unlink(missing_ok=True)
        raise


def _write_keys(path: Path, keys: Keys, gone: Keys) -> None:
    with path.open("wb") as file:
        file.write(keys.astype("<i8").tobytes())
        file.write(gone.astype("<i8").tobytes())


def _indexes(halves: Iterable[Halves], dim: int) -> tuple[Any, Any]:
    rows = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    for some in halves:
        for block in _blocks(some):
            rows.add(block)
    held = _halves(rows)
    codes = _trained(held)
    for block in _blocks(held):
        codes.add(block)
    return rows, codes


def _trained(halves: Halves) -> Any:
    """An index of codes for these vectors, empty."""
    count, dim = halves.shape
    if count < CELLS_FROM:
        codes: Any = faiss.IndexRaBitQFastScan(dim, faiss.METRIC_INNER_PRODUCT)
        codes.train(halves[:_TRAINED_ON].astype(np.float32))
        return codes
    cells = 1 << round(math.log2(2 * math.sqrt(count)))
    means: Any = faiss.IndexFlatIP(dim)
    codes = faiss.IndexIVFRaBitQFastScan(means, dim, cells, faiss.METRIC_INNER_PRODUCT)
    means.this.disown()  # it goes with the codes
    codes.own_fields = True
    codes.cp.niter, codes.cp.spherical, codes.cp.min_points_per_centroid = _ROUNDS, True, 1
    codes.nprobe = cells // SHARE
    codes.train(halves[:: max(1, count // (_A_CELL * cells))].astype(np.float32))
    return codes


def _blocks(halves: Halves) -> Iterator[Floats]:
    for start in range(0, len(halves), _BLOCK):
        yield np.ascontiguousarray(halves[start : start + _BLOCK], dtype=np.float32)


def _halves(rows: Any) -> Halves:
    """The vectors (n, d) in an index of them, where they lie."""
    codes = rows.codes
    flat = faiss.rev_swig_ptr(codes.data(), codes.size())
    return cast(Halves, flat.view(np.float16).reshape(-1, rows.d))


def write_index(index: Any, path: Path) -> None:
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


def _flushed(path: Path, put: Any) -> str:
    """The SHA-256 of a file that ``put`` has written and that is on the disk."""
    put(path)
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return file_sha256(path)


def _first(found: Any) -> Found:
    scores, rows = found[0][0], found[1][0]
    there = rows >= 0
    return scores[there], rows[there]
