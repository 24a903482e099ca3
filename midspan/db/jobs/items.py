"""The rows of job items, where a commit touches them: leases, ends and failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Connection, and_, bindparam, distinct, func, not_, select, update

from midspan.db.record_store import ItemLease, ItemResult
from midspan.db.records import codec, dialect
from midspan.db.records.tables import failure, job, job_item, source_run
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
    counts: dict[str, Counter[Column[int]]] = {}
    for result in results:
        counted = counts.setdefault(result.lease.job_id, Counter())
        counted[job.c.done if result.state == "done" else job.c.failed] += 1
        counted[job.c.partial] += result.outcome == "partial"
    for job_id, counted in counts.items():
        more = {column: column + count for column, count in counted.items()}
        connection.execute(update(job).where(job.c.id == job_id).values(more))


def note_failures(connection: Connection, failures: Iterable[OfItem], now: float) -> None:
    """Write failures down; the same one again is the same row."""
    rows = [_failure_row(*entry, now) for entry in failures]
    dialect.insert_ignore(connection, failure, rows, on=["digest"])


def failed_places(connection: Connection, source_ids: Sequence[str]) -> dict[str, int]:
    """By source id at how many of its segments stages failed whose runs are not complete."""
    c = failure.c
    still = and_(source_run.c.source_id == c.source_id, source_run.c.run_id == c.run_id)
    rows = connection.execute(
        select(c.source_id, func.count(distinct(func.coalesce(c.segment_id, c.stage))))
        .join(source_run, still)
        .where(dialect.one_of(connection, c.source_id, source_ids), not_(source_run.c.complete))
        .group_by(c.source_id)
    )
    return {row[0]: row[1] for row in rows}


def _failure_row(
    lease: ItemLease | None, source_id: str | None, run_id: str | None, what: Failure, now: float
) -> dict[str, object]:
    job_id, item = (lease.job_id, lease.index) if lease is not None else (None, None)
    row: dict[str, str | int | None] = {
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
    told = {"retryable": what.retryable, "page": what.page, "second": what.second}
    return {**row, **told, "digest": digest(*row.values()), "created_at": now}
