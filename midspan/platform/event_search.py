"""Events near a vector among sentences, whether it is a query's or that of another event."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore, SegmentFilter
from midspan.db.vector_index import VectorIndex
from midspan.records import ActionEvent

FILTER_MAX = 200_000
"""More allowed events than this are filtered after the vector search instead of inside it."""


class EventSearch:
    def __init__(self, store: RecordStore, index: VectorIndex) -> None:
        self._store, self._index = store, index

    @property
    def empty(self) -> bool:
        return self._index.count() == 0

    def near(
        self, vector: npt.NDArray[np.float32], where: SegmentFilter, limit: int
    ) -> list[tuple[ActionEvent, float]]:
        """The nearest first, each with its cosine."""
        allowed = None if where.open else self._store.event_keys(where)
        if allowed is not None and len(allowed) == 0:
            return []
        inside = allowed is not None and len(allowed) <= FILTER_MAX
        near = self._index.search(vector, limit, allowed if inside else None)
        if allowed is not None and not inside:
            within = np.isin([key for key, _ in near], allowed)
            near = [pair for pair, keep in zip(near, within, strict=True) if keep]
        found = self._store.events_by_key([key for key, _ in near])
        return [(found[key], cosine) for key, cosine in near if key in found]
