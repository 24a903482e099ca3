"""The outbox, and up to where the projections of each replica have applied it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from midspan.db.record_store import (
    FORGET_SECONDS,
    LOCAL,
    SPACE_OF,
    Generation,
    GraphFact,
    GraphMerge,
    Lease,
    Outbox,
    OutboxEntry,
    Replica,
    TailBatch,
    TailSize,
    Target,
    WordItem,
    pair_of,
)
from midspan.db.records import codec, dialect, leases, words
from midspan.db.records.changes import IDS_AN_ENTRY
from midspan.db.records.decisions import same_pairs
from midspan.db.records.engine import reading, writing
from midspan.db.records.kinds import KINDS
from midspan.db.records.kinds.event import action_event, event_embedding
from midspan.db.records.kinds.fact import fact, to_fact
from midspan.db.records.paths import newest_paths
from midspan.db.records.tables import (
    embedding,
    identity,
    outbox,
    projection,
    replica,
    run,
    segment,
    source,
    tail,
)
from midspan.errors import DamagedGeneration, LeaseLost, OutboxPruned
from midspan.records import Space

GENERATIONS_KEPT = 2


_MINE = dialect.Prepared(
    lambda _: (
        select(projection)
        .where(projection.c.replica == bindparam("replica"))
        .order_by(projection.c.generation)
    )
)


class SqlOutbox(Outbox):
    _engine: Engine

    def outbox(self, target: Target, after: int, limit: int) -> list[OutboxEntry]:
        with reading(self._engine) as connection:
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
                    f"{target} has applied entry {after} and the oldest one left is {oldest}; "
                    "run `midspan reindex`"
                )
            return [OutboxEntry(row.id, row.target, tuple(row.ids)) for row in rows]

    def outbox_end(self, target: Target) -> int:
        with reading(self._engine) as connection:
            return connection.scalar(select(func.max(outbox.c.id)).where(outbox.c.target == target)) or 0

    def replicas(self) -> list[Replica]:
        with reading(self._engine) as connection:
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
                        state.target: _lag(connection, state.target, state.applied)
                        for state in held
                        if state.replica == row.id
                    },
                )
                for row in connection.execute(select(replica).order_by(replica.c.id))
            ]

    def outbox_lag(self, target: Target, after: int) -> int:
        with reading(self._engine) as connection:
            return _lag(connection, target, after)

    def all_ids(self, target: Target) -> Iterator[list[str]]:
        """Each batch is a transaction of its own, so that nobody waits for a long rebuild."""
        last: str | None = None
        while True:
            with reading(self._engine) as connection:
                ids = _ids_after(connection, target, last, IDS_AN_ENTRY)
            if not ids:
                break
            yield ids
            last = ids[-1]
        if target == "graph":
            with reading(self._engine) as connection:
                pairs = list(same_pairs(connection))
            if pairs:
                yield pairs

    def facts(self, ids: Sequence[str]) -> dict[str, GraphFact]:
        with reading(self._engine) as connection:
            rows = (
                connection.execute(
                    select(fact, source.c.title, segment.c.page)
                    .join(source, source.c.id == fact.c.source_id)
                    .join(segment, segment.c.id == fact.c.segment_id)
                    .where(dialect.one_of(connection, fact.c.id, ids))
                )
                .mappings()
                .all()
            )
            places = newest_paths(connection, sorted({row["source_id"] for row in rows}))
        return {
            row["id"]: GraphFact(to_fact(row), row["title"], places.get(row["source_id"], ""), row["page"])
            for row in rows
        }

    def merges(self, ids: Sequence[str]) -> dict[str, GraphMerge]:
        wanted = {item_id for item_id in ids if pair_of(item_id)}
        if not wanted:
            return {}
        with reading(self._engine) as connection:
            held = same_pairs(connection)
        return {key: GraphMerge(one) for key, one in held.items() if key in wanted}

    def vectors(
        self, space: Space, keys: Sequence[int]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """By key. While an encoder of another dimension is taking over, only the newer one's vectors."""
        with reading(self._engine) as connection:
            held = _held(space)
            where = dialect.one_of(connection, held.selected_columns.key, [int(key) for key in keys])
            rows = connection.execute(held.where(where).order_by(held.selected_columns.key)).all()
            lengths = {len(row.vector) for row in rows}
            if len(lengths) > 1:
                newest = _newest_run(connection, sorted({row.run_id for row in rows}))
                rows = [row for row in rows if row.run_id == newest]
            found = np.array([row.key for row in rows], dtype=np.int64)
            return found, codec.unpack_vectors([row.vector for row in rows])

    def word_items(self, ids: Sequence[str]) -> Iterator[WordItem]:
        return words.items(self._engine, ids)

    def identity(self) -> str:
        with reading(self._engine) as connection:
            return str(connection.scalars(select(identity.c.id)).one())

    def see(self, replica: str, name: str) -> None:
        with writing(self._engine) as connection:
            _see(connection, replica, name)

    def generation(self, target: Target, replica: str = LOCAL) -> Generation | None:
        with reading(self._engine) as connection:
            return next(iter(_generations(connection, target, replica, 1)), None)

    def newest_generations(self, replica: str = LOCAL) -> dict[Target, Generation]:
        with reading(self._engine) as connection:
            rows = _MINE.rows(connection, {"replica": replica})
            return {row.target: _generation(row) for row in rows}

    def generations(self, target: Target, replica: str = LOCAL) -> list[Generation]:
        with reading(self._engine) as connection:
            return _generations(connection, target, replica)

    def publish(self, generation: Generation, lease: Lease) -> None:
        with writing(self._engine) as connection:
            _publish(connection, generation, lease)

    def forget(self, target: Target, replica: str) -> None:
        with writing(self._engine) as connection:
            mine = (projection.c.target == target, projection.c.replica == replica)
            connection.execute(delete(projection).where(*mine))

    def append(self, generation: Generation, batch: TailBatch, lease: Lease) -> None:
        with writing(self._engine) as connection:
            _append(connection, generation, batch, lease)

    def tail(self, generation: Generation, after: int) -> list[TailBatch]:
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(tail).where(_behind(generation), tail.c.number > after).order_by(tail.c.number)
            ).all()
        for row in rows:
            if sha256(row.data).hexdigest() != row.sha256:
                raise DamagedGeneration(
                    f"batch {row.number} behind {generation.file} is not what was kept. The records are not "
                    "affected; run `midspan reindex` to build it again from them"
                )
        return [TailBatch(row.number, row.applied, row.changes, row.data) for row in rows]

    def tail_size(self, generation: Generation) -> TailSize:
        with reading(self._engine) as connection:
            size = select(func.count(), func.coalesce(func.sum(tail.c.changes), 0)).where(_behind(generation))
            batches, changes = connection.execute(size).one()
            return TailSize(batches, changes)

    def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        with writing(self._engine) as connection:
            return leases.acquire(connection, name, holder, seconds)

    def release(self, lease: Lease) -> None:
        with writing(self._engine) as connection:
            leases.release(connection, lease)


