"""Looks at which generations of the projections are the newest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from midspan.db.record_store import Generation, Outbox, Target


class Looks:
    """Of one replica; any number of threads may share it."""

    def __init__(self, store: Outbox, replica: str) -> None:
        self._store = store
        self._replica = replica
        self._held = threading.local()

    def newest(self, target: Target) -> Generation | None:
        """As it is now, or as it was when this thread went into :meth:`once`."""
        held: dict[Target, Generation] | None = getattr(self._held, "rows", None)
        return self._store.generation(target, self._replica) if held is None else held.get(target)

    @contextmanager
    def once(self) -> Iterator[None]:
        """Within it this thread goes by one look at the record store for all targets."""
        self._held.rows = self._store.newest_generations(self._replica)
        try:
            yield
        finally:
            self._held.rows = None
