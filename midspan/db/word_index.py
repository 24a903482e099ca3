"""The index of words: its verbs, and in each docstring the contract its adapters keep.

Like the graph and the vectors it is a projection of the record store.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midspan.db.record_store import Lease, WordItem, WordLevel
from midspan.db.words.query import Query

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class WordFilter:
    """What hits are looked for among; None is everything."""

    sources: frozenset[str] | None = None
    keys: npt.NDArray[np.int64] | None = None
    """Keys of segments; a record has that of its segment. A document has none: it passes."""
    kinds: frozenset[str] | None = None


EVERYTHING = WordFilter()


class WordIndex(ABC):
    """Full text over whole documents, over segments, and over records that have words of their own."""

    @abstractmethod
    def apply(self, items: Iterable[WordItem], removed: Sequence[str], through: int, lease: Lease) -> None:
        """Hold these items, each in the place of one with its id, and take out those removed (by
        :func:`word_id`); record ``through``; durable and all or nothing. An id that is in both is held."""

    @abstractmethod
    def search(
        self,
        query: Query,
        level: WordLevel,
        limit: int,
        offset: int = 0,
        where: WordFilter = EVERYTHING,
    ) -> list[tuple[str, float]]:
        """The (id, BM25 score) of the best, best first, behind the first ``offset`` of them.

        An id is that of a source, a segment or a record, by ``level``. BM25 counts within the level: how
        many documents have a word, or how many sentences. Equal scores come in one order for as long as
        nothing is applied, so that pages neither overlap nor leave gaps.
        """

    @abstractmethod
    def places(self, query: Query, limit: int, where: WordFilter = EVERYTHING) -> list[tuple[int, float]]:
        """As ``search`` at the level of segments, by their keys."""

    @abstractmethod
    def keys(self, query: Query, limit: int, where: WordFilter = EVERYTHING) -> npt.NDArray[np.int64]:
        """Keys of at most so many segments that fit the query, in no order."""

    @abstractmethod
    def applied(self) -> int: ...

    @abstractmethod
    def count(self, level: WordLevel) -> int: ...

    @abstractmethod
    def clear(self, lease: Lease) -> None: ...

    @abstractmethod
    def rebuild(
        self, batches: Iterable[Iterable[WordItem]], through: int, prolong: Callable[[], Lease]
    ) -> None:
        """Hold these items and no others, applied up to ``through`` exactly.

        What is there stays until the last batch has come: an error on the way, also of ``batches``, changes
        nothing. ``prolong`` gives a lease that holds still, or raises ``LeaseLost``."""

    @abstractmethod
    def close(self) -> None: ...
