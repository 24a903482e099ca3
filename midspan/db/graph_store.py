"""The graph of facts: its verbs, and in each docstring the contract its adapters keep.

It is a projection of the record store: what a projector reads in the outbox it applies here, idempotently.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from midspan.db.record_store import GraphItem, Lease


@dataclass(frozen=True)
class Rows:
    """Answer of a Cypher query: plain JSON values; nodes and relations become dictionaries."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool


class GraphStore(ABC):
    """Facts as a property graph (schema in ``midspan/db/graph/schema.py``)."""

    @abstractmethod
    def apply(self, upserts: Sequence[GraphItem], removed: Sequence[str], through: int, lease: Lease) -> None:
        """Merge facts and what is held to be the same, take out removed ids (unknown ones are no error), and
        record that the outbox is applied up to ``through``: durable, and the same again changes nothing.
        All or nothing, but for a batch too large for one transaction of a server: broken off, it may be there
        in part, and ``through`` is not recorded, until it comes again. Support and confidence of a merged
        assertion are recomputed, never incremented."""

    @abstractmethod
    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        seconds: float = 10.0,
    ) -> Rows:
        """A typed-in read; several at the same time run beside each other.

        Raises ``CypherRefused`` for anything but a plain read and for what the engine could not stop,
        ``WrongUse`` for what it cannot run and for limits without sense, ``QueryTimeout``, and
        ``StoreUnavailable`` when too many are being answered.
        """

    @abstractmethod
    def applied(self) -> int:
        """Outbox id up to which the graph is true."""

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """Mention (one a fact), Assertion, Entity, FACT, SAME_AS (one a merge)."""

    @abstractmethod
    def describe(self) -> str:
        """Engine, place and schema in a line, for people. Raises ``StoreUnavailable``, ``NewerSchema``."""

    @abstractmethod
    def clear(self, lease: Lease) -> None:
        """Empty it, with ``applied`` 0; for rebuilding. Raises ``LeaseLost``."""

    @abstractmethod
    def rebuild(
        self, batches: Iterable[Sequence[GraphItem]], through: int, prolong: Callable[[], Lease]
    ) -> None:
        """Hold these facts and merges and no others, applied up to ``through`` exactly.

        What is there stays until the last batch has come: an error on the way, also of ``batches``, leaves
        nothing out that was there. ``prolong`` gives a lease that holds still, or raises ``LeaseLost``."""

    @abstractmethod
    def close(self) -> None: ...
