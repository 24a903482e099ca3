"""A query by words in a workspace: what full text finds of it, and what it lets others find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore, SegmentFilter
from midspan.db.word_index import EVERYTHING, WordFilter, WordIndex
from midspan.db.words.query import Asked, Query, excluded, loosened, required
from midspan.db.words.respell import respelt
from midspan.records import RECORDS, Record, Segment

MOST_REQUIRED = 200_000
"""Segments that fields and ``AND`` may leave for a search by meaning."""


@dataclass(frozen=True)
class TextHit:
    """A segment that the full-text index found; higher score is better."""

    segment: Segment
    score: float


@dataclass(frozen=True)
class Words:
    """What is looked for, and where."""

    tree: Query
    wording: str
    """For the encoder; empty where the query says all it wants by fields."""
    where: SegmentFilter
    among: WordFilter


class WordSearch:
    """Asks the index of words and reads what it names from the record store."""

    def __init__(self, index: WordIndex, store: RecordStore) -> None:
        self._index = index
        self._store = store

    def asked(self, asked: Asked, where: SegmentFilter) -> Words:
        """The query among what passes the filter; as if every long word in it might be misspelt when nothing
        fits it as it stands."""
        among = EVERYTHING if where.open else WordFilter(keys=self._store.segment_keys(where))
        words = Words(asked.tree, asked.wording, where, among)
        changed = respelt(asked.tree)
        if changed is None or self._finds(words):
            return words
        return Words(changed, asked.wording, where, among)

    def segments(self, words: Words, limit: int) -> list[TextHit]:
        return self._read(self._index.search(words.tree, "segment", limit, where=words.among))

    def within(self, words: Words, sources: Iterable[str], limit: int) -> list[TextHit]:
        """The best places of these sources that have any of the words."""
        among = WordFilter(sources=frozenset(sources), keys=words.among.keys)
        found = self._index.search(loosened(words.tree), "segment", limit, where=among)
        return self._read(found)

    def records(self, words: Words, limit: int) -> dict[str, list[tuple[Record, float]]]:
        """By kind those found, each with its score, best first."""
        found = self._index.search(words.tree, "record", limit, where=words.among)
        by_kind: dict[str, list[tuple[Record, float]]] = {}
        for kind in RECORDS if found else ():
            there = self._store.records_by_id(kind, [key for key, _ in found])
            if there:
                by_kind[kind] = [(there[key], score) for key, score in found if key in there]
        return by_kind

    def documents(self, words: Words, limit: int) -> list[tuple[str, float]]:
        """(source id, score) by the whole text of a source, best first."""
        among = EVERYTHING
        if not words.where.open:
            among = WordFilter(sources=self._store.segment_sources(words.where))
        return self._index.search(words.tree, "document", limit, where=among)

    def allowed(self, words: Words) -> npt.NDArray[np.int64] | None:
        """Keys of the segments that may be found by meaning; None is all of them. What the query excludes
        is taken out by :meth:`without_excluded`."""
        must = required(words.tree)
        if must is not None:
            return np.sort(self._index.keys(must, MOST_REQUIRED, words.among))
        return words.among.keys

    def without_excluded(self, words: Words, near: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Those (segment key, cosine) that the query does not exclude."""
        unwanted = excluded(words.tree)
        if unwanted is None or not near:
            return near
        keys = np.array([key for key, _ in near], dtype=np.int64)
        gone = set(self._index.keys(unwanted, len(near), WordFilter(keys=keys)).tolist())
        return [(key, cosine) for key, cosine in near if key not in gone]

    def excludes(self, words: Words) -> bool:
        """Whether the query leaves anything out."""
        return excluded(words.tree) is not None

    def _finds(self, words: Words) -> bool:
        return any(
            self._index.search(words.tree, level, 1, where=words.among) for level in ("segment", "record")
        )

    def _read(self, found: Sequence[tuple[str, float]]) -> list[TextHit]:
        segments = self._store.segments_by_id([segment_id for segment_id, _ in found])
        return [TextHit(segments[key], score) for key, score in found if key in segments]
