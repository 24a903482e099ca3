"""One item on its way through the pipeline: a path, its source, and what has been found in it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from midspan.db.record_store import Commit, ItemLease, ItemResult, RunResult
from midspan.pipelines.stage import Stage
from midspan.records import Failure, Location

Outcome = Literal["new", "unchanged", "superseded"]


@dataclass(eq=False)
class Work:
    """A path whose source is read and goes through the stages; each is itself and equals no other."""

    path: Path
    lease: ItemLease | None
    location: Location
    outcome: Outcome
    known: bool
    """Its path is in the store already (pointing at this or another source)."""
    pending: frozenset[str]
    """Ids of the runs that are not complete for it; empty when there is nothing to do."""
    stages: tuple[Stage, ...] = ()
    """Those that its segments go through, in order; set when it is opened."""
    memories: dict[Stage, Any] = field(default_factory=dict)
    """What each of its stages remembers of it, as long as it is being read."""
    failures: dict[Failure, frozenset[str]] = field(default_factory=dict)
    """What went wrong, and the ids of the runs that are not complete because of it."""
    unreadable: Failure | None = None
    """Why reading it failed or broke off."""
    segments: int = 0
    records: dict[str, int] = field(default_factory=dict)
    """Records by kind."""

    @property
    def source_id(self) -> str:
        return self.location.source_id

    @property
    def broken(self) -> frozenset[str]:
        """Ids of the runs in which something of it failed."""
        return frozenset().union(*self.failures.values())

    def failed_by(self, failure: Failure) -> tuple[ItemLease | None, str, str | None, Failure]:
        """The failure as a commit takes it; of the runs that go without its result the first one."""
        return self.lease, self.source_id, min(self.failures[failure], default=None), failure

    def count(self, kind: str) -> None:
        """One more record of this kind."""
        self.records[kind] = self.records.get(kind, 0) + 1

    def end(self, commit: Commit) -> None:
        """Read to its end: say where it is, which runs are complete, and how its item ended.

        A source of which something failed is kept as far as it went: its item is done in part.
        """
        broken = self.broken
        commit.results += [
            RunResult(self.source_id, run_id, run_id not in broken) for run_id in sorted(self.pending)
        ]
        commit.locations.append(self.location)
        if self.lease is not None:
            outcome = "partial" if self.failures else self.outcome
            commit.items.append(
                ItemResult(self.lease, "done", outcome, self.source_id, self.segments, dict(self.records))
            )
