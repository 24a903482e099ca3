"""Jobs as rows: what was asked for, its items, who works on which, and how each ended.

An item is ``queued``, ``running`` under a lease, and in the end ``done``, ``failed`` or ``cancelled``. One
that is done has the outcome ``partial`` where a stage failed at some segments; a retry takes it up again. A
lease that has run out may be claimed by anybody; its token grows each time, and a commit under an old
token is refused. Moments are those of the database's clock, so that machines agree on them.

Whoever has locked a job's row waits for none of its items: a commit locks items first and the job after them.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, delete, exists, func, insert, or_, select, update

from midspan.db.jobs import items, reaping
from midspan.db.jobs import rows as job_rows
from midspan.db.jobs.rows import OPEN, PARTIAL, Held, ItemRow, JobRow, JobState, Tally
from midspan.db.record_store import ItemLease, ItemResult
from midspan.db.records import codec, dialect
from midspan.db.records.engine import reading, writing
from midspan.db.records.tables import failure, job, job_item
from midspan.records import Failure, SourceKind

__all__ = ["Held", "ItemRow", "JobRow", "JobStore", "Tally"]


class JobStore:
    """Job rows in the record store; each verb is one transaction and raises ``StoreError``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # --- asking ---

    def create(
        self,
        paths: Sequence[str],
        stages: Sequence[str] = (),
        *,
        background: bool = False,
        follow_links: bool = False,
    ) -> str:
        """Write a job down, ``queued`` and still discovering its files; returns its id.

        Workers take the ones in the ``background`` only.
        """
        job_id = f"job-{uuid.uuid4().hex[:12]}"
        with writing(self._engine) as connection:
            connection.execute(
                insert(job).values(
                    id=job_id,
                    state="queued",
                    paths=[codec.escape(path) for path in paths],
                    stages=list(stages),
                    total=0,
                    done=0,
                    failed=0,
                    partial=0,
                    discovering=True,
                    cancel_requested=False,
                    created_at=dialect.now(connection),
                    message="",
                    worker="",
                    background=background,
                    follow_links=follow_links,
                )
            )
        return job_id

    def add_items(
        self, job_id: str, uris: Sequence[str], kinds: Mapping[str, SourceKind] | None = None
    ) -> int:
        """Append the paths that the job does not have yet; returns how many.

        ``kinds`` says which worker queue a path is for; without it, that of documents.
        """
        with writing(self._engine) as connection:
            return len(job_rows.append(connection, job_id, uris, "queued", kinds or {}))

    def add_failed(self, job_id: str, what: Failure) -> None:
        """Append a path that failed before it could be worked on, as one that is not there."""
        with writing(self._engine) as connection:
            for index in job_rows.append(connection, job_id, [what.path], "failed"):
                lease = ItemLease(job_id, index, "", 0)
                items.note_failures(connection, [(lease, None, None, what)], dialect.now(connection))
                connection.execute(update(job).where(job.c.id == job_id).values(failed=job.c.failed + 1))

    def finish_discovery(self, job_id: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(job).where(job.c.id == job_id).values(discovering=False))

    # --- working ---

    def claim(
        self, job_id: str, holder: str, limit: int, seconds: float, kinds: Sequence[SourceKind] = ()
    ) -> list[tuple[ItemLease, str, int]]:
        """Take up to ``limit`` items that are queued, or whose lease has run out, for ``seconds``.

        Only items of these kinds, where any are named. An item over which a worker has died is given out
        alone, so that it does not drag others along. Returns (lease, path, attempts with this one), in order.
        Nothing of a job that is to be cancelled.
        """
        with writing(self._engine) as connection:
            if job_rows.locked_job(connection, job_id).cancel_requested:
                return []
            now = dialect.now(connection)
            mine = job_item.c.job_id == job_id
            reaping.take_back(connection, mine & reaping.lapsed(now), now, limit)
            if kinds:
                mine &= job_item.c.kind.in_(kinds)
            rows = connection.execute(
                select(job_item)
                .where(mine, job_item.c.state == "queued")
                .order_by(job_item.c.deaths, job_item.c.idx)
                .limit(limit)
                .with_for_update(skip_locked=True)
            ).all()
            if not rows:
                return []
            rows = [row for row in rows if row.deaths == 0] or rows[:1]
            connection.execute(
                update(job_item)
                .where(job_item.c.job_id == job_id)
                .where(dialect.one_of(connection, job_item.c.idx, [row.idx for row in rows]))
                .values(
                    state="running",
                    attempts=job_item.c.attempts + 1,
                    lease_holder=holder,
                    lease_token=job_item.c.lease_token + 1,
                    lease_until=now + min(seconds, reaping.LONGEST_LEASE),
                    heartbeat_at=now,
                )
            )
            started = func.coalesce(job.c.started_at, now)
            connection.execute(
                update(job)
                .where(job.c.id == job_id)
                .values(state="running", started_at=started, finished_at=None, message="", worker=holder)
            )
        return [
            (
                ItemLease(job_id, row.idx, holder, row.lease_token + 1),
                codec.unescape(row.uri),
                row.attempts + 1,
            )
            for row in rows
        ]

    def heartbeat(self, leases: Sequence[ItemLease], seconds: float) -> None:
        """Prolong the leases of items that are not done yet. Those that hold are prolonged even when
        others have passed on, for which it raises ``LeaseLost``."""
        with writing(self._engine) as connection:
            held = items.holding(connection, leases)
            now = dialect.now(connection)
            until = now + min(seconds, reaping.LONGEST_LEASE)
            job_rows.set_held(connection, held, {"lease_until": until, "heartbeat_at": now})
            lost = set(leases) - held
            lost -= job_rows.ended(connection, lost)
        if lost:
            raise items.lost_leases(lost)

    def release(self, leases: Sequence[ItemLease]) -> None:
        """Put items back into the queue (or take them out, when the job is to be cancelled). Items that
        are done, and leases that have passed on, are left alone."""
        with writing(self._engine) as connection:
            held = items.holding(connection, leases)
            cancelling = {
                job_id
                for job_id in {lease.job_id for lease in held}
                if job_rows.cancelling(connection, job_id)
            }
            free = {"lease_holder": "", "lease_until": 0.0}
            back = {lease for lease in held if lease.job_id not in cancelling}
            job_rows.set_held(connection, back, {**free, "state": "queued"})
            job_rows.set_held(connection, held - back, {**free, "state": "cancelled"})

    def fail(self, lease: ItemLease, *failures: Failure) -> None:
        """End an item that failed before any commit. Raises ``LeaseLost``."""
        with writing(self._engine) as connection:
            now = dialect.now(connection)
            items.check(connection, [lease])
            items.note_failures(connection, [(lease, None, None, what) for what in failures], now)
            items.finish(connection, [ItemResult(lease, "failed", "failed")], now)

    def settle(self, job_id: str) -> JobState:
        """Set the final state of a job of which nothing is left to do; returns the state it has.

        A job that is to be cancelled ends although files were still being discovered.
        """
        with writing(self._engine) as connection:
            row = job_rows.locked_job(connection, job_id)
            if row.state not in OPEN:
                return row.state
            now = dialect.now(connection)
            mine = job_item.c.job_id == job_id
            if row.cancel_requested:
                job_rows.cancel_items(connection, job_id, now)
            left = exists().where(mine, job_item.c.state.in_(("queued", "running")))
            if connection.scalar(select(left)) or (row.discovering and not row.cancel_requested):
                return row.state
            state: JobState = "failed" if row.failed else "done"
            if row.cancel_requested:
                state = "cancelled"
            connection.execute(
                update(job).where(job.c.id == job_id).values(state=state, finished_at=now, message="")
            )
            return state

    def reap(self) -> set[str]:
        """Take back the items of all jobs whose leases have run out; returns the ids of these jobs."""
        with reading(self._engine) as connection:
            if not connection.scalar(select(exists().where(reaping.lapsed(dialect.now(connection))))):
                return set()
        with writing(self._engine) as connection:
            now = dialect.now(connection)
            jobs = reaping.take_back(connection, reaping.lapsed(now), now)
        return self._settled_if_cancelled(jobs)

    def abandon(self, holder: str) -> set[str]:
        """Take back what a worker had that is known to be dead; returns the ids of the jobs."""
        with writing(self._engine) as connection:
            now = dialect.now(connection)
            jobs = reaping.take_back(connection, job_item.c.lease_holder == holder, now)
        return self._settled_if_cancelled(jobs)

    def _settled_if_cancelled(self, jobs: set[str]) -> set[str]:
        for job_id in sorted(jobs):
            if self.cancel_requested(job_id):
                self.settle(job_id)
        return jobs

    # --- delivering ---

    def waiting(self, kinds: Sequence[SourceKind]) -> list[JobRow]:
        """Background jobs with something for a worker to do: items of these kinds, or files to find."""
        queued = exists().where(
            job_item.c.job_id == job.c.id, job_item.c.state == "queued", job_item.c.kind.in_(kinds)
        )
        wanted = (
            select(job)
            .where(job.c.state.in_(OPEN), job.c.background, job.c.cancel_requested.is_(False))
            .where(or_(job.c.discovering, queued))
            .order_by(job.c.created_at, job.c.id)
        )
        with reading(self._engine) as connection:
            return [job_rows.to_job(row) for row in connection.execute(wanted).mappings()]

    def spent(self) -> list[str]:
        """Open background jobs of which nothing is left to do but to settle them."""
        left = exists().where(job_item.c.job_id == job.c.id, job_item.c.state.in_(("queued", "running")))
        wanted = select(job.c.id).where(
            job.c.state.in_(OPEN), job.c.background, job.c.discovering.is_(False), ~left
        )
        with reading(self._engine) as connection:
            return list(connection.scalars(wanted))

    def queued(self, job_id: str) -> dict[SourceKind, int]:
        """Items that wait for a worker, by kind."""
        counted = (
            select(job_item.c.kind, func.count())
            .where(job_item.c.job_id == job_id, job_item.c.state == "queued")
            .group_by(job_item.c.kind)
        )
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def note_delivery(self, job_id: str, unless_within: float = 0.0) -> bool:
        """Note that the broker is told of a job; False when that was done within so many seconds."""
        with writing(self._engine) as connection:
            now = dialect.now(connection)
            due = func.abs(job.c.delivered_at - now) >= unless_within
            done = connection.execute(
                update(job).where(job.c.id == job_id, due).values(delivered_at=now, background=True)
            )
            return bool(done.rowcount)

    # --- steering ---

    def request_cancel(self, job_id: str) -> bool:
        """Take what is queued out at once; what is running ends or is released by its worker. False where the
        job had ended already."""
        with writing(self._engine) as connection:
            if job_rows.locked_job(connection, job_id).state not in OPEN:
                return False
            connection.execute(update(job).where(job.c.id == job_id).values(cancel_requested=True))
            job_rows.cancel_items(connection, job_id, dialect.now(connection))
        self.settle(job_id)
        return True

    def cancel_requested(self, job_id: str) -> bool:
        with reading(self._engine) as connection:
            return job_rows.cancelling(connection, job_id)

    def retry(self, job_id: str) -> int:
        """Put items that failed, also in part, or were cancelled back into the queue, without their failures;
        returns how many."""
        with writing(self._engine) as connection:
            row = job_rows.locked_job(connection, job_id)
            mine = job_item.c.job_id == job_id
            wanted = or_(*(job_rows.in_state(word) for word in ("failed", PARTIAL, "cancelled")))
            again = list(connection.scalars(select(job_item.c.idx).where(mine, wanted)))
            if not again and not (row.discovering and row.cancel_requested):
                return 0
            these = dialect.one_of(connection, job_item.c.idx, again)
            fresh: dict[str, Any] = {
                "state": "queued",
                "outcome": "",
                "segments": 0,
                "records": {},
                "deaths": 0,
            }
            connection.execute(update(job_item).where(mine, these).values(**fresh))
            gone = dialect.one_of(connection, failure.c.item, again)
            connection.execute(delete(failure).where(failure.c.job_id == job_id, gone))
            reopened = {"state": "queued", "cancel_requested": False, "message": "", "finished_at": None}
            left = {"failed": 0, "partial": 0, "done": job.c.done - job.c.partial}
            connection.execute(update(job).where(job.c.id == job_id).values(**reopened, **left))
        return len(again)

    def interrupt(self, job_id: str, message: str) -> None:
        """Note that an open job stopped and may be gone on with."""
        with writing(self._engine) as connection:
            connection.execute(
                update(job)
                .where(job.c.id == job_id, job.c.state.in_(OPEN))
                .values(state="interrupted", message=codec.printable(message))
            )

    # --- looking ---

    def jobs(self, limit: int = 50) -> list[JobRow]:
        """Newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(job).order_by(job.c.created_at.desc(), job.c.id).limit(limit))
            return [job_rows.to_job(row) for row in rows.mappings()]

    def job(self, job_id: str) -> JobRow | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(job).where(job.c.id == job_id)).mappings().first()
        return job_rows.to_job(row) if row is not None else None

    def open_jobs(self) -> list[JobRow]:
        """Queued, running and interrupted jobs, the oldest first."""
        with reading(self._engine) as connection:
            wanted = select(job).where(job.c.state.in_(OPEN)).order_by(job.c.created_at, job.c.id)
            return [job_rows.to_job(row) for row in connection.execute(wanted).mappings()]

    def items(
        self, job_id: str, state: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[ItemRow]:
        """In the order in which they were added; ``state`` may also be ``partial``."""
        wanted = select(job_item).where(job_item.c.job_id == job_id).order_by(job_item.c.idx)
        if state is not None:
            wanted = wanted.where(job_rows.in_state(state))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.limit(limit).offset(offset)).mappings().all()
            failures = job_rows.failures_of(connection, job_id, [row["idx"] for row in rows])
        return [job_rows.to_item(row, failures.get(row["idx"], [])) for row in rows]

    def is_orphan(self, job_id: str) -> bool:
        """Whether it is an open foreground job on which nobody works."""
        row = self.job(job_id)
        mine = row is not None and row.state in OPEN and not row.background
        return mine and not any(item.left > 0 for item in self.held(job_id))

    def held(self, job_id: str, limit: int = 100) -> list[Held]:
        """The items that are being worked on."""
        wanted = select(job_item).where(job_item.c.job_id == job_id, job_item.c.state == "running")
        with reading(self._engine) as connection:
            now = dialect.now(connection)
            rows = connection.execute(wanted.order_by(job_item.c.idx).limit(limit))
            return [
                Held(codec.unescape(row.uri), row.lease_holder, row.lease_until, row.lease_until - now)
                for row in rows
            ]

    def tally(self, job_id: str) -> Tally:
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(job_item.c.outcome, job_item.c.segments, job_item.c.records).where(
                    job_item.c.job_id == job_id, job_item.c.outcome != ""
                )
            ).all()
        records: Counter[str] = Counter()
        for row in rows:
            records.update(row.records)
        return Tally(Counter(row.outcome for row in rows), sum(row.segments for row in rows), records)

    def prune(self, keep: int = 50) -> None:
        """Forget all but the newest finished jobs, with their items and failures."""
        kept = (
            select(job.c.id)
            .where(job.c.state.not_in(OPEN))
            .order_by(job.c.created_at.desc(), job.c.id)
            .limit(keep)
        )
        with writing(self._engine) as connection:
            ids = list(connection.scalars(kept))
            connection.execute(delete(job).where(job.c.state.not_in(OPEN), job.c.id.not_in(ids)))
