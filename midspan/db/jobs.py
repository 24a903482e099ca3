"""Jobs as rows: what was asked for, its items, who works on which, and how each ended.

An item is ``queued``, ``running`` under a lease, and in the end ``done``, ``failed`` or ``cancelled``. A
lease that has run out may be claimed by anybody; its token grows each time, and a commit under an old
token is refused.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from midspan.db import codec, dialect, items
from midspan.db.engine import reading, writing
from midspan.db.stores import ItemLease, ItemResult
from midspan.db.tables import failure, job, job_item
from midspan.errors import NotFound
from midspan.records import Failure

JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
ItemState = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN = ("queued", "running", "interrupted")


@dataclass(frozen=True)
class JobRow:
    """A job; its counts are of items. Moments are Unix seconds."""

    id: str
    state: JobState
    paths: tuple[str, ...]
    stages: tuple[str, ...]
    total: int
    done: int
    failed: int
    discovering: bool
    cancel_requested: bool
    created_at: float
    started_at: float | None
    finished_at: float | None
    message: str
    worker: str
    """Who claimed items of it last."""


@dataclass(frozen=True)
class ItemRow:
    """One path of a job."""

    job_id: str
    index: int
    uri: str
    state: ItemState
    outcome: str
    """new, unchanged, superseded or failed; empty before the end."""
    attempts: int
    source_id: str | None
    segments: int
    records: Mapping[str, int]
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Tally:
    """What became of a job's items."""

    outcomes: Mapping[str, int]
    """Items by outcome."""
    segments: int
    records: Mapping[str, int]
    """Records written, by kind."""


