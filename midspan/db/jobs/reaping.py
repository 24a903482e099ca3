"""Items whose worker is gone: their leases have run out, or its supervisor has seen it end.

They go back into the queue, and an item over which workers keep dying fails, so that it cannot go round for
ever. Fencing makes this safe: a worker that was only slow is refused when it commits.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from midspan.db.jobs import items
from midspan.db.record_store import ItemLease, ItemResult
from midspan.db.records import codec
from midspan.db.records.tables import job, job_item
from midspan.records import Failure

LONGEST_LEASE = 900.0
"""Seconds; longer ones are cut to this."""
MOST_DEATHS = 3


def lapsed(now: float) -> ColumnElement[bool]:
    """Running under a lease that has run out.

    One that ends later than any lease can was given before the clock was set back, and counts as run out.
    """
    until = job_item.c.lease_until
    return and_(job_item.c.state == "running", or_(until < now, until > now + LONGEST_LEASE))


def take_back(connection: Connection, which: ColumnElement[bool], now: float, limit: int = 1000) -> set[str]:
    """End the leases of these running items; returns the ids of their jobs.

    An item is ``queued`` again, ``cancelled`` where that was asked for, or ``failed`` after ``MOST_DEATHS``.
    Rows that somebody is about to commit are passed over.
    """
    rows = connection.execute(
        select(job_item, job.c.cancel_requested)
        .join(job, job.c.id == job_item.c.job_id)
        .where(job_item.c.state == "running", which)
        .order_by(job_item.c.job_id, job_item.c.idx)
        .limit(limit)
        .with_for_update(skip_locked=True, of=job_item)
    ).all()
    for row in rows:
        mine = and_(job_item.c.job_id == row.job_id, job_item.c.idx == row.idx)
        deaths = row.deaths + 1
        state = "cancelled" if row.cancel_requested else "queued"
        freed = {"state": state, "lease_holder": "", "lease_until": 0.0, "deaths": deaths}
        if deaths < MOST_DEATHS or row.cancel_requested:
            connection.execute(update(job_item).where(mine).values(freed))
            continue
        connection.execute(update(job_item).where(mine).values(deaths=deaths))
        lease = ItemLease(row.job_id, row.idx, row.lease_holder, row.lease_token)
        failure = _worker_died(codec.unescape(row.uri), deaths, row.lease_holder)
        items.note_failures(connection, [(lease, None, None, failure)], now)
        items.finish(connection, [ItemResult(lease, "failed", "failed")], now)
    return {row.job_id for row in rows}


def _worker_died(path: str, deaths: int, holder: str) -> Failure:
    message = (
        f"the worker died or hung {deaths} times over this item, the last one was {holder}; look into its "
        "log (out of memory?), try the file alone with `midspan ingest`, then `midspan jobs retry`"
    )
    return Failure(path, "worker", "WorkerDied", message, True)
