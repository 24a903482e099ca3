"""The runs that exported facts come from, each read once."""

from __future__ import annotations

from midspan.db.record_store import RecordReader
from midspan.records import Run


class Runs:
    def __init__(self, store: RecordReader) -> None:
        self._store = store
        self._known: dict[str, Run] = {}

    def __getitem__(self, run_id: str) -> Run:
        """A run that a record names is always there."""
        if run_id not in self._known:
            run = self._store.run(run_id)
            assert run is not None, run_id
            self._known[run_id] = run
        return self._known[run_id]