def _held(space: Space) -> Select[tuple[int, bytes, str]]:
    """Keys, vectors and runs of a space."""
    if space == "event":
        c = event_embedding.c
        return select(c.event_key.label("key"), c.vector, action_event.c.run_id).join(action_event)
    e = embedding.c
    return select(e.segment_key.label("key"), e.vector, e.run_id).where(e.space == space)


def _lag(connection: Connection, target: Target, after: int) -> int:
    behind = select(func.count()).where(outbox.c.target == target, outbox.c.id > after)
    return connection.scalar(behind) or 0


def _ids_after(connection: Connection, target: Target, last: str | None, limit: int) -> list[str]:
    """Ids that a projection should hold, from behind ``last`` on."""
    if target == "words":
        return words.ids_after(connection, last, limit)
    for kind in KINDS.values():
        if kind.target == target:
            wanted = select(kind.table.c.id).order_by(kind.table.c.id)
            if last is not None:
                wanted = wanted.where(kind.table.c.id > last)
            return list(connection.scalars(wanted.limit(limit)))
    held = _held(SPACE_OF[target])
    key = held.selected_columns.key
    wanted_keys = held.with_only_columns(key).order_by(key)
    if last is not None:
        wanted_keys = wanted_keys.where(key > int(last))
    return [str(found) for found in connection.scalars(wanted_keys.limit(limit))]


def _see(connection: Connection, replica_id: str, name: str) -> None:
    row = {"id": replica_id, "name": name, "seen_at": dialect.now(connection)}
    statement = dialect.insert(connection, replica).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"name": statement.excluded.name, "seen_at": statement.excluded.seen_at},
        )
    )


def _generations(
    connection: Connection, target: Target, replica_id: str, limit: int | None = None
) -> list[Generation]:
    """Newest first."""
    rows = connection.execute(
        select(projection)
        .where(projection.c.target == target, projection.c.replica == replica_id)
        .order_by(projection.c.generation.desc())
        .limit(limit)
    )
    return [_generation(row) for row in rows]


def _generation(row: Any) -> Generation:
    return Generation(
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


def _publish(connection: Connection, generation: Generation, by: Lease) -> None:
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


def _append(connection: Connection, generation: Generation, batch: TailBatch, by: Lease) -> None:
    leases.check(connection, by)
    dialect.lock_outbox(connection)  # as in publishing
    moved = connection.execute(
        update(projection)
        .where(
            projection.c.replica == generation.replica,
            projection.c.target == generation.target,
            projection.c.generation == generation.number,
            projection.c.applied == generation.applied,
        )
        .values(applied=batch.applied)
    )
    if moved.rowcount != 1:
        raise LeaseLost(f"{generation.target} has moved on under the same lease; start over")
    of = {name: getattr(generation, name) for name in ("replica", "target")}
    kept = {name: getattr(batch, name) for name in ("number", "applied", "changes", "data")}
    row = {**of, "generation": generation.number, **kept, "sha256": sha256(batch.data).hexdigest()}
    connection.execute(insert(tail).values(row))
    _prune(connection, generation.target)


def _behind(generation: Generation) -> ColumnElement[bool]:
    return and_(
        tail.c.replica == generation.replica,
        tail.c.target == generation.target,
        tail.c.generation == generation.number,
    )


def _forget_replicas(connection: Connection, but: str, now: float) -> None:
    """With their generations, by the foreign key."""
    unseen = replica.c.seen_at < now - FORGET_SECONDS
    connection.execute(delete(replica).where(unseen, replica.c.id != but))


def _forget_generations(connection: Connection, target: Target, replica_id: str) -> None:
    kept = _generations(connection, target, replica_id, GENERATIONS_KEPT)
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


def _newest_run(connection: Connection, run_ids: Sequence[str]) -> str | None:
    where = run.c.id.in_(run_ids)
    return connection.scalar(select(run.c.id).where(where).order_by(run.c.created_at.desc()).limit(1))
