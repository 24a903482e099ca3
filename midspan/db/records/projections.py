"""The outbox, and up to where the projections of each replica have applied it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select

from midspan.db.record_store import FORGET_SECONDS, Generation, Lease, OutboxEntry, Replica, Target
from midspan.db.records import dialect, leases
from midspan.db.records.tables import embedding, fact, outbox, projection, replica
from midspan.errors import OutboxPruned

GENERATIONS_KEPT = 2


def entries(connection: Connection, target: Target, after: int, limit: int) -> list[OutboxEntry]:
    rows = connection.execute(
        select(outbox)
        .where(outbox.c.target == target, outbox.c.id > after)
        .order_by(outbox.c.id)
        .limit(limit)
    ).all()
    # Looked at behind the entries: if nothing behind ``after`` is pruned now, nothing was then.
    oldest = connection.scalar(select(func.min(outbox.c.id)).where(outbox.c.target == target))
    if after and oldest is not None and oldest > after:
        raise OutboxPruned(
            f"{target} has applied entry {after} and the oldest one left is {oldest}; run `midspan reindex`"
        )
    return [OutboxEntry(row.id, row.target, tuple(row.ids)) for row in rows]


def end(connection: Connection, target: Target) -> int:
    return connection.scalar(select(func.max(outbox.c.id)).where(outbox.c.target == target)) or 0


def lag(connection: Connection, target: Target, after: int) -> int:
    behind = select(func.count()).where(outbox.c.target == target, outbox.c.id > after)
    return connection.scalar(behind) or 0


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


# --- replicas and what they hold ---


def see(connection: Connection, replica_id: str, name: str) -> None:
    row = {"id": replica_id, "name": name, "seen_at": dialect.now(connection)}
    statement = dialect.insert(connection, replica).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"name": statement.excluded.name, "seen_at": statement.excluded.seen_at},
        )
    )


def replicas(connection: Connection) -> list[Replica]:
    now = dialect.now(connection)
    newest = func.max(projection.c.generation).label("generation")
    last = select(projection.c.replica, projection.c.target, newest).group_by(
        projection.c.replica, projection.c.target
    )
    of = last.subquery()
    held = connection.execute(
        select(projection.c.replica, projection.c.target, projection.c.applied).join(
            of,
            (of.c.replica == projection.c.replica)
            & (of.c.target == projection.c.target)
            & (of.c.generation == projection.c.generation),
        )
    ).all()
    return [
        Replica(
            id=row.id,
            name=row.name,
            unseen_seconds=max(0.0, now - row.seen_at),
            lag={
                state.target: lag(connection, state.target, state.applied)
                for state in held
                if state.replica == row.id
            },
        )
        for row in connection.execute(select(replica).order_by(replica.c.id))
    ]


def generations(
    connection: Connection, target: Target, replica_id: str, limit: int | None = None
) -> list[Generation]:
    """Newest first."""
    rows = connection.execute(
        select(projection)
        .where(projection.c.target == target, projection.c.replica == replica_id)
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
            replica=row.replica,
        )
        for row in rows
    ]


def publish(connection: Connection, generation: Generation, by: Lease) -> None:
    leases.check(connection, by)
    dialect.lock_outbox(connection)  # one at a time, so that two machines never prune across each other
    now = dialect.now(connection)
    dialect.insert_ignore(connection, replica, [{"id": generation.replica, "name": "", "seen_at": now}])
    row = {
        "replica": generation.replica,
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
    keys = ("replica", "target", "generation")
    statement = dialect.insert(connection, projection).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in row if name not in keys},
        )
    )
    _forget_replicas(connection, generation.replica, now)
    _forget_generations(connection, generation.target, generation.replica)
    _prune(connection, generation.target)


def _forget_replicas(connection: Connection, but: str, now: float) -> None:
    """With their generations, by the foreign key."""
    unseen = replica.c.seen_at < now - FORGET_SECONDS
    connection.execute(delete(replica).where(unseen, replica.c.id != but))


def _forget_generations(connection: Connection, target: Target, replica_id: str) -> None:
    kept = generations(connection, target, replica_id, GENERATIONS_KEPT)
    numbers: Sequence[int] = [generation.number for generation in kept]
    connection.execute(
        delete(projection).where(
            projection.c.target == target,
            projection.c.replica == replica_id,
            projection.c.generation.not_in(numbers),
        )
    )


def _prune(connection: Connection, target: Target) -> None:
    """Everything before the last entry that all kept generations of all replicas have applied."""
    applied = connection.scalar(select(func.min(projection.c.applied)).where(projection.c.target == target))
    connection.execute(delete(outbox).where(outbox.c.target == target, outbox.c.id < applied))
