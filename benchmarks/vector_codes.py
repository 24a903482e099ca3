"""Which codes of FAISS find the nearest sentences: the measurement behind db/vector_files/view.py.

    python -m benchmarks.vector_codes [--sentences 1200] [--encoded FILE.npy] [--publish]

Each kind is asked for its best candidates, and of the ten sentences that are truly nearest is counted how
many are among the first 10, 50, 100, 200 and 400. Vectors are of real sentences only: those that ship with
midspan, encoded here, or a file (n, 384) of such vectors. CPU times are of one thread.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", MIDSPAN_THREADS="1")

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from benchmarks.common import write
from benchmarks.vector_growth import DIM, FOUND, QUESTIONS, clocked, encoded

Floats = npt.NDArray[np.float32]
Search = Callable[[Floats, int], npt.NDArray[np.int64]]
"""(questions (q, d), how many) to rows (q, many)."""
DEPTHS = (10, 50, 100, 200, 400)
QUANTIZER = faiss.ScalarQuantizer


def signs(vectors: Floats) -> Search:
    index = faiss.IndexBinaryFlat(DIM)
    index.add(np.packbits(vectors > 0, axis=1))
    return lambda asked, count: index.search(np.packbits(asked > 0, axis=1), count)[1]


def filled(index: Any, vectors: Floats) -> Search:
    index.train(vectors)
    index.add(vectors)
    return lambda asked, count: index.search(asked, count)[1]


def cells(vectors: Floats, share: int) -> Search:
    """IVF that looks into one cell of so many."""
    many = 1 << round(np.log2(np.sqrt(len(vectors))))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(DIM), DIM, many, faiss.METRIC_INNER_PRODUCT)
    index.cp.min_points_per_centroid, index.nprobe = 1, max(1, many // share)
    return filled(index, vectors)


def scalar(kind: int, vectors: Floats) -> Search:
    return filled(faiss.IndexScalarQuantizer(DIM, kind, faiss.METRIC_INNER_PRODUCT), vectors)


def rabitq(bits: int, vectors: Floats) -> Search:
    return filled(faiss.IndexRaBitQFastScan(DIM, faiss.METRIC_INNER_PRODUCT, 32, bits), vectors)


KINDS: dict[str, tuple[int, Callable[[Floats], Search]]] = {
    "signs": (48, signs),
    "RaBitQ, 1 bit": (56, partial(rabitq, 1)),
    "RaBitQ, 2 bits": (116, partial(rabitq, 2)),
    "4 bits a number": (192, partial(scalar, QUANTIZER.QT_4bit)),
    "6 bits a number": (288, partial(scalar, QUANTIZER.QT_6bit)),
    "8 bits a number": (384, partial(scalar, QUANTIZER.QT_8bit)),
    "16-bit floats": (768, partial(scalar, QUANTIZER.QT_fp16)),
    "IVF, a cell of 16": (1536, partial(cells, share=16)),
    "IVF, a cell of 4": (1536, partial(cells, share=4)),
}
"""Bytes a vector, and the index of vectors."""


def row(name: str, vectors: Floats, asked: Floats, wanted: npt.NDArray[np.int64]) -> list[Any]:
    size, make = KINDS[name]
    search = make(vectors)
    found = search(asked, DEPTHS[-1])
    _, clock = clocked([partial(search, one[None], DEPTHS[-1]) for one in asked[:50]])
    shares = [
        np.mean(
            [len(set(line[:depth]) & set(best)) / FOUND for line, best in zip(found, wanted, strict=True)]
        )
        for depth in DEPTHS
    ]
    return [name, size, *(f"{share:.4f}" for share in shares), f"{np.median(clock.cpu):.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=1_200)
    parser.add_argument("--encoded", type=Path, help="vectors of real sentences, (n, 384)")
    parser.add_argument("--publish", action="store_true", help="write benchmarks/results")
    options = parser.parse_args()
    real = encoded(options.sentences) if options.encoded is None else np.load(options.encoded)
    asked, vectors = real[:QUESTIONS], np.ascontiguousarray(real[QUESTIONS:], dtype=np.float32)
    exact = faiss.IndexFlatIP(DIM)
    exact.add(vectors)
    wanted = exact.search(asked, FOUND)[1]
    rows = []
    for name in KINDS:
        rows.append(row(name, vectors, asked, wanted))
        print(*rows[-1], sep=" | ", flush=True)
    if options.publish:
        write(
            "vector_codes",
            f"Of the ten nearest among {len(vectors):,} sentences, how many are among the first",
            ["kind", "bytes a vector", *map(str, DEPTHS), "ms CPU a search"],
            rows,
            [f"{len(asked)} questions, real sentences that are not in the index; one run"],
        )


if __name__ == "__main__":
    main()
