"""The outbox, the published generations and the leases of those who project."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from midspan.db import dialect
from midspan.db.stores import Generation, Lease, OutboxEntry, Target
from midspan.db.tables import embedding, fact, lease, outbox, projection
from midspan.errors import LeaseLost

GENERATIONS_KEPT = 2
GIVEN_BACK = ""


def entries(connection: Connection, target: Target, after: int, limit: int) -> list[OutboxEntry]:
    rows = connection.execute(
        select(outbox)
        .where(outbox.c.target == target, outbox.c.id > after)
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [OutboxEntry(row.id, row.target, tuple(row.ids)) for row in rows]


def end(connection: Connection, target: Target) -> int:
    """Entries may have been pruned up to the last one; then what the projection has applied says it."""
    last = connection.scalar(select(func.max(outbox.c.id)).where(outbox.c.target == target))
    done = connection.scalar(select(func.max(projection.c.applied)).where(projection.c.target == target))
    return max(last or 0, done or 0)


def ids_after(connection: Connection, target: Target, last: str | None, limit: int) -> list[str]:
    """Ids that a projection should hold, from behind ``last`` on."""
    if target == "graph":
        wanted = select(fact.c.id).order_by(fact.c.id)
        if last is not None:
            wanted = wanted.where(fact.c.id > last)
        return list(connection.scalars(wanted.limit(limit)))
    key = embedding.c.segment_key
    wanted_keys = select(key).where(embedding.c.space == target.removeprefix("vectors.")).order_by(key)
    if last is not None:
        wanted_keys = wanted_keys.where(key > int(last))
    return [str(found) for found in connection.scalars(wanted_keys.limit(limit))]


def generations(connection: Connection, target: Target, limit: int | None = None) -> list[Generation]:
    """Newest first."""
    rows = connection.execute(
        select(projection)
        .where(projection.c.target == target)
        .order_by(projection.c.generation.desc())
        .limit(limit)
    )
    return [
        Generation(
            target=row.target,
            number=row.generation,
            file=row.file,
            sha256=row.sha256,
            applied=row.applied,
            counts=row.counts,
            model=row.model,
            dim=row.dim,
        )
        for row in rows
    ]


def publish(connection: Connection, generation: Generation, by: Lease, now: float) -> None:
    held = connection.scalar(
        select(lease.c.token)
        .where(lease.c.name == by.name, lease.c.holder == by.holder, lease.c.token == by.token)
        .with_for_update()
    )
    if held is None:
        raise LeaseLost(f"the lease {by.name!r} has passed on; its new holder publishes, drop this work")
    row = {
        "target": generation.target,
        "generation": generation.number,
        "file": generation.file,
        "sha256": generation.sha256,
        "applied": generation.applied,
        "counts": dict(generation.counts),
        "model": generation.model,
        "dim": generation.dim,
        "created_at": now,
    }
    statement = dialect.insert(connection, projection).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["target", "generation"],
            set_={name: statement.excluded[name] for name in row if name not in ("target", "generation")},
        )
    )
    _prune(connection, generation.target)


def _prune(connection: Connection, target: Target) -> None:
    """Forget old generations, and the entries that even the oldest remaining one has applied."""
    kept = generations(connection, target, GENERATIONS_KEPT)
    numbers: Sequence[int] = [generation.number for generation in kept]
    connection.execute(
        delete(projection).where(projection.c.target == target, projection.c.generation.not_in(numbers))
    )
    applied = min(generation.applied for generation in kept)
    connection.execute(delete(outbox).where(outbox.c.target == target, outbox.c.id <= applied))


def acquire(connection: Connection, name: str, holder: str, seconds: float, now: float) -> Lease | None:
    row = connection.execute(select(lease).where(lease.c.name == name).with_for_update()).first()
    if row is None:
        first = Lease(name, holder, 1, now + seconds)
        connection.execute(
            insert(lease).values(name=name, holder=holder, token=first.token, expires_at=first.expires_at)
        )
        return first
    if row.holder not in (holder, GIVEN_BACK) and row.expires_at > now:
        return None
    token = row.token if row.holder == holder else row.token + 1
    connection.execute(
        update(lease).where(lease.c.name == name).values(holder=holder, token=token, expires_at=now + seconds)
    )
    return Lease(name, holder, token, now + seconds)


def release(connection: Connection, given: Lease) -> None:
    """The row stays, so that the token goes on growing."""
    held = and_(lease.c.name == given.name, lease.c.holder == given.holder, lease.c.token == given.token)
    connection.execute(update(lease).where(held).values(holder=GIVEN_BACK, expires_at=0.0))
