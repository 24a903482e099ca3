"""One segment of several, or of what the log says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.db.vector_files.log import Record
from midspan.db.vector_files.manifest import SegmentEntry
from midspan.db.vector_files.segment import Halves, Keys, Segment, write_segment
from midspan.db.vector_files.view import View

_BLOCK = 16_384
"""Vectors that are in memory at once, beside those that FAISS gathers."""


def carried(view: View) -> Record:
    """All that a view's log says, as one record."""
    keys, vectors = view.delta.contents()
    removed = np.setdiff1d(view.delta.touched, keys)
    return Record(view.applied, removed, keys, vectors.astype(np.float16))


def seal(folder: Path, name: str, view: View, dim: int) -> SegmentEntry:
    """Write what a view's log says as a segment, the newest of all. Raises ``OSError``."""
    said = carried(view)
    gone = _held(said.removed, view.segments)
    return write_segment(folder, name, said.keys, [said.vectors], gone, dim)


def merge(folder: Path, name: str, view: View, run: range, dim: int) -> SegmentEntry:
    """Write what counts of a run of neighbours as one segment. Raises ``OSError``."""
    chosen = view.segments[run.start : run.stop]
    rows = [np.flatnonzero(~dead) for dead in view.dead[run.start : run.stop]]
    keys = np.concatenate([one.keys[some] for one, some in zip(chosen, rows, strict=True)])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    gone = np.setdiff1d(np.concatenate([one.gone for one in chosen]), keys)
    halves = _gathered(chosen, rows, order, dim)
    return write_segment(folder, name, keys, halves, _held(gone, view.segments[: run.start]), dim)


def _held(keys: Keys, older: Sequence[Segment]) -> Keys:
    """Those that an older segment holds: of the others nothing need be said."""
    found = [one.keys[one.rows_of(keys)] for one in older]
    return np.unique(np.concatenate(found)) if found else keys[:0]


def _gathered(
    chosen: Sequence[Segment], rows: Sequence[npt.NDArray[np.int64]], order: npt.NDArray[np.int64], dim: int
) -> Iterator[Halves]:
    """The vectors at these rows of all segments, one after the other, in this order."""
    of = np.repeat(np.arange(len(chosen)), [len(some) for some in rows])[order]
    places = np.concatenate(rows)[order]
    for start in range(0, len(order), _BLOCK):
        block = slice(start, start + _BLOCK)
        made = np.empty((len(of[block]), dim), dtype=np.float16)
        for number, segment in enumerate(chosen):
            here = of[block] == number
            made[here] = segment.halves[places[block][here]]
        yield made
