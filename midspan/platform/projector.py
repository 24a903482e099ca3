"""Brings the graph and the vector indexes up to the record store. One projector at a time, by lease."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import numpy as np
import structlog

from midspan.db.stores import GraphStore, Lease, RecordStore, Target, VectorIndex
from midspan.errors import LeaseLost

log = structlog.get_logger(__name__)

LEASE = "projector"
LEASE_SECONDS = 60.0
IDS_AT_ONCE = 20_000
"""Ids put into one generation while draining; bounds memory and the number of files written."""


def holder_name() -> str:
    """Who we are in leases: host, process, and a random part that no restart repeats."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class Projector:
    """Drains the outbox into the projections; ``rebuild`` makes them anew from the record store."""

    def __init__(self, store: RecordStore, graph: GraphStore, indexes: dict[Target, VectorIndex]) -> None:
        self._store = store
        self._graph = graph
        self._indexes = indexes
        self._holder = holder_name()

    def applied(self, target: Target) -> int:
        return self._projection(target).applied()

    def lag(self) -> dict[Target, int]:
        """Outbox entries that each projection has not applied yet (by id)."""
        return {t: max(0, self._store.outbox_end(t) - self.applied(t)) for t in self._targets()}

    def project(self, wait_seconds: float = 300.0) -> bool:
        """Apply everything that is in the outbox now, or wait until another projector has.

        Returns whether the projections have caught up with what was there at the call.
        """
        wanted = {target: self._store.outbox_end(target) for target in self._targets()}
        deadline = time.monotonic() + wait_seconds
        while any(self.applied(target) < end for target, end in wanted.items()):
            if not self._with_lease(self._drain):
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.2)
        return True

    def rebuild(self, targets: Iterable[Target] | None = None, wait_seconds: float = 120.0) -> bool:
        """Make projections anew from the record store; searches see them grow meanwhile."""
        chosen = list(targets or self._targets())
        deadline = time.monotonic() + wait_seconds

        def work(lease: Lease) -> None:
            for target in chosen:
                self._rebuild(target, lease)

        while not self._with_lease(work):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def _projection(self, target: Target) -> GraphStore | VectorIndex:
        return self._graph if target == "graph" else self._indexes[target]

    def _targets(self) -> list[Target]:
        return ["graph", *self._indexes]

    def _with_lease(self, work: Callable[[Lease], None]) -> bool:
        lease = self._store.acquire(LEASE, self._holder, LEASE_SECONDS)
        if lease is None:
            return False
        try:
            work(lease)
        except LeaseLost:
            log.warning("another projector has taken over", holder=self._holder)
            return False
        self._store.release(lease)
        return True

    def _drain(self, lease: Lease) -> None:
        for target in self._targets():
            if self.applied(target) == 0:
                self._rebuild(target, lease)
            for ids, through in self._backlog(target):
                self._apply(target, ids, through, self._prolong())

    def _backlog(self, target: Target) -> Iterator[tuple[list[str], int]]:
        """Outbox ids behind what is applied, in portions, each with the entry it ends at."""
        after = self.applied(target)
        ids: dict[str, None] = {}
        through = after
        while entries := self._store.outbox(target, after=after, limit=200):
            for entry in entries:
                ids.update(dict.fromkeys(entry.ids))
                after = through = entry.id
                if len(ids) >= IDS_AT_ONCE:
                    yield list(ids), through
                    ids = {}
        if through > self.applied(target):
            yield list(ids), through

    def _rebuild(self, target: Target, lease: Lease) -> None:
        """Empty a projection, also one that cannot be read or that a rebuild left half full, and fill it.

        Entries that come in meanwhile have higher ids than ``through`` and are drained afterwards.
        """
        through = self._store.outbox_end(target)
        self._projection(target).clear(lease)
        pending: list[str] = []
        for ids in self._store.all_ids(target):
            pending += ids
            if len(pending) >= IDS_AT_ONCE:
                self._apply(target, pending, 0, self._prolong())
                pending = []
        if pending or through:
            self._apply(target, pending, through, self._prolong())

    def _apply(self, target: Target, ids: list[str], through: int, lease: Lease) -> None:
        """Set what is there now under these ids and take out what is gone."""
        if target == "graph":
            found = self._store.facts(ids)
            gone = [fact_id for fact_id in ids if fact_id not in found]
            self._graph.apply(list(found.values()), gone, through, lease)
            return
        wanted = np.array([int(key) for key in ids], dtype=np.int64)
        space: Literal["text", "visual"] = "text" if target == "vectors.text" else "visual"
        keys, vectors = self._store.vectors(space, wanted.tolist())
        removed = np.setdiff1d(wanted, keys)
        self._indexes[target].apply(keys, vectors, removed, through, lease)

    def _prolong(self) -> Lease:
        lease = self._store.acquire(LEASE, self._holder, LEASE_SECONDS)
        if lease is None:
            raise LeaseLost("another projector has taken over; it goes on from the outbox")
        return lease