class JobStore:
    """Job rows in the record store; each verb is one transaction and raises ``StoreError``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # --- asking ---

    def create(self, paths: Sequence[str], stages: Sequence[str] = ()) -> str:
        """Write a job down, ``queued`` and still discovering its files; returns its id."""
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
                    discovering=True,
                    cancel_requested=False,
                    created_at=time.time(),
                    message="",
                    worker="",
                )
            )
        return job_id

    def add_items(self, job_id: str, uris: Sequence[str]) -> int:
        """Append the paths that the job does not have yet; returns how many."""
        with writing(self._engine) as connection:
            return len(_append(connection, job_id, uris, "queued"))

    def add_failed(self, job_id: str, what: Failure) -> None:
        """Append a path that failed before it could be worked on, as one that is not there."""
        with writing(self._engine) as connection:
            for index in _append(connection, job_id, [what.path], "failed"):
                lease = ItemLease(job_id, index, "", 0)
                items.note_failures(connection, [(lease, None, None, what)], time.time())
                connection.execute(update(job).where(job.c.id == job_id).values(failed=job.c.failed + 1))

    def finish_discovery(self, job_id: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(job).where(job.c.id == job_id).values(discovering=False))

    # --- working ---

    def claim(self, job_id: str, holder: str, limit: int, seconds: float) -> list[tuple[ItemLease, str, int]]:
        """Take up to ``limit`` items that are queued, or whose lease has run out, for ``seconds``.

        Returns (lease, path, attempts with this one), in order. Nothing of a job that is to be cancelled.
        """
        now = time.time()
        with writing(self._engine) as connection:
            if _cancelling(connection, job_id):
                return []
            lapsed = and_(job_item.c.state == "running", job_item.c.lease_until < now)
            rows = connection.execute(
                select(job_item)
                .where(job_item.c.job_id == job_id, or_(job_item.c.state == "queued", lapsed))
                .order_by(job_item.c.idx)
                .limit(limit)
                .with_for_update(skip_locked=True)
            ).all()
            if not rows:
                return []
            connection.execute(
                update(job_item)
                .where(job_item.c.job_id == job_id)
                .where(dialect.one_of(connection, job_item.c.idx, [row.idx for row in rows]))
                .values(
                    state="running",
                    attempts=job_item.c.attempts + 1,
                    lease_holder=holder,
                    lease_token=job_item.c.lease_token + 1,
                    lease_until=now + seconds,
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
        now = time.time()
        with writing(self._engine) as connection:
            held = items.holding(connection, leases)
            _set_held(connection, held, {"lease_until": now + seconds, "heartbeat_at": now})
            lost = set(leases) - held
            lost -= _ended(connection, lost)
        if lost:
            raise items.lost_leases(lost)

    def release(self, leases: Sequence[ItemLease]) -> None:
        """Put items back into the queue (or take them out, when the job is to be cancelled). Items that
        are done, and leases that have passed on, are left alone."""
        with writing(self._engine) as connection:
            held = items.holding(connection, leases)
            cancelling = {
                job_id for job_id in {lease.job_id for lease in held} if _cancelling(connection, job_id)
            }
            free = {"lease_holder": "", "lease_until": 0.0}
            back = {lease for lease in held if lease.job_id not in cancelling}
            _set_held(connection, back, {**free, "state": "queued"})
            _set_held(connection, held - back, {**free, "state": "cancelled"})

    def fail(self, lease: ItemLease, *failures: Failure) -> None:
        """End an item that failed before any commit. Raises ``LeaseLost``."""
        now = time.time()
        with writing(self._engine) as connection:
            items.check(connection, [lease])
            items.note_failures(connection, [(lease, None, None, what) for what in failures], now)
            items.finish(connection, [ItemResult(lease, "failed", "failed")], now)

    def settle(self, job_id: str) -> JobState:
        """Set the final state of a job of which nothing is left to do; returns the state it has.

        A job that is to be cancelled ends although files were still being discovered.
        """
        now = time.time()
        with writing(self._engine) as connection:
            row = _job_row(connection, job_id)
            if row.state not in OPEN:
                return row.state
            mine = job_item.c.job_id == job_id
            if row.cancel_requested:
                _cancel_items(connection, job_id, now)
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

    # --- steering ---

    def request_cancel(self, job_id: str) -> None:
        """Take what is queued out at once; what is running ends or is released by its worker."""
        with writing(self._engine) as connection:
            if _job_row(connection, job_id).state not in OPEN:
                return
            connection.execute(update(job).where(job.c.id == job_id).values(cancel_requested=True))
            _cancel_items(connection, job_id, time.time())
        self.settle(job_id)

    def cancel_requested(self, job_id: str) -> bool:
        with reading(self._engine) as connection:
            return _cancelling(connection, job_id)

    def retry(self, job_id: str) -> int:
        """Put failed and cancelled items back into the queue, without their failures; returns how many."""
        with writing(self._engine) as connection:
            row = _job_row(connection, job_id)
            mine = job_item.c.job_id == job_id
            again = list(
                connection.scalars(
                    select(job_item.c.idx).where(mine, job_item.c.state.in_(("failed", "cancelled")))
                )
            )
            if not again and not (row.discovering and row.cancel_requested):
                return 0
            these = dialect.one_of(connection, job_item.c.idx, again)
            fresh: dict[str, Any] = {"state": "queued", "outcome": "", "segments": 0, "records": {}}
            connection.execute(update(job_item).where(mine, these).values(**fresh))
            gone = dialect.one_of(connection, failure.c.item, again)
            connection.execute(delete(failure).where(failure.c.job_id == job_id, gone))
            reopened = {"state": "queued", "failed": 0, "cancel_requested": False, "message": ""}
            connection.execute(update(job).where(job.c.id == job_id).values(**reopened, finished_at=None))
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
            return [_to_job(row) for row in rows.mappings()]

    def job(self, job_id: str) -> JobRow | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(job).where(job.c.id == job_id)).mappings().first()
        return _to_job(row) if row is not None else None

    def open_jobs(self) -> list[JobRow]:
        """Queued, running and interrupted jobs, the oldest first."""
        with reading(self._engine) as connection:
            wanted = select(job).where(job.c.state.in_(OPEN)).order_by(job.c.created_at, job.c.id)
            return [_to_job(row) for row in connection.execute(wanted).mappings()]

    def items(
        self, job_id: str, state: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[ItemRow]:
        """In the order in which they were added."""
        wanted = select(job_item).where(job_item.c.job_id == job_id).order_by(job_item.c.idx)
        if state is not None:
            wanted = wanted.where(job_item.c.state == state)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.limit(limit).offset(offset)).mappings().all()
            failures = _failures(connection, job_id, [row["idx"] for row in rows])
        return [_to_item(row, failures.get(row["idx"], [])) for row in rows]

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


def _append(connection: Connection, job_id: str, uris: Sequence[str], state: ItemState) -> list[int]:
    """Add items for paths that the job does not have; returns their indices."""
    row = _job_row(connection, job_id)
    escaped = list(dict.fromkeys(codec.escape(uri) for uri in uris))
    mine = job_item.c.job_id == job_id
    there = dialect.one_of(connection, job_item.c.uri, escaped)
    known = set(connection.scalars(select(job_item.c.uri).where(mine, there)))
    last = connection.scalar(select(func.max(job_item.c.idx)).where(mine))
    first = 0 if last is None else last + 1
    fresh: dict[str, Any] = {
        "job_id": job_id,
        "state": "cancelled" if row.cancel_requested and state == "queued" else state,
        "outcome": "failed" if state == "failed" else "",
        "attempts": 0,
        "lease_holder": "",
        "lease_token": 0,
        "lease_until": 0.0,
        "segments": 0,
        "records": {},
    }
    new = [uri for uri in escaped if uri not in known]
    if new:
        connection.execute(
            insert(job_item),
            [{**fresh, "idx": index, "uri": uri} for index, uri in enumerate(new, first)],
        )
        connection.execute(update(job).where(job.c.id == job_id).values(total=job.c.total + len(new)))
    return list(range(first, first + len(new)))


def _job_row(connection: Connection, job_id: str) -> JobRow:
    """The job, locked for this transaction."""
    row = connection.execute(select(job).where(job.c.id == job_id).with_for_update()).mappings().first()
    if row is None:
        raise NotFound(f"no job {job_id!r}; `midspan jobs ls` lists them")
    return _to_job(row)


def _cancelling(connection: Connection, job_id: str) -> bool:
    return bool(connection.scalar(select(job.c.cancel_requested).where(job.c.id == job_id)))


def _cancel_items(connection: Connection, job_id: str, now: float) -> None:
    """What is queued, and what was running with somebody who is gone."""
    lapsed = and_(job_item.c.state == "running", job_item.c.lease_until < now)
    connection.execute(
        update(job_item)
        .where(job_item.c.job_id == job_id, or_(job_item.c.state == "queued", lapsed))
        .values(state="cancelled", lease_holder="", lease_token=_passed_on(lapsed))
    )


def _passed_on(lapsed: Any) -> Any:
    """A lapsed lease passes on to nobody: its old holder must not write any more."""
    return case((lapsed, job_item.c.lease_token + 1), else_=job_item.c.lease_token)


def _set_held(connection: Connection, held: set[ItemLease], values: Mapping[str, Any]) -> None:
    if held:
        connection.execute(
            update(job_item)
            .where(job_item.c.job_id == bindparam("of_job"), job_item.c.idx == bindparam("of_idx"))
            .values(**values),
            [{"of_job": lease.job_id, "of_idx": lease.index} for lease in held],
        )


def _ended(connection: Connection, leases: set[ItemLease]) -> set[ItemLease]:
    """Those whose item ended under this very lease."""
    found = set()
    for lease in leases:
        where = and_(job_item.c.job_id == lease.job_id, job_item.c.idx == lease.index)
        row = connection.execute(select(job_item.c.state, job_item.c.lease_token).where(where)).first()
        if row is not None and row.state in ("done", "failed") and row.lease_token == lease.token:
            found.add(lease)
    return found


def _failures(connection: Connection, job_id: str, indices: Sequence[int]) -> dict[int, list[Failure]]:
    rows = connection.execute(
        select(failure)
        .where(failure.c.job_id == job_id, dialect.one_of(connection, failure.c.item, indices))
        .order_by(failure.c.id)
    )
    found: dict[int, list[Failure]] = {}
    for row in rows.mappings():
        found.setdefault(row["item"], []).append(codec.to_failure(row))
    return found


def _to_job(row: RowMapping) -> JobRow:
    values = {name: row[name] for name in JobRow.__dataclass_fields__}
    values["paths"] = tuple(codec.unescape(path) for path in row["paths"])
    values["stages"] = tuple(row["stages"])
    return JobRow(**values)


def _to_item(row: RowMapping, failures: Sequence[Failure]) -> ItemRow:
    return ItemRow(
        job_id=row["job_id"],
        index=row["idx"],
        uri=codec.unescape(row["uri"]),
        state=row["state"],
        outcome=row["outcome"],
        attempts=row["attempts"],
        source_id=row["source_id"],
        segments=row["segments"],
        records=row["records"],
        failures=tuple(failures),
    )
