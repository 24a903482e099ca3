"""The rows of job items, where a commit touches them: leases, ends and failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select, update

from midspan.db.record_store import ItemLease, ItemResult
from midspan.db.records import codec, dialect
from midspan.db.records.tables import failure, job, job_item
from midspan.errors import LeaseLost
from midspan.records import Failure, digest

OfItem = tuple[ItemLease | None, str | None, str | None, Failure]
"""(item, source id, run id, failure), as in ``Commit.failures``."""


def holding(connection: Connection, leases: Iterable[ItemLease]) -> set[ItemLease]:
    """Those of the leases that still hold."""
    by_job: dict[str, set[ItemLease]] = {}
    for lease in leases:
        by_job.setdefault(lease.job_id, set()).add(lease)
    found = set()
    columns = (job_item.c.idx, job_item.c.lease_holder, job_item.c.lease_token)
    for job_id, wanted in by_job.items():
        rows = connection.execute(
            select(*columns)
            .where(job_item.c.job_id == job_id, job_item.c.state == "running")
            .where(dialect.one_of(connection, job_item.c.idx, [lease.index for lease in wanted]))
            .with_for_update()
        )
        found |= wanted & {ItemLease(job_id, index, holder, token) for index, holder, token in rows}
    return found


def check(connection: Connection, leases: Sequence[ItemLease]) -> None:
    """Raise ``LeaseLost`` unless all of them hold."""
    lost = set(leases) - holding(connection, leases)
    if lost:
        raise lost_leases(lost)


def lost_leases(lost: Iterable[ItemLease]) -> LeaseLost:
    names = sorted(f"{lease.job_id}/{lease.index}" for lease in lost)
    told = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return LeaseLost(f"the lease of {told} has passed on; its new holder does the work, drop it here")


def finish(connection: Connection, results: Sequence[ItemResult], now: float) -> None:
    """Set how items ended and count them in their jobs. Their leases must have been checked."""
    if not results:
        return
    connection.execute(
        update(job_item)
        .where(job_item.c.job_id == bindparam("of_job"), job_item.c.idx == bindparam("of_idx"))
        .values(lease_holder="", lease_until=0.0, heartbeat_at=now),
        [
            {
                "of_job": result.lease.job_id,
                "of_idx": result.lease.index,
                "state": result.state,
                "outcome": result.outcome,
                "source_id": result.source_id,
                "segments": result.segments,
                "records": dict(result.records),
            }
            for result in results
        ],
    )
    ended = Counter((result.lease.job_id, result.state) for result in results)
    for (job_id, state), count in ended.items():
        column = job.c.done if state == "done" else job.c.failed
        connection.execute(update(job).where(job.c.id == job_id).values({column: column + count}))


def note_failures(connection: Connection, failures: Iterable[OfItem], now: float) -> None:
    """Write failures down; the same one again is the same row."""
    rows = [_failure_row(*entry, now) for entry in failures]
    dialect.insert_ignore(connection, failure, rows, on=["digest"])


def _failure_row(
    lease: ItemLease | None, source_id: str | None, run_id: str | None, what: Failure, now: float
) -> dict[str, object]:
    job_id, item = (lease.job_id, lease.index) if lease is not None else (None, None)
    row = {
        "job_id": job_id,
        "item": item,
        "source_id": source_id,
        "run_id": run_id,
        "segment_id": what.segment_id,
        "path": codec.escape(what.path),
        "stage": what.stage,
        "kind": what.kind,
        "message": codec.printable(what.message),
    }
    return row | {"digest": digest(*row.values()), "retryable": what.retryable, "created_at": now}
