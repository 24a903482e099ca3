"""The vector index: its verbs, and in each docstring the contract its adapters keep.

Like the graph it is a projection of the record store.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from midspan.db.record_store import Lease

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class VectorIndex(ABC):
    """Nearest neighbours by inner product of normalised vectors, one index a space."""

    @abstractmethod
    def apply(
        self,
        keys: npt.NDArray[np.int64],
        vectors: npt.NDArray[np.float32],
        removed: npt.NDArray[np.int64],
        through: int,
        lease: Lease,
    ) -> None:
        """Set vectors (n, d) under keys (n,), take out removed keys, record ``through``; durable and
        all or nothing; a key is never held twice. On a server without transactions a batch that breaks off
        may be there in part, and ``applied`` stays before it, so that it comes again."""

    @abstractmethod
    def search(
        self, query: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The k best (key, cosine) for a query (d,), best first; only among ``allowed`` if given. Large
        indexes may miss some."""

    @abstractmethod
    def vectors(self, keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """(keys (m,), vectors (m, d)) of those of these keys (n,) that are held, each once, by key."""

    @abstractmethod
    def applied(self) -> int: ...

    @abstractmethod
    def count(self) -> int: ...

    @abstractmethod
    def clear(self, lease: Lease) -> None: ...

    @abstractmethod
    def rebuild(
        self,
        batches: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
        through: int,
        prolong: Callable[[], Lease],
    ) -> None:
        """Hold these (keys, vectors) and no others, applied up to ``through`` exactly.

        What is there stays until the last batch has come: an error on the way, also of ``batches``, changes
        nothing. ``prolong`` gives a lease that holds still, or raises ``LeaseLost``."""

    def upkeep(self) -> Callable[[Lease], None] | None:
        """Prepare, beside readers and a writer, what keeps the index fast and small; None if nothing is due.

        It takes as long as it takes and changes nothing yet. What it returns makes it current, in moments,
        when it is called under a lease, or drops it where it no longer fits. Here: never anything.
        """
        return None

    @abstractmethod
    def close(self) -> None: ...

    def describe(self) -> str:
        """What keeps it and where, in a line for the doctor. Raises ``StoreUnavailable``."""
        return "in files of this workspace"
