"""Steps of a job, in short."""

from __future__ import annotations

from typing import Any

from midspan.db.jobs.store import JobStore
from midspan.db.record_store import Commit, ItemLease, ItemResult
from midspan.db.records.relational import SqlRecordStore


def begin(jobs: JobStore, *uris: str) -> str:
    job_id = jobs.create(["/data"], ["facts"])
    jobs.add_items(job_id, uris)
    jobs.finish_discovery(job_id)
    return job_id


def claim(jobs: JobStore, job_id: str, holder: str = "me", seconds: float = 60.0) -> list[ItemLease]:
    return [lease for lease, _, _ in jobs.claim(job_id, holder, 100, seconds)]


def states(jobs: JobStore, job_id: str) -> list[str]:
    return [item.state for item in jobs.items(job_id)]


def end(store: SqlRecordStore, *leases: ItemLease, state: Any = "done", outcome: Any = "new") -> None:
    store.commit(Commit(items=[ItemResult(lease, state, outcome) for lease in leases]))
