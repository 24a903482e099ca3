"""What a job and its items look like as rows, and the statements that its verbs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from midspan.db.jobs import reaping
from midspan.db.record_store import ItemLease
from midspan.db.records import codec, dialect
from midspan.db.records.tables import failure, job, job_item
from midspan.errors import NotFound
from midspan.records import Failure, SourceKind

JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
ItemState = Literal["queued", "running", "done", "failed", "cancelled"]
PARTIAL = "partial"
"""Outcome of an item that is done, but for a stage that failed at some segments of its source."""
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
    partial: int
    """So many of the items that are done are so in part."""
    discovering: bool
    cancel_requested: bool
    created_at: float
    started_at: float | None
    finished_at: float | None
    message: str
    worker: str
    """Who claimed items of it last."""
    background: bool
    """For workers; else for the process that made it."""
    delivered_at: float
    """When the broker was last told of it; 0 if never."""
    follow_links: bool = False
    """Also those that lead out of the folders that were named."""


@dataclass(frozen=True)
class ItemRow:
    """One path of a job."""

    job_id: str
    index: int
    uri: str
    state: ItemState
    outcome: str
    """new, unchanged, superseded, partial or failed; empty before the end."""
    attempts: int
    source_id: str | None
    segments: int
    records: Mapping[str, int]
    failures: tuple[Failure, ...]
    """By page or second."""
    kind: SourceKind = "document"


@dataclass(frozen=True)
class Held:
    """An item that somebody works on."""

    uri: str
    holder: str
    until: float
    """When the lease ends unless it is prolonged, in Unix seconds by the database's clock."""
    left: float
    """Seconds until then; below 0 when it has run out."""


@dataclass(frozen=True)
class Tally:
    """What became of a job's items."""

    outcomes: Mapping[str, int]
    """Items by outcome."""
    segments: int
    records: Mapping[str, int]
    """Records written, by kind."""


def append(
    connection: Connection,
    job_id: str,
    uris: Sequence[str],
    state: ItemState,
    kinds: Mapping[str, SourceKind] | None = None,
) -> list[int]:
    """Add items for paths that the job does not have; returns their indices."""
    row = locked_job(connection, job_id)
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
        "deaths": 0,
    }
    kind_of = {codec.escape(uri): kind for uri, kind in (kinds or {}).items()}
    new = [uri for uri in escaped if uri not in known]
    if new:
        connection.execute(
            insert(job_item),
            [
                {**fresh, "idx": index, "uri": uri, "kind": kind_of.get(uri, "document")}
                for index, uri in enumerate(new, first)
            ],
        )
        connection.execute(update(job).where(job.c.id == job_id).values(total=job.c.total + len(new)))
    return list(range(first, first + len(new)))


def locked_job(connection: Connection, job_id: str) -> JobRow:
    """The job, locked for this transaction."""
    row = connection.execute(select(job).where(job.c.id == job_id).with_for_update()).mappings().first()
    if row is None:
        raise NotFound(f"no job {job_id!r}; `midspan jobs ls` lists them")
    return to_job(row)


def cancelling(connection: Connection, job_id: str) -> bool:
    return bool(connection.scalar(select(job.c.cancel_requested).where(job.c.id == job_id)))


def cancel_items(connection: Connection, job_id: str, now: float) -> None:
    """What is queued, and what was running with somebody who is gone; nothing that is being committed."""
    indices = connection.scalars(
        select(job_item.c.idx)
        .where(job_item.c.job_id == job_id, or_(job_item.c.state == "queued", reaping.lapsed(now)))
        .with_for_update(skip_locked=True)
    ).all()
    connection.execute(
        update(job_item)
        .where(job_item.c.job_id == job_id, dialect.one_of(connection, job_item.c.idx, indices))
        .values(state="cancelled", lease_holder="")
    )


def set_held(connection: Connection, held: set[ItemLease], values: Mapping[str, Any]) -> None:
    if held:
        connection.execute(
            update(job_item)
            .where(job_item.c.job_id == bindparam("of_job"), job_item.c.idx == bindparam("of_idx"))
            .values(**values),
            [{"of_job": lease.job_id, "of_idx": lease.index} for lease in held],
        )


def ended(connection: Connection, leases: set[ItemLease]) -> set[ItemLease]:
    """Those whose item ended under this very lease."""
    found = set()
    for lease in leases:
        where = and_(job_item.c.job_id == lease.job_id, job_item.c.idx == lease.index)
        row = connection.execute(select(job_item.c.state, job_item.c.lease_token).where(where)).first()
        if row is not None and row.state in ("done", "failed") and row.lease_token == lease.token:
            found.add(lease)
    return found


def in_state(word: str) -> ColumnElement[bool]:
    """Items in this state, or with ``partial`` those that are done in part."""
    if word == PARTIAL:
        return and_(job_item.c.state == "done", job_item.c.outcome == PARTIAL)
    return job_item.c.state == word


def failures_of(connection: Connection, job_id: str, indices: Sequence[int]) -> dict[int, list[Failure]]:
    rows = connection.execute(
        select(failure)
        .where(failure.c.job_id == job_id, dialect.one_of(connection, failure.c.item, indices))
        .order_by(failure.c.id)
    )
    found: dict[int, list[Failure]] = {}
    for row in rows.mappings():
        found.setdefault(row["item"], []).append(codec.to_failure(row))
    return found


def to_job(row: RowMapping) -> JobRow:
    values = {name: row[name] for name in JobRow.__dataclass_fields__}
    values["paths"] = tuple(codec.unescape(path) for path in row["paths"])
    values["stages"] = tuple(row["stages"])
    return JobRow(**values)


def to_item(row: RowMapping, failures: Sequence[Failure]) -> ItemRow:
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
        failures=tuple(sorted(failures, key=lambda one: (one.page or 0, one.second or 0.0))),
        kind=row["kind"],
    )
