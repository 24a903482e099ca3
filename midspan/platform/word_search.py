"""A query by words in a workspace: what full text finds of it, and what it lets others find."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore, SegmentFilter
from midspan.db.word_index import EVERYTHING, WordFilter, WordIndex
from midspan.db.words.query import Asked, Query, excluded, loosened, required
from midspan.db.words.respell import respelt

MOST_REQUIRED = 200_000
"""Segments that fields and ``AND`` may leave for a search by meaning."""


Hits = list[tuple[str, float]]
"""(id, score), best first."""
Places = list[tuple[int, float]]
"""(segment key, score), best first."""


@dataclass(frozen=True)
class Words:
    """What is looked for, and where."""

    tree: Query
    wording: str
    """For the encoder; empty where the query says all it wants by fields."""
    where: SegmentFilter
    among: WordFilter


@dataclass(frozen=True)
class Lists:
    segments: Places
    documents: Hits
    """Sources, by their whole text."""
    records: Hits


class WordSearch:
    """Asks the index of words; what it names may be gone from the record store by now."""

    def __init__(self, index: WordIndex, store: RecordStore) -> None:
        self._index = index
        self._store = store

    def find(self, asked: Asked, where: SegmentFilter, limit: int) -> tuple[Words, Lists]:
        """What is found among what passes the filter; as if every long word might be misspelt when nothing
        fits the query as it stands, which is then another one."""
        among = EVERYTHING if where.open else WordFilter(keys=self._store.segment_keys(where))
        words = Words(asked.tree, asked.wording, where, among)
        lists = self._lists(words, limit)
        changed = respelt(asked.tree)
        if changed is None or lists.segments or lists.records:
            return words, lists
        words = replace(words, tree=changed)
        return words, self._lists(words, limit)

    def within(self, words: Words, sources: Iterable[str], limit: int) -> Places:
        """The best places of these sources that have any of the words."""
        among = WordFilter(sources=frozenset(sources), keys=words.among.keys)
        return self._index.places(loosened(words.tree), limit, among)

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

    def _lists(self, words: Words, limit: int) -> Lists:
        whole = EVERYTHING
        if not words.where.open:
            whole = WordFilter(sources=self._store.segment_sources(words.where))
        return Lists(
            self._index.places(words.tree, limit, words.among),
            self._index.search(words.tree, "document", limit, where=whole),
            self._index.search(words.tree, "record", limit, where=words.among),
        )
