"""What a generation of a vector index says at one moment: its segments, what of them counts, and its log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from midspan.db.vector_files.delta import Delta
from midspan.db.vector_files.log import Record
from midspan.db.vector_files.segment import Floats, Keys, Segment

POOL = 400
"""Rows that are looked at, of those with the best estimates. benchmarks/vector_growth.py measures what it
finds."""
POOL_A_HIT = 8
"""For more hits than ``POOL`` is enough for."""
AHEAD = 1.5
"""So many times its share of the candidates is a segment asked for, and for all where it has more of them:
keeping them in order takes FAISS as long as comparing codes."""
LEAST_DIM = 128
"""Codes of fewer bits say too little; a space of fewer dimensions is compared vector by vector."""
EXACT_NUMBERS = 20_000_000
"""A space of so many numbers is, too: it takes about two milliseconds."""

Masks = tuple[npt.NDArray[np.bool_], ...]


@dataclass(frozen=True)
class View:
    """Never changes. ``dead`` (n,) a segment says which rows do not count: something newer speaks of them."""

    applied: int
    segments: tuple[Segment, ...]
    dead: Masks
    delta: Delta

    @classmethod
    def of(cls, applied: int, segments: tuple[Segment, ...], dead: Masks, dim: int) -> View:
        """Of segments alone; ``dead`` as :func:`shadowed` says it."""
        return cls(applied, segments, dead, Delta.empty(dim))

    @cached_property
    def counts(self) -> list[int]:
        """Rows that count, a segment."""
        return [
            segment.rows - int(dead.sum()) for segment, dead in zip(self.segments, self.dead, strict=True)
        ]

    @property
    def count(self) -> int:
        return sum(self.counts) + self.delta.count

    def count_after(self, record: Record) -> int:
        gone = np.union1d(record.removed, record.keys)
        held = int((self.delta.alive & np.isin(self.delta.keys, gone)).sum())
        for segment, dead in zip(self.segments, self.dead, strict=True):
            held += int((~dead[segment.rows_of(gone)]).sum())
        return self.count - held + len(record.keys)

    def after(self, record: Record) -> View:
        """The view with one more record of the log; only the newest view may be asked."""
        gone = np.union1d(record.removed, record.keys)
        dead = tuple(
            _with(one, segment.rows_of(gone)) for segment, one in zip(self.segments, self.dead, strict=True)
        )
        return replace(
            self, applied=max(self.applied, record.through), dead=dead, delta=self.delta.after(record)
        )

    def search(
        self, question: Floats, count: int, allowed: Keys | None, exact_numbers: int
    ) -> list[tuple[int, float]]:
        """The ``count`` best (key, score) for (d,), among the sorted ``allowed`` if given; exact then, and in
        a space of at most ``exact_numbers`` numbers."""
        numbers = sum(segment.rows for segment in self.segments) * len(question)
        if allowed is not None or numbers <= exact_numbers or len(question) < LEAST_DIM:
            found = self._compared(question, count, allowed)
        else:
            found = self._estimated(question, max(POOL, POOL_A_HIT * count))
        found.append(self.delta.search(question, allowed))
        scores = np.concatenate([one[0] for one in found])
        keys = np.concatenate([one[1] for one in found])
        best = _best(scores, count)
        return list(zip(keys[best].tolist(), scores[best].tolist(), strict=True))

    def vectors(self, keys: Keys) -> tuple[Keys, Floats]:
        """(keys (m,), vectors (m, d)) of those of the sorted ``keys`` that count, by key."""
        found = [self.delta.among(keys)]
        for segment, dead in zip(self.segments, self.dead, strict=True):
            rows = segment.rows_of(keys)
            rows = rows[~dead[rows]]
            found.append((segment.keys[rows], segment.halves[rows].astype(np.float32)))
        held = np.concatenate([one[0] for one in found])
        order = np.argsort(held)
        return held[order], np.concatenate([one[1] for one in found])[order]

    def _compared(self, question: Floats, count: int, allowed: Keys | None) -> list[tuple[Floats, Keys]]:
        found = []
        for segment, dead in zip(self.segments, self.dead, strict=True):
            wanted = ~dead
            if allowed is not None:
                here = np.zeros(segment.rows, dtype=bool)
                here[segment.rows_of(allowed)] = True
                wanted &= here
            scores, rows = segment.best(question, count, wanted)
            found.append((scores, segment.keys[rows]))
        return found

    def _estimated(self, question: Floats, pool: int) -> list[tuple[Floats, Keys]]:
        """The rows with the best estimates of all segments, with their true scores."""
        masked = list(zip(self.segments, self.dead, strict=True))
        total = sum(segment.rows for segment in self.segments)
        asked = [min(pool, 1 + int(AHEAD * pool * segment.rows / total)) for segment in self.segments]
        pools = [
            _alive(segment, dead, question, count)
            for (segment, dead), count in zip(masked, asked, strict=True)
        ]
        least = _least(pools, pool)
        for place, (scores, _) in enumerate(pools):
            if asked[place] < pool and scores.min(initial=np.inf) >= least:  # it may have more of the best
                pools[place] = _alive(*masked[place], question, pool)
        least = _least(pools, pool)
        found = []
        for segment, (scores, rows) in zip(self.segments, pools, strict=True):
            chosen = rows[scores >= least]
            found.append((segment.scores(question, chosen), segment.keys[chosen]))
        return found


def _least(pools: Sequence[tuple[Floats, npt.NDArray[np.int64]]], pool: int) -> float:
    """The estimate of the last of the ``pool`` best."""
    estimates = np.concatenate([scores for scores, _ in pools])
    return float(np.partition(estimates, -pool)[-pool]) if len(estimates) > pool else -np.inf


def _alive(
    segment: Segment, dead: npt.NDArray[np.bool_], question: Floats, pool: int
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """(estimates, rows) of the ``pool`` best rows that count, though many that do not lie nearer."""
    widened = 1
    while True:
        scores, rows = segment.nearest(question, widened * pool, widened)
        counts = ~dead[rows]
        if counts.sum() >= pool or segment.exhausted(widened * pool, widened):
            return scores[counts], rows[counts]
        widened *= 4


def _best(scores: Floats, count: int) -> npt.NDArray[np.int64]:
    """The places of the highest scores, highest first."""
    places = np.argpartition(-scores, count)[:count] if len(scores) > count else np.arange(len(scores))
    return places[np.argsort(-scores[places], kind="stable")]


def shadowed(segments: Sequence[Segment]) -> Masks:
    """What newer segments speak of, in each."""
    return tuple(_of_newer(segment, segments[place + 1 :]) for place, segment in enumerate(segments))


def _of_newer(segment: Segment, newer: Iterable[Segment]) -> npt.NDArray[np.bool_]:
    dead = np.zeros(segment.rows, dtype=bool)
    for one in newer:
        for keys in (one.keys, one.gone):
            dead[segment.rows_of(keys)] = True
    return dead


def _with(dead: npt.NDArray[np.bool_], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    if not len(rows):
        return dead
    made: npt.NDArray[np.bool_] = dead.copy()
    made[rows] = True
    return made
